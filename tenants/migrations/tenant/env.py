"""Alembic's environment of the tenants' schemas, for comparing; they are migrated by replay; the runner brings the connection."""

from tenants.migrations.environment import run

run()
