"""What a database refuses to everybody but its owner, as SQL for a superuser."""

# Functions that change the role, tell of other tenants, or store outside the tenant's schema.
CLOSED_FUNCTIONS = (
    *("set_config", "lo\\_%", "loread", "lowrite", "pg\\_stat\\_get\\_%", "pg\\_relation\\_size"),
    *("pg\\_table\\_size", "pg\\_indexes\\_size", "pg\\_total\\_relation\\_size", "pg\\_database\\_size"),
    *("pg\\_tablespace\\_size", "pg\\_get\\_userbyid", "pg\\_get\\_%def", "pg\\_get\\_viewdef%"),
    *("pg\\_get\\_function%", "pg\\_get\\_acl", "pg\\_get\\_expr", "pg\\_describe\\_object"),
    *("pg\\_identify\\_object%", "obj\\_description", "shobj\\_description", "col\\_description"),
    *("has\\_%\\_privilege", "pg\\_has\\_role", "to\\_reg%", "pg\\_lock\\_status", "pg\\_blocking\\_pids"),
    *("pg\\_safe\\_snapshot\\_blocking\\_pids", "query\\_to\\_xml%", "table\\_to\\_xml%"),
    *(
        "schema\\_to\\_xml%",
        "database\\_to\\_xml%",
        "cursor\\_to\\_xml%",
        "ts\\_stat",
        "pg\\_show\\_all\\_settings",
    ),
    *("pg\\_cancel\\_backend", "pg\\_terminate\\_backend", "pg\\_export\\_snapshot", "pg\\_relation\\_file%"),
    *("pg\\_filenode\\_relation", "pg\\_sequence%", "pg\\_partition%", "pg\\_input\\_error\\_info"),
    *("pg\\_collation\\_actual\\_version", "pg\\_database\\_collation\\_actual\\_version", "aclexplode"),
    *("pg\\_get\\_replica%", "pg\\_get\\_publication%", "pg\\_get\\_shmem%", "pg\\_prepared\\_xact"),
    *("pg\\_stat\\_reset%", "pg\\_stat\\_force%", "pg\\_stat\\_clear%", "pg\\_logical%", "pg\\_replication%"),
)

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
        SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE ANY (ARRAY[{patterns}])
           AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
    LOOP
        BEGIN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function.name);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {owner}', function.name);
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
    patterns = ", ".join(f"'{pattern}'" for pattern in CLOSED_FUNCTIONS)
    return [
        *(statement.format(database=database, owner=owner) for statement in _CLOSE_THE_REST),
        _CLOSE_CATALOGUES.format(owner=owner),
        _CLOSE_FUNCTIONS.format(owner=owner, patterns=patterns),
    ]
