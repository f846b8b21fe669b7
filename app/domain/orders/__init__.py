"""Orders and their lines: what customers bought."""
