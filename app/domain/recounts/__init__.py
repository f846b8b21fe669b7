"""Formulas and roll-ups of all records of an object worked out anew, with progress."""
