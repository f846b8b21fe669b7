"""The domain, feature by feature."""
