"""Which tables stand in a schema, found by an index: the catalogue of relations has none by their schema."""


def tables(schema: str) -> str:
    """The SQL of the ids of all tables and views in the schema whose id is the SQL `schema`."""
    return (
        "SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass"  # noqa: S608 - it is our own
        f" AND refclassid = 'pg_namespace'::regclass AND refobjid = {schema}"
    )
