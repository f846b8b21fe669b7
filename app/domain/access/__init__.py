"""Why somebody may see a record, or not, told by the policy itself."""
