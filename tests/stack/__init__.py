"""The local servers and their supervisor."""
