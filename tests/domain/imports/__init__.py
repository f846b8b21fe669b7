"""Imports: what is true of a table, and what becomes of its rows."""
