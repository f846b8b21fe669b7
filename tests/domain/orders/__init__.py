"""Orders: totals and lines."""
