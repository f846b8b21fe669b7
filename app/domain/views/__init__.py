"""Saved views: what a list shows, under a name."""
