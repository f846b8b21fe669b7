"""The developers' door: one file for each feature."""

from app.api import doors, oauth

__all__ = ["doors", "oauth"]
