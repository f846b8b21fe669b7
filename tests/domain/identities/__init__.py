"""The rules of identities."""
