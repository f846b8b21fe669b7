"""The asynchronous process of the live streams."""
