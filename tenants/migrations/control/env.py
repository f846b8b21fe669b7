"""Alembic's environment of the control database; the runner brings the connection."""

from tenants.migrations.environment import run

run()
