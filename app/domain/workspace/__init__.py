"""A workspace's own settings."""
