"""What apps may be."""
