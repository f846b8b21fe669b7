"""Lists as files: what a filter finds, as CSV."""
