"""The developers' door: one file for each feature."""

from app.api import doors

__all__ = ["doors"]
