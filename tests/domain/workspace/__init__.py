"""The rules of workspace."""
