"""What a revision may do while the release before it still serves: add, and nothing else.

PostgreSQL's own parser reads the SQL. What is not known to be harmless is refused;
docs/decisions/0026-migrations.md has the rules and what to write instead.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import postgast
from postgast import pg_query_pb2 as pg

# Tables that may hold so many rows that reading them through would stop their company.
LARGE = frozenset(
    "activities companies contacts fact_values facts files identifiers import_rows mailbox_items"
    " message_states messages order_lines orders search".split()
)
# Nothing here looks at rows or takes anything away: statistics are counted with the table's next count.
HARMLESS = frozenset(
    "create_stmt view_stmt create_function_stmt comment_stmt create_enum_stmt create_stats_stmt".split()
)
HARMLESS_COMMANDS = frozenset(
    {"AT_DropNotNull", "AT_SetStatistics", "AT_SetRelOptions", "AT_ResetRelOptions", "AT_SetStorage"}
)
# A default that is another for each row makes PostgreSQL write the whole table anew.
VOLATILE = frozenset({"random", "uuidv7", "uuidv4", "gen_random_uuid", "clock_timestamp", "nextval"})
_INLINE = {
    "CONSTR_CHECK": "a check on a new column is added by ADD CONSTRAINT .. NOT VALID",
    "CONSTR_FOREIGN": "a reference of a new column is added by ADD CONSTRAINT .. NOT VALID",
    "CONSTR_UNIQUE": "a unique column reads the whole table: CREATE UNIQUE INDEX CONCURRENTLY, later",
    "CONSTR_PRIMARY": "a primary key reads the whole table",
    "CONSTR_GENERATED": "a stored column writes the whole table anew",
    "CONSTR_IDENTITY": "an identity writes the whole table anew",
}


def faults(sql: str, standing: Collection[str], contracts: Mapping[str, str] | None = None) -> list[str]:
    """What is not additive in `sql` about the tables that stand already; `contracts` are excused by name."""
    found: list[str] = []
    new: set[str] = set()
    for raw in postgast.parse(sql).stmts:
        kind = raw.stmt.WhichOneof("node")
        node = getattr(raw.stmt, kind)
        if kind == "create_stmt":
            new.add(node.relation.relname)
        found += _faults(kind, node, frozenset(standing) - new, contracts or {})
    return found


def later_faults(statements: Collection[str]) -> list[str]:
    """What may not be left for later: it must be safe to repeat, and hold nobody up."""
    found: list[str] = []
    for statement in statements:
        for raw in postgast.parse(statement).stmts:
            kind = raw.stmt.WhichOneof("node")
            if not _is_for_later(kind, getattr(raw.stmt, kind), statement):
                found.append(statement)
    return found


def _is_for_later(kind: str, node: Any, statement: str) -> bool:
    if kind == "index_stmt":
        return bool(node.concurrent and node.if_not_exists)
    if kind == "alter_table_stmt":
        return all(
            pg.AlterTableType.Name(each.alter_table_cmd.subtype) == "AT_ValidateConstraint"
            for each in node.cmds
        )
    return kind in {"update_stmt", "delete_stmt"} and " LIMIT " in statement.upper()


def tables(sql: str) -> set[str]:
    """The tables that `sql` creates."""
    made = (raw.stmt.create_stmt for raw in postgast.parse(sql).stmts if raw.stmt.HasField("create_stmt"))
    return {each.relation.relname for each in made}


def _faults(kind: str, node: Any, standing: frozenset[str], contracts: Mapping[str, str]) -> Iterator[str]:
    if kind in HARMLESS:
        return
    if kind == "grant_stmt":
        yield from [] if node.is_grant else ["REVOKE takes a right that the release before may use"]
    elif kind == "index_stmt":
        yield from _index(node, standing)
    elif kind == "alter_table_stmt":
        yield from _alter(node, standing, contracts)
    elif kind == "insert_stmt":
        yield from _insert(node, standing)
    elif kind == "create_trig_stmt":
        if node.relation.relname in standing:
            yield f"a trigger on {node.relation.relname} changes what the release before does"
    elif kind == "drop_stmt":
        yield from (f"DROP {name}" for name in _dropped(node) if name not in contracts)
    else:
        yield f"{kind.removesuffix('_stmt').upper()} is not known to be additive"


def _index(node: Any, standing: frozenset[str]) -> Iterator[str]:
    table = node.relation.relname
    if node.concurrent:
        yield f"CONCURRENTLY cannot run in a transaction: index {node.idxname} belongs into `later`"
    elif table in standing and table in LARGE:
        yield f"index {node.idxname} reads {table} through while it is locked: it belongs into `later`"
    elif table in standing and node.unique:
        yield f"unique index {node.idxname} fails where {table} holds something twice"


def _insert(node: Any, standing: frozenset[str]) -> Iterator[str]:
    table = node.relation.relname
    if table in standing and not node.select_stmt.select_stmt.values_lists:
        yield f"what stands in {table} is filled by a job"


def _alter(node: Any, standing: frozenset[str], contracts: Mapping[str, str]) -> Iterator[str]:
    table = node.relation.relname
    if table not in standing:
        return
    for each in node.cmds:
        command = each.alter_table_cmd
        name = f"{table}.{command.name}" if command.name else table
        if name not in contracts:
            yield from _command(table, name, command)


def _command(table: str, name: str, command: Any) -> Iterator[str]:
    kind = pg.AlterTableType.Name(command.subtype)
    if kind == "AT_AddColumn":
        yield from _column(table, getattr(command, "def").column_def)
    elif kind == "AT_AddConstraint":
        yield from _constraint(table, getattr(command, "def").constraint)
    elif kind == "AT_ColumnDefault":
        if not command.HasField("def"):
            yield f"{name} loses its default: the release before may leave it out"
    elif kind == "AT_ValidateConstraint":
        if table in LARGE:
            yield f"VALIDATE {name} reads {table} through: it belongs into `later`"
    elif kind not in HARMLESS_COMMANDS:
        yield f"{kind.removeprefix('AT_')} of {name}"


def _column(table: str, column: Any) -> Iterator[str]:
    kinds = {pg.ConstrType.Name(each.constraint.contype): each.constraint for each in column.constraints}
    name = f"{table}.{column.colname}"
    default = kinds.get("CONSTR_DEFAULT")
    if "CONSTR_NOTNULL" in kinds and default is None:
        yield f"{name} is NOT NULL without a default: the release before does not fill it"
    if default is not None and VOLATILE & _functions(default):
        yield f"{name} has a default that is another for each row: the table is written anew"
    yield from (f"{name}: {why}" for kind, why in _INLINE.items() if kind in kinds)


def _functions(default: Any) -> set[str]:
    calls = (node for _, node in postgast.walk(default.raw_expr) if isinstance(node, pg.FuncCall))
    return {part.string.sval for call in calls for part in call.funcname}


def _constraint(table: str, constraint: Any) -> Iterator[str]:
    kind = pg.ConstrType.Name(constraint.contype)
    name = f"{table}.{constraint.conname}"
    if kind in {"CONSTR_CHECK", "CONSTR_FOREIGN", "CONSTR_NOTNULL"}:
        if not constraint.skip_validation:
            yield f"constraint {name} without NOT VALID reads the table through while it is locked"
    elif not constraint.indexname:
        yield f"constraint {name} builds an index while the table is locked"


def _dropped(node: Any) -> Iterator[str]:
    for each in node.objects:
        parts = each.list.items if each.HasField("list") else [each]
        yield ".".join(part.string.sval for part in parts)
