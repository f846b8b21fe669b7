"""The customers' door: one file for each feature."""

from app.portal import doors

__all__ = ["doors"]
