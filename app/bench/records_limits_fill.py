"""Members of the measured company who do not see everything: their roles and teams, and what is theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.bench import records_fill
from app.bench.records_ground import Office
from app.core.grants import ANY, VERBS
from app.core.ids import new_id
from app.domain.members import roles
from app.domain.members.models import Member, RoleRow, Team
from app.domain.members.roles import Told
from tenants.copying.links import opened
from tenants.driver import run_string
from tenants.engines import engines
from tenants.session import session, unit_of_work

_ABILITIES = ("messages:read", "messages:write", "members:read", "jobs:read")
# Twenty of one team with the one who is measured, and ten in each of the teams below.
_MATES, _BELOW, _TEAMS_BELOW = 19, 10, 3


@dataclass(frozen=True)
class Share:
    """A member, how far the role reaches, and how many companies and contacts of nobody's become theirs."""

    name: str
    reach: str
    companies: int
    contacts: int

    @property
    def email(self) -> str:
        """By which the member is known."""
        return f"{self.name}@limits.example"


# Who is measured: a few own records, very many, a team's, and one whose all comes from companies.
MEASURED = (
    Share("few", "own", 60, 300),
    Share("many", "own", 6_000, 30_000),
    Share("team", "team", 200, 1_000),
    Share("heir", "own", 3_000, 0),
)
# The mates and those of the teams below.
_OTHERS = tuple(
    Share(f"mate-{number}", "own", 200, 1_000) for number in range(_MATES + _BELOW * _TEAMS_BELOW)
)

_HANDED = """
WITH nobodys AS (SELECT id, row_number() OVER (ORDER BY hashtextextended(id::text, 7)) AS place
                   FROM {table} WHERE owner_id IS NULL)
UPDATE {table} t SET owner_id = s.owner_id
  FROM nobodys n JOIN shares s ON n.place > s.{table}_from AND n.place <= s.{table}_to
 WHERE t.id = n.id
"""
_HANDED_ENTRIES = """
UPDATE search e SET owner_id = t.owner_id FROM {table} t, shares s
 WHERE e.record_id = t.id AND t.owner_id = s.owner_id
"""
# What hangs on people of companies: of one in three it is nobody's, of one whoever's that person is.
HANGING = ("deals", "orders", "deliveries", "incidents", "cases", "activities")
_BASE = """
CREATE TEMP TABLE base AS
SELECT id AS contact_id, company_id, row_number() OVER (ORDER BY id) AS place, now() - interval '1 day'
       * (row_number() OVER (ORDER BY id) % 700) AS at, name,
       CASE row_number() OVER (ORDER BY id) / 10 % 3
            WHEN 1 THEN owner_id WHEN 2 THEN (SELECT id FROM members WHERE role = 'owner' LIMIT 1)
       END AS owner_id
  FROM contacts WHERE company_id IS NOT NULL;
ANALYZE base;
"""
_HUNG = (
    """
INSERT INTO deals (name, amount, currency, stage_id, close_on, outcome, company_id, contact_id, owner_id,
                   created_at, updated_at)
SELECT 'Angebot ' || name, place % 9000, 'EUR', s.id, (at + interval '60 days')::date, s.outcome, company_id,
       contact_id, b.owner_id, at, at
  FROM base b JOIN (SELECT id, outcome, position FROM stages) s ON s.position = b.place / 7 % 5
 WHERE place % 7 = 0
""",
    """
INSERT INTO orders (number, placed_at, status, total, currency, company_id, contact_id, owner_id, created_at,
                    updated_at)
SELECT 'A-' || lpad(place::text, 8, '0'), at, 'placed', place % 5000, 'EUR', company_id, contact_id, owner_id,
       at, at
  FROM base WHERE place % 11 = 0
""",
    """
INSERT INTO deliveries (order_id, company_id, contact_id, status, promised_on, due_at, delivered_at,
                        created_at, updated_at)
SELECT id, company_id, contact_id, CASE WHEN late THEN 'shipped' ELSE 'delivered' END,
       (placed_at + days)::date, placed_at + days,
       CASE WHEN NOT late THEN placed_at + interval '5 days' END, placed_at, placed_at
  FROM (SELECT *, interval '7 days' AS days, right(number, 2) = '77' AS late FROM orders) o
""",
    """
INSERT INTO incidents (kind, severity, subject, opened_at, resolved_at, order_id, company_id, contact_id,
                       created_at, updated_at)
SELECT 'quality', 2, 'Mangel ' || number, placed_at + interval '9 days',
       CASE WHEN right(number, 3) <> '110' THEN placed_at + interval '12 days' END, id, company_id,
       contact_id, placed_at, placed_at
  FROM orders WHERE right(number, 1) = '0'
""",
    """
INSERT INTO cases (number, subject, status, resolution_due_at, resolved_at, company_id, contact_id, owner_id,
                   created_at, updated_at)
SELECT 'C-' || lpad(place::text, 8, '0'), 'Frage von ' || name,
       CASE WHEN place % 1900 = 0 THEN 'open' ELSE 'resolved' END, at + interval '4 days',
       CASE WHEN place % 1900 <> 0 THEN at + interval '2 days' END, company_id, contact_id, owner_id, at, at
  FROM base WHERE place % 19 = 0
""",
    """
INSERT INTO activities (type, subject, due_at, done_at, is_promise, company_id, contact_id, deal_id, owner_id,
                        created_at, updated_at)
SELECT 'call', 'Anruf bei ' || b.name, at + interval '3 days',
       CASE WHEN place % 30 <> 0 THEN at + interval '2 days' END, place % 100 = 0, b.company_id, b.contact_id,
       d.id, b.owner_id, at, at
  FROM base b LEFT JOIN deals d ON d.contact_id = b.contact_id
 WHERE place % 3 = 0
""",
    """
INSERT INTO search (object, record_id, title, subtitle, body, owner_id, updated_at)
SELECT object, id, title, '', ' ' || ext.fold(title), owner_id, updated_at
  FROM (SELECT 'deals' AS object, id, name AS title, owner_id, updated_at FROM deals
        UNION ALL SELECT 'orders', id, number, owner_id, updated_at FROM orders
        UNION ALL SELECT 'cases', id, subject, owner_id, updated_at FROM cases
        UNION ALL SELECT 'activities', id, subject, owner_id, updated_at FROM activities) e
""",
)


def settle(office: Office) -> dict[str, UUID]:
    """The measured members by name; they and all that is theirs come with the first call."""
    with office.at_work():
        known = _known()
        if not known:
            shares = _people(office)
            _hand_over(office, shares)
            known = _known()
        return known


def _known() -> dict[str, UUID]:
    wanted = {each.email: each.name for each in MEASURED}
    with unit_of_work(read_only=True):
        found = session.execute(select(Member.email, Member.id).where(Member.email.in_(list(wanted))))
        return {wanted[email]: member_id for email, member_id in found}


def _people(office: Office) -> list[tuple[UUID, Share]]:
    """Everybody, with roles and teams."""
    with unit_of_work():
        reaching = {reach: _role(office, reach).id for reach in sorted({each.reach for each in MEASURED})}
        top, *below = _teams()
        teams = {"team": top} | {
            each.name: top if place < _MATES else below[(place - _MATES) // _BELOW]
            for place, each in enumerate(_OTHERS)
        }
        everybody = (*MEASURED, *_OTHERS)
        members = [(_member(each, reaching[each.reach], teams.get(each.name)), each) for each in everybody]
        session.add_all(member for member, _ in members)
        return [(member.id, each) for member, each in members]


def _role(office: Office, reach: str) -> RoleRow:
    told = Told(f"Only {reach}", objects={ANY: dict.fromkeys(VERBS, reach)}, permissions=_ABILITIES)
    return roles.create(office.member, told)


def _teams() -> list[UUID]:
    top = Team(id=new_id(), name="Top")
    below = [Team(id=new_id(), name=f"Below {number}", parent_id=top.id) for number in range(_TEAMS_BELOW)]
    session.add(top)
    session.flush()
    session.add_all(below)
    session.flush()
    return [each.id for each in (top, *below)]


def _member(share: Share, role_id: UUID, team_id: UUID | None) -> Member:
    return Member(
        id=new_id(), identity_id=new_id(), email=share.email, name=share.name, role="custom",
        role_ids=[role_id], team_ids=[team_id] if team_id else [],
    )  # fmt: skip


def _hand_over(office: Office, shares: list[tuple[UUID, Share]]) -> None:
    with opened(engines().cell_url(office.tenant.cell), office.tenant.schema) as owner:
        run_string(owner, "SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'")
        owner.execute("CREATE TEMP TABLE shares (owner_id uuid, companies_from int, companies_to int,"
                      " contacts_from int, contacts_to int)")  # fmt: skip
        with owner.cursor().copy("COPY shares FROM STDIN") as copy:
            for row in _stretches(shares):
                copy.write_row(row)
        for table in ("companies", "contacts"):
            owner.execute(_HANDED.format(table=table).encode())
            owner.execute(_HANDED_ENTRIES.format(table=table).encode())
        run_string(owner, _BASE)
        with records_fill.without_indexes(owner, (*HANGING, "search")):
            for statement in _HUNG:
                run_string(owner, statement)
        run_string(owner, f"VACUUM ANALYZE {', '.join((*records_fill.FILLED, *HANGING))}")


def _stretches(shares: list[tuple[UUID, Share]]) -> Iterator[tuple[object, ...]]:
    """Of nobody's records in a row, from which to which each gets."""
    companies = contacts = 0
    for member_id, each in shares:
        yield member_id, companies, companies + each.companies, contacts, contacts + each.contacts
        companies, contacts = companies + each.companies, contacts + each.contacts
