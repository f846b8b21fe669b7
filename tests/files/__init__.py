"""Files where processes die, and in a real browser."""
