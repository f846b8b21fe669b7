"""Nordwind's office for these tests, too."""

from tests.office import office

__all__ = ["office"]
