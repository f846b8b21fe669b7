"""What a tenant might try against its neighbours, and what must be refused."""

# (guarantee, one statement each as the tenant {mine}, whose neighbour in the same bucket is {other})
CATALOGUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "a tenant cannot read or change another's tables",
        (
            "SELECT count(*) FROM {other}.settings",
            "DELETE FROM {other}.settings",
            "SELECT 'settings'::regclass, '{other}.settings'::regclass",
        ),
    ),
    (
        "one query is one statement",
        ("RESET ROLE; SET LOCAL ROLE {other}", "SELECT 1; SELECT 2", "COMMIT; SELECT 1"),
    ),
    (
        "a query cannot change the role",
        (
            "SELECT set_config('role', '{other}', true)",
            "UPDATE pg_catalog.pg_settings SET setting = '{other}' WHERE name = 'role'",
            "SET SESSION AUTHORIZATION {other}",
            "SELECT query_to_xml('SET LOCAL ROLE {other}', true, true, '')",
        ),
    ),
    (
        "there is no procedural language",
        ("DO $$ BEGIN EXECUTE 'SET LOCAL ROLE {other}'; END $$", "CREATE FUNCTION f() RETURNS int RETURN 1"),
    ),
    (
        "statistics about other tenants' data are closed",
        (
            "SELECT * FROM pg_stats",
            "SELECT * FROM pg_stats_ext",
            "SELECT * FROM pg_statistic",
            "SELECT pg_stat_get_live_tuples(16384)",
            "SELECT pg_relation_size(16384)",
            "SELECT pg_total_relation_size(16384)",
            "SELECT * FROM pg_stat_user_tables",
        ),
    ),
    (
        "nobody can list tenants, roles or tables",
        (
            "SELECT * FROM pg_namespace",
            "SELECT * FROM pg_roles",
            "SELECT * FROM pg_auth_members",
            "SELECT * FROM pg_class",
            "SELECT * FROM pg_attribute",
            "SELECT * FROM pg_tables",
            "SELECT * FROM pg_database",
            "SELECT * FROM pg_locks",
            "SELECT * FROM pg_stat_activity",
            "SELECT * FROM information_schema.tables",
            "SELECT pg_get_userbyid(16384)",
            "SELECT has_schema_privilege('{other}', 'USAGE')",
            "SELECT to_regnamespace('{other}')",
            "SELECT * FROM kith.tenant_rev",
            "SELECT * FROM kith.alembic_version",
        ),
    ),
    (
        "nothing can be kept outside the tenant's tables",
        (
            "CREATE TEMPORARY TABLE t (a int)",
            "CREATE TABLE {mine}.t (a int)",
            "CREATE TABLE ext.t (a int)",
            "CREATE SCHEMA s",
            "SELECT lo_create(0)",
            "SELECT ext.set_limit(0.9)",
            "SELECT lo_from_bytea(0, 'x')",
        ),
    ),
    (
        "the structure belongs to the owner",
        (
            "DROP TABLE settings",
            "ALTER TABLE settings ADD COLUMN a int",
            "TRUNCATE settings",
            "CREATE INDEX ON settings (key)",
            "ALTER TABLE settings OWNER TO {mine}",
            "CREATE ROLE r",
            "GRANT {other} TO {mine}",
            "CREATE EXTENSION hstore",
        ),
    ),
    (
        "facts cannot be changed or removed",
        ("UPDATE facts SET verb = ''", "DELETE FROM facts", "DELETE FROM fact_values"),
    ),
    (
        "the outbox shows and takes the tenant's own rows only",
        (
            "INSERT INTO kith.outbox (tenant, name) VALUES ('{other}', 'x')",
            "UPDATE kith.outbox SET name = 'x'",
            "ALTER TABLE kith.outbox DISABLE ROW LEVEL SECURITY",
        ),
    ),
    (
        "the server's files and programs are out of reach",
        (
            "SELECT pg_read_file('postgresql.conf')",
            "SELECT pg_ls_dir('.')",
            "COPY settings TO PROGRAM 'cat'",
            "COPY settings TO '/tmp/settings'",
        ),
    ),
    (
        "nobody can disturb other sessions",
        ("SELECT pg_terminate_backend(1)", "SELECT pg_cancel_backend(1)", "SELECT pg_export_snapshot()"),
    ),
)

# As the login itself, which is what a forgotten hook would leave.
ALONE = ("SELECT * FROM {mine}.settings", "INSERT INTO kith.outbox (name) VALUES ('x')")
