"""Specification of mailboxes: what discovery reads, keeps, asks about and leaves alone."""
