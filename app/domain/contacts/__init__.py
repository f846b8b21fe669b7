"""Contacts: the people behind the customers."""
