"""Fields that become of another kind."""
