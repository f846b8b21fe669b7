"""Lists with a field of several records: as a column, as a filter, beside the same list without it."""

import random
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.bench import records_limits_fill, records_spent
from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office, signed_in
from app.bench.records_times import Times
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import registry
from stack.errors import StackError
from tenants.copying.links import opened
from tenants.driver import run_string
from tenants.engines import engines
from tenants.session import session, unit_of_work

FIELD = "x_people"
_WISH = FieldWish("relations", {"en": "People"}, name="people", target="contacts", in_table=True)
_ROUNDS, _BAR = 100, 25
# Three people to each company, whoever they are.
_FILL = f"""
CREATE TEMP TABLE people AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM contacts;
CREATE UNIQUE INDEX ON people (place);
CREATE TEMP TABLE firms AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM companies;
UPDATE companies c
   SET custom = c.custom || jsonb_build_object('{FIELD}', (
         SELECT jsonb_agg(p.id) FROM generate_series(0, 2) n
           JOIN people p ON p.place = (f.place * 7919 + n * 104729) % (SELECT count(*) FROM people)))
  FROM firms f WHERE f.id = c.id;
VACUUM ANALYZE companies;
"""  # noqa: S608 - all of it is our own


def figures(office: Office) -> Iterator[Figure]:
    """For one who sees all, and for members with few and with very many records."""
    _settle(office)
    known = records_limits_fill.settle(office)
    with records_spent.counted(office.ground.admin_url, office.tenant) as server:
        for name in ("all", "few", "many"):
            theirs = office if name == "all" else signed_in(office, known[name])
            for what, asked in _kinds(office).items():
                times = Times(server)
                for each in asked:
                    times.take(each, partial(_get, theirs, each))
                yield from times.figures(f"{name}: {what}", _BAR)


def _settle(office: Office) -> None:
    """The field, what it holds, and its index come with the first call."""
    with office.at_work():
        with unit_of_work():
            if FIELD in registry.get("companies").by_name:
                return
            modelling.add_field(office.member, "companies", _WISH)
        with opened(engines().cell_url(office.tenant.cell), office.tenant.schema) as owner:
            run_string(owner, "SET work_mem = '128MB'")
            for statement in _FILL.split(";\n"):
                run_string(owner, statement)
        with unit_of_work():
            modelling.index("companies", FIELD)


def _kinds(office: Office) -> dict[str, list[str]]:
    dice = random.Random(16)  # noqa: S311 - a mix, no secret
    people = registry.get("contacts").table
    with office.at_work(), unit_of_work(read_only=True):
        some = session.execute(
            select(people.c.id, people.c.last_name).order_by(func.random()).limit(_ROUNDS)
        ).all()
    sorts = [dice.choice(("name", "-name", "city", "-updated_at", "created_at")) for _ in some]
    return {
        "list without it": [_path(sort=sort, fields="name,city") for sort in sorts],
        "list with it": [_path(sort=sort, fields=f"name,city,{FIELD}") for sort in sorts],
        "list with it shown whole": [_path(sort=sort, expand="x_people") for sort in sorts],
        "who holds one": [
            _path(fields=f"name,{FIELD}", **{f"filter[{FIELD}][in]": str(one.id)}) for one in some
        ],
        "who holds one of a name": [
            _path(fields="name", **{f"filter[{FIELD}.last_name]": one.last_name}) for one in some[:20]
        ],
    }


def _path(**asked: str) -> str:
    return f"/api/v1/companies?{urlencode({'limit': '50', **asked})}"


def _get(office: Office, path: str) -> None:
    answer = ask(office, path)
    if answer.status not in {200, 422}:
        raise StackError(f"{path} answered {answer.status}: {answer.body[:500]!r}")
