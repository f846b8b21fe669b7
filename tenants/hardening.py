"""What a database refuses to everybody but its owner, as SQL for a superuser."""

from tenants.hook import CONTROL_ROLE

# PostgreSQL's own functions are closed unless they compute from their arguments alone: whatever is volatile,
# and whatever of `pg_*` is not immutable. What a later version brings is closed with them. These are open:
OPEN_FUNCTIONS = (
    *("array_sample", "array_shuffle", "clock_timestamp", "timeofday", "random", "random_normal"),
    *("gen_random_uuid", "uuidv4", "uuidv7", "pg_sleep"),
    *("pg_backend_pid", "pg_client_encoding", "pg_collation_for", "pg_column_size", "pg_input_is_valid"),
    *("pg_trigger_depth", "pg_typeof"),
    # The log of facts is read by snapshots.
    *("pg_current_snapshot", "pg_current_xact_id", "pg_current_xact_id_if_assigned"),
)
# Closed although they are neither: they run a text as SQL, or tell of what belongs to others.
CLOSED_FUNCTIONS = (
    *("%\\_to\\_xml%", "ts\\_stat", "ts\\_rewrite", "to\\_reg%", "has\\_%\\_privilege", "format\\_type"),
    *(
        "aclexplode",
        "obj\\_description",
        "shobj\\_description",
        "col\\_description",
        "row\\_security\\_active",
    ),
    *("txid\\_%", "pg\\_filenode\\_relation"),
)
# What the control database's role runs of the closed ones.
CONTROL_FUNCTIONS = ("pg_notify", "pg_advisory_xact_lock", "pg_try_advisory_xact_lock")

# Which functions of pg_catalog nobody but the owner may run; those with internal arguments cannot be called.
CLOSED = """
    p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'p')
    AND (p.proname LIKE ANY (ARRAY[{closed}])
         OR p.proname <> ALL (ARRAY[{open}])
            AND (p.provolatile = 'v' OR p.proname LIKE 'pg\\_%' AND p.provolatile <> 'i'))
    AND p.prorettype <> ALL (ARRAY['trigger', 'event_trigger', 'internal', 'language_handler']::regtype[])
    AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
"""

_CLOSE_CATALOGUES = """
DO $$
DECLARE relation record;
BEGIN
    FOR relation IN
        SELECT c.oid::regclass AS name FROM pg_catalog.pg_class c
         WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)
                OR EXISTS (SELECT FROM pg_catalog.pg_attribute t, aclexplode(t.attacl) a
                            WHERE t.attrelid = c.oid AND a.grantee = 0))
    LOOP
        BEGIN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', relation.name);
            EXECUTE format('GRANT SELECT ON %s TO {owner}', relation.name);
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END LOOP;
END $$;
"""

_CLOSE_FUNCTIONS = """
DO $$
DECLARE function record;
BEGIN
    FOR function IN
        SELECT p.oid::regprocedure AS name, p.proname = ANY (ARRAY[{control}]) AS is_control
          FROM pg_catalog.pg_proc p
         WHERE {which}
           AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
    LOOP
        BEGIN
            EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', function.name);
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO {owner}', function.name);
            IF function.is_control THEN
                EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO {control_role}', function.name);
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END LOOP;
END $$;
"""

_CLOSE_THE_REST = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE ALL ON FUNCTION ext.set_limit FROM PUBLIC",
    "REVOKE ALL ON SCHEMA information_schema FROM PUBLIC",
    "GRANT USAGE ON SCHEMA information_schema TO {owner}",
    "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
    "GRANT USAGE ON LANGUAGE plpgsql TO {owner}",
)


def closing(database: str, owner: str) -> list[str]:
    """The statements that close `database`, each for a transaction of its own; they may run again.

    Who is no superuser may not run all of them: tenants.selfcheck tells what then stays open.
    """
    return [
        *(statement.format(database=database, owner=owner) for statement in _CLOSE_THE_REST),
        _CLOSE_CATALOGUES.format(owner=owner),
        _CLOSE_FUNCTIONS.format(
            owner=owner,
            control_role=CONTROL_ROLE,
            control=_quoted(CONTROL_FUNCTIONS),
            which=closed_functions(),
        ),
    ]


def closed_functions() -> str:
    """The condition on `pg_proc p` that is true for what tenants may not run."""
    return CLOSED.format(closed=_quoted(CLOSED_FUNCTIONS), open=_quoted(OPEN_FUNCTIONS))


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
