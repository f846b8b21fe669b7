"""Out of the trash for good: with what is nothing without it, everywhere; a receipt without content stays."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core import redis, storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, NotAllowed, NotFound
from app.domain.files.models import File
from app.domain.finding import recents
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.domain.purging import actions, expiring
from app.records import facts, finding, reading, registry, trash, undo, writing
from app.records.tables import fact_values, identifiers, search
from app.records.tables import facts as log
from app.records.writing import Row
from tenants import names
from tenants.bootstrap import FIRST_CELL
from tenants.context import Tenant, entered
from tenants.engines import engines
from tenants.session import session
from tests import schemas
from tests.cast import BOB, RALF, Workspace
from tests.work import work_off


def _count(statement: str, **given: object) -> int:
    return int(session.scalar(text(statement), given) or 0)


def _contact(ann: Actor, name: str, **more: str) -> UUID:
    return writing.create(
        ann, "contacts", {"last_name": name, "email": f"{name.lower()}@a.example", **more}
    ).id


def test_nothing_of_it_is_left_but_the_receipt(app: Flask, ann: Actor, inside: Tenant) -> None:
    kim, ole = _contact(ann, "Kimsecret"), _contact(ann, "Ole")
    writing.write_many(
        ann,
        "contacts",
        [Row({"city": "Secretplace"}, kim), Row({"city": "Kiel"}, ole)],
        title="Bulk",
    )
    call = writing.create(
        ann, "activities", {"type": "call", "subject": "Secretcall", "contact_id": str(kim)}
    )
    trash.trash(ann, "contacts", kim)
    session.commit()
    assert actions.purge(ann, "contacts", [kim]) == {"contacts": 1, "activities": 1}
    session.commit()
    work_off(app)
    with entered(inside):
        with pytest.raises(NotFound):
            reading.fetch(ann, "contacts", kim, trashed=True)
        with pytest.raises(NotFound):
            reading.fetch(ann, "activities", call.id)
        for table, column in ((identifiers, identifiers.c.record_id), (search, search.c.record_id)):
            assert session.execute(select(table).where(column.in_([kim, call.id]))).all() == []
        told = str(session.execute(select(log)).all()) + str(
            session.execute(select(fact_values.c.changes)).all()
        )
        assert "secret" not in told.lower()
        receipt = session.execute(select(log).where(log.c.verb == "purged")).mappings().one()
        assert (receipt["title"], receipt["record_id"]) == ("", None)
        assert receipt["data"] == {"rows": {"contacts": 1, "activities": 1}}
        # What the same bulk change did to others is still told.
        assert [change.after for change in facts.timeline(ann, [ole]).entries[0].changes] == ["Kiel"]
        assert finding.find(ann, "ole")[0].record_id == ole


def test_orders_take_lines_and_deliveries_along(ann: Actor, inside: Tenant) -> None:
    order = writing.create(ann, "orders", {"number": "4711"})
    line = writing.create(ann, "order_lines", {"order_id": str(order.id), "quantity": "1", "unit_price": "1"})
    trash.trash(ann, "orders", order.id)
    actions.purge(ann, "orders", [order.id])
    left = select(search.c.record_id).where(search.c.record_id.in_([order.id, line.id]))
    assert session.execute(left).all() == []
    assert _count("SELECT count(*) FROM line_items") == 0


def test_activity_about_somebody_else_too_stays(ann: Actor, inside: Tenant) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer"})
    kim = _contact(ann, "Kim")
    about = {"type": "call", "subject": "Both", "contact_id": str(kim), "company_id": str(company.id)}
    call = writing.create(ann, "activities", about)
    trash.trash(ann, "contacts", kim)
    actions.purge(ann, "contacts", [kim])
    assert reading.fetch(ann, "activities", call.id).values["contact_id"] is None


def test_own_relations_point_to_it_no_more(ann: Actor, inside: Tenant) -> None:
    modelling.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
    wish = FieldWish("relation", {"en": "Site"}, target="companies", name="site")
    modelling.add_field(ann, "x_machines", wish)
    company = writing.create(ann, "companies", {"name": "Meyer"})
    press = writing.create(ann, "x_machines", {"name": "Press", "site": str(company.id)})
    trash.trash(ann, "companies", company.id)
    actions.purge(ann, "companies", [company.id])
    assert reading.fetch(ann, "x_machines", press.id).values["site"] is None
    trash.trash(ann, "x_machines", press.id)
    assert actions.purge(ann, "x_machines", [press.id]) == {"x_machines": 1}
    assert registry.get("x_machines")


@pytest.mark.usefixtures("s3")
def test_files_go_with_their_bytes(app: Flask, ann: Actor, inside: Tenant) -> None:
    kim = _contact(ann, "Kim")
    key = f"{inside.schema}/{uuid4()}"
    storage.put(key, b"secret", "text/plain")
    session.add(File(object="contacts", record_id=kim, name="a.txt", storage_key=key, state="ready"))
    trash.trash(ann, "contacts", kim)
    actions.purge(ann, "contacts", [kim])
    session.commit()
    work_off(app)
    with entered(inside):
        assert _count("SELECT count(*) FROM files") == 0
        with pytest.raises(NotFound):
            storage.size(key)


def test_only_what_lies_in_the_trash_goes(ann: Actor, inside: Tenant, nordwind: Workspace) -> None:
    kim = _contact(ann, "Kim")
    with pytest.raises(Conflict):
        actions.purge(ann, "contacts", [kim])
    with pytest.raises(NotFound):
        actions.purge(ann, "contacts", [uuid4()])
    trash.trash(ann, "contacts", kim)
    with pytest.raises(NotAllowed):
        actions.purge(nordwind.actor(BOB), "contacts", [kim])


def test_trash_is_emptied_by_a_job(app: Flask, ann: Actor, inside: Tenant) -> None:
    for number in range(3):
        trash.trash(ann, "contacts", _contact(ann, f"K{number}"))
    job_id = actions.ask(ann, "contacts").id
    trash.trash(ann, "contacts", late := _contact(ann, "Late"))
    session.commit()
    work_off(app)
    with entered(inside):
        assert list(session.scalars(text("SELECT id FROM contacts"))) == [late]
        state = text("SELECT state, updated_count FROM jobs WHERE id = :id")
        assert session.execute(state, {"id": job_id}).one() == ("done", 3)


def test_what_lies_there_for_30_days_goes_by_itself(ann: Actor, inside: Tenant) -> None:
    old, young = _contact(ann, "Old"), _contact(ann, "Young")
    for each in (old, young):
        trash.trash(ann, "contacts", each)
    aged = text("UPDATE contacts SET deleted_at = :at WHERE id = :id")
    session.execute(aged, {"at": now() - timedelta(days=31), "id": old})
    assert actions.clear() is False
    assert list(session.scalars(text("SELECT id FROM contacts"))) == [young]


def _age(inside: Tenant) -> None:
    """As if all were written long ago; only the owner can say so."""
    owner = schemas.link(engines().cell_url(FIRST_CELL))
    with owner.transaction():
        owner.execute(f"SET LOCAL search_path = {names.tenant_name(inside.schema)}, ext")
        owner.execute("UPDATE facts SET at = at - interval '31 days'")
        owner.execute("UPDATE fact_values SET created_at = created_at - interval '31 days'")


def test_values_go_after_30_days_unless_kept(app: Flask, ann: Actor, inside: Tenant) -> None:
    modelling.add_field(ann, "contacts", FieldWish("text", {"en": "Badge"}, keeps_history=True))
    kim = _contact(ann, "Kim")
    writing.update(ann, "contacts", kim, {"city": "Kiel"})
    change = undo.last_edit(kim)
    writing.update(ann, "contacts", kim, {"x_badge": "B1"})
    assert change is not None
    session.commit()
    _age(inside)
    with entered(inside):
        with pytest.raises(Conflict):
            undo.undo(ann, change)
        assert expiring.clear() is False
        fields = text("SELECT f.fields FROM fact_values v JOIN facts f ON f.id = v.fact_id")
        left = list(session.scalars(fields))
        assert ["x_badge"] in left
        assert ["city"] not in left
        assert "history_expired" in session.scalars(select(log.c.verb)).all()


LOOKED = (
    "Kimsecret",
    "kimse",
    "kimsecert berlin",
    "kimsecret@a.example",
    "+49 221 4711",
    "ole",
    "berlin",
    "k",
)


def _looking(nordwind: Workspace, *texts: str) -> list[Actor]:
    """Two members who looked for these."""
    people = [nordwind.actor(BOB), nordwind.actor(RALF)]
    for each in people:
        for said in texts:
            recents.remember(each, said)
    return people


def test_what_people_looked_for_names_it_no_more(nordwind: Workspace, ann: Actor, inside: Tenant) -> None:
    kim, _ = _contact(ann, "Kimsecret", phone="+49 221 4711"), _contact(ann, "Ole")
    people = _looking(nordwind, *LOOKED)
    writing.trash(ann, "contacts", kim)
    session.commit()
    assert all(set(recents.of(each)) == set(LOOKED) for each in people), (
        "the trash can be emptied into the list"
    )
    actions.purge(ann, "contacts", [kim])
    session.commit()
    assert [set(recents.of(each)) for each in people] == [{"ole", "berlin", "k"}] * 2


def test_what_it_was_called_before_is_forgotten_too(nordwind: Workspace, ann: Actor, inside: Tenant) -> None:
    kim = _contact(ann, "Maidenname")
    writing.update(ann, "contacts", kim, {"last_name": "Müller"})
    people = _looking(nordwind, "maidenname", "mueller", "muller", "Meier")
    writing.trash(ann, "contacts", kim)
    actions.purge(ann, "contacts", [kim])
    session.commit()
    assert [recents.of(each) for each in people] == [["Meier"]] * 2


def test_all_searches_go_where_they_could_not_be_read(
    app: Flask, nordwind: Workspace, ann: Actor, inside: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = _contact(ann, "Kimsecret")
    people = _looking(nordwind, "kimsecret", "ole")
    writing.trash(ann, "contacts", kim)
    with monkeypatch.context() as away:
        away.setattr(redis, "answers", lambda: False)
        actions.purge(ann, "contacts", [kim])
        session.commit()
    work_off(app)
    with entered(inside):
        assert [recents.of(each) for each in people] == [[], []]
