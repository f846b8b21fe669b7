"""Work that a person started: state, progress, cancel and retry."""
