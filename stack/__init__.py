"""The local servers of a machine of one's own, under one supervisor."""
