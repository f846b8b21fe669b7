"""Work that people started."""
