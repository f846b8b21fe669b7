"""Whole days of people, in a real browser on a whole Kith."""
