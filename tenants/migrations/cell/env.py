"""Alembic's environment of a cell; the runner brings the connection."""

from tenants.migrations.environment import run

run()
