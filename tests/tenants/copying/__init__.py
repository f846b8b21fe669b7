"""Copying, moving and bringing back whole tenants."""
