"""What Alembic runs for each of the three families of revisions; the runner hands it a connection."""

from alembic import context


def run() -> None:
    """Bring the connection in the configuration's attributes up to the wanted revision."""
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        target_metadata=attributes.get("metadata"),
        version_table_schema=attributes["schema"],
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
