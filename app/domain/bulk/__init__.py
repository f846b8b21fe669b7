"""Many records changed at once: a selection, or whatever a filter finds."""
