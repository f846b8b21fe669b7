"""Ann, Bob and Ralf at work in the office that each file of tests furnishes for itself."""

from tests.office import ann, bob, office, ralf

__all__ = ["ann", "bob", "office", "ralf"]
