"""The rules of signup."""
