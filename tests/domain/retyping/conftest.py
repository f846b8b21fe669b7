"""Ann at work in an office for the whole file of tests."""

from tests.office import ann, office

__all__ = ["ann", "office"]
