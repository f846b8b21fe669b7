"""Alembic revisions of the control database, the cells and the tenants' schemas."""
