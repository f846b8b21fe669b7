"""Nordwind's office for a whole file of tests."""

from tests.office import ann, bob, office, ralf

__all__ = ["ann", "bob", "office", "ralf"]
