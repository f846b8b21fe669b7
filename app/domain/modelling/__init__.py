"""A company's own model: objects that it adds, fields that it adds or changes."""
