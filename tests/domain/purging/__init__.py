"""What goes for good."""
