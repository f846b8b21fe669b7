"""Many records changed at once."""
