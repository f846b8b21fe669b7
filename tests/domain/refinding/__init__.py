"""Records that are found by other fields than before."""
