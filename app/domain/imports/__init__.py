"""Bringing a company's own tables in: read, understood, matched and stored row by row."""
