"""Takes every mail that is sent, keeps it, and shows it on a page."""
