"""What goes for good: records out of the trash, and values of changes that nobody can take back any more."""
