"""Files: what is known of bytes that lie in the store."""
