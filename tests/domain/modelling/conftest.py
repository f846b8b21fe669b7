"""Ann at work in the office that each file of tests furnishes for itself."""

from tests.office import ann, office

__all__ = ["ann", "office"]
