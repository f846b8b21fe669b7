"""What members are told: once, in the workspace and by mail."""
