"""Products: what customers buy."""
