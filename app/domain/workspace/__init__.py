"""A workspace's own settings, and what its state allows."""
