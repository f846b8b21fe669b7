"""What a workspace throws away by itself."""
