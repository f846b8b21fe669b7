"""Backups of clusters and what comes back from them."""
