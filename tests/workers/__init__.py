"""The relay, the workers and the clock."""
