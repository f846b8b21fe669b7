"""Nothing that points to a record is forgotten when it is merged."""

from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.records import registry
from app.records.joining import merge
from app.records.joining.pointers import fields_to, pointers_to
from tenants.bootstrap import FIRST_CELL
from tenants.context import Tenant
from tenants.engines import engines
from tenants.session import session
from tests import schemas
from tests.domain.duplicates.conftest import Two

# Columns with ids that name no record, or that are history and stay as they were written.
NO_POINTERS = {
    "*.id": "the row itself",
    "*.created_by, *.updated_by, *.owner_id, *.member_id": "members",
    "facts.*, fact_values.*": "what was told is not told otherwise; a kept record tells both histories",
    "identifiers.record_id, search.record_id": "written anew for the kept record",
    "jobs.*, job_rows.*": "what a job did then; taking an import back looks at the record as it is",
    "grants.identity_id, grants.parent_id, grants.account_id": "of people",
    "grants.app_id, grants.family_id": "of apps",
    "members.identity_id, members.role_ids, members.team_ids": "people, roles and teams",
    "roles.*, teams.*, views.team_id": "rights",
    "settings.updated_by": "members",
    "message_states.message_id, letters.message_id, messages.thread_id, mailbox_items.message_id": "talk",
    "messages.mailbox_id, mailbox_items.mailbox_id": "mailboxes",
    "letters.decided_by, portal_accounts.invited_by": "members",
    "deals.stage_id, stages.pipeline_id": "stages",
    "idempotency_keys.app_id": "apps",
    "recounts.record_id": "what waits to be counted; of a record that is gone nothing is counted",
}
_UUIDS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = %s AND (udt_name IN ('uuid', '_uuid')) AND table_name NOT IN (
       SELECT table_name FROM information_schema.views WHERE table_schema = %s)
"""


def _minded() -> set[tuple[str, str]]:
    found = set()
    for described in registry.standard().every():
        found |= {(other.base.name, field.name) for other, field in fields_to(described)}
        found |= {(each.table.name, each.column) for each in pointers_to(described)}
    return found


def _is_excused(table: str, column: str) -> bool:
    patterns = [each.strip() for names in NO_POINTERS for each in names.split(",")]
    return any(each in {f"{table}.{column}", f"*.{column}", f"{table}.*"} for each in patterns)


def test_every_column_with_ids_is_minded_or_excused(tenant: Tenant) -> None:
    owner = schemas.link(engines().cell_url(FIRST_CELL))
    columns = {(row[0], row[1]) for row in owner.execute(_UUIDS, [tenant.schema, tenant.schema]).fetchall()}
    minded = _minded()
    forgotten = sorted(".".join(each) for each in columns - minded if not _is_excused(*each))

    assert not forgotten, (
        f"{forgotten} may point to records: give the column a foreign key, a relation in the description or"
        " info=points_to(...), or say in NO_POINTERS why a merge leaves it alone"
    )
    assert ("message_states", "person_id") in minded
    assert not minded - columns, "what is minded is there"


def test_row_that_would_be_there_twice_stays(ann: Actor, two: Two) -> None:
    for contact in (two.keep, two.drop):
        session.execute(
            text(
                "INSERT INTO links (kind, from_object, from_id, to_object, to_id)"
                " VALUES ('knows', 'contacts', :contact, 'companies', :company)"
            ),
            {"contact": contact, "company": two.company},
        )
    merge.merge(ann, "contacts", two.keep, two.drop)

    left = session.scalars(text("SELECT from_id FROM links WHERE kind = 'knows' ORDER BY id")).all()
    assert left == [two.keep, two.drop]
