"""A company in which three people have one of everything, and what is Bob's points to what is Ann's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert, text, update

from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.jobs.models import Job
from app.domain.members import roles
from app.domain.members.models import Member
from app.domain.members.roles import Told
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.domain.views import actions as views
from app.domain.views.actions import Wish
from app.records import registry, writing
from app.records.reader import Reader
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.programs import Program, program
from tests.architecture.routes import Owned, file_of, talk_with
from tests.cast import ANN, BOB, RALF, Person, Workspace
from tests.visitor import Visitor, signed_in

Whose = Literal["own", "team", "all"]
PEOPLE: Mapping[Whose, Person] = {"own": BOB, "team": RALF, "all": ANN}
# A word of each, in whatever is theirs and in nothing else.
WORDS: Mapping[Whose, str] = {"own": "Bernstein", "team": "Rauchquarz", "all": "Aquamarin"}
ABILITIES = ("messages:read", "messages:write", "members:read", "jobs:read", "imports:run")
# A field of each object that a role may hide, and how its values begin.
HIDDEN = {
    "companies": "industry", "contacts": "title", "deals": "next_step", "activities": "description",
    "orders": "ship_to", "deliveries": "carrier", "incidents": "cause", "products": "unit",
}  # fmt: skip
SECRET = "Geheimnis"
# A field of several records: deals name the people who advise on them.
SEVERAL, ADVISES = "x_advisers", "x_advises"
_ADVISERS = FieldWish(
    "relations", {"en": "Advisers"}, name="advisers", target="contacts", list_labels={"en": "Advises"},
    in_table=True,
)  # fmt: skip


@dataclass(frozen=True)
class Furnished:
    """The company, what is whose, and a mark in the log of before all that."""

    workspace: Workspace
    owned: Mapping[Whose, Owned]
    before: str

    def ids(self, *whose: Whose) -> set[UUID]:
        """Of everything that is theirs."""
        return {
            each for who in whose for each in (*self.owned[who].records.values(), *self.things(who).values())
        }

    def things(self, whose: Whose) -> Mapping[str, UUID]:
        """What belongs to a record of theirs, by the name that addresses give it."""
        return {name: each for name, each in self.owned[whose].others.items() if name != "job_id"}


def furnish(app: Flask, workspace: Workspace) -> Furnished:
    """One of everything for each of the three."""
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        assert modelling.add_field(workspace.actor(ANN), "deals", _ADVISERS) == SEVERAL
        before = Reader.from_now().cursor
        ann = _of(workspace, "all", {})
        owned: dict[Whose, Owned] = {
            "all": ann,
            "team": _of(workspace, "team", ann.records),
            "own": _of(workspace, "own", ann.records),
        }
        _advised(workspace.actor(ANN), owned)
    return Furnished(workspace, owned, before)


def _of(workspace: Workspace, whose: Whose, others: Mapping[str, UUID]) -> Owned:
    person = PEOPLE[whose]
    actor = replace(workspace.actor(person), permissions=EVERYTHING)
    word, made = WORDS[whose], dict[str, UUID]()
    made["companies"] = _new(actor, "companies", word, {"name": word, "domain": f"{word.lower()}.example"})
    # What is the others' is pointed to by all but what decides whose it is.
    to = {"company_id": others.get("companies", made["companies"])}
    names = {"last_name": word, "email": f"{word.lower()}@example.org", "external_ids": {"sap": word}}
    made["contacts"] = _new(actor, "contacts", word, {**names, **to})
    person_to = {**to, "contact_id": others.get("contacts", made["contacts"])}
    made["deals"] = _new(actor, "deals", word, {"name": word, **person_to})
    made["products"] = _new(actor, "products", word, {"name": word})
    made["orders"] = _new(actor, "orders", word, {"number": f"{word}-1", **person_to})
    line = {"order_id": made["orders"], "product_id": others.get("products", made["products"])}
    made["order_lines"] = _new(actor, "order_lines", word, {"description": word, **line})
    made["deliveries"] = _new(actor, "deliveries", word, {"order_id": made["orders"], "tracking": word})
    made["incidents"] = _new(actor, "incidents", word, {"kind": "quality", "subject": word, **person_to})
    made["cases"] = _new(actor, "cases", word, {"subject": word, **person_to})
    made["activities"] = _new(actor, "activities", word, {"subject": word, **person_to})
    fact = session.scalar(
        text("SELECT id FROM facts WHERE record_id = :id AND verb = 'created'"), {"id": made["companies"]}
    )
    job = uuid4()
    told = {"kind": "none", "state": "done", "object": "contacts", "title": word, "params": {}}
    session.execute(insert(Job).values(id=job, started_by=actor.id, **told))
    view = views.create(actor, "companies", Wish(f"View {word}")).id
    things = {
        "fact_id": fact,
        "file_id": file_of(actor, made["companies"]),
        "job_id": job,
        "view_id": view,
    }
    return Owned(made, {**things, **talk_with(actor, made["contacts"])})


def _advised(ann: Actor, owned: Mapping[Whose, Owned]) -> None:
    """Everybody advises on every deal, the strangers first."""
    people = [owned[whose].records["contacts"] for whose in ("all", "team", "own")]
    for each in owned.values():
        writing.update(ann, "deals", each.records["deals"], {SEVERAL: people})


def _new(actor: Actor, name: str, word: str, values: Mapping[str, Any]) -> UUID:
    described = registry.get(name)
    given = dict(values)
    if "owner_id" in described.by_name:
        given["owner_id"] = actor.id
    if name in HIDDEN:
        given[HIDDEN[name]] = f"{SECRET} {word}"
    return writing.create(actor, name, given).id


def role(app: Flask, furnished: Furnished, *told: Told) -> tuple[Visitor, Program]:
    """Bob with these roles of the company's own and Ralf in his team: his browser, and an app he let in."""
    workspace = furnished.workspace
    ann, bob = workspace.actor(ANN), workspace.members[BOB.email]
    team = uuid4()
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        held = [roles.create(ann, replace(each, name=f"{each.name} {uuid4()}")).id for each in told]
        session.execute(
            text("INSERT INTO teams (id, name) VALUES (:id, :name)"), {"id": team, "name": str(team)}
        )
        session.execute(update(Member).where(Member.id == bob).values(role="custom", role_ids=held))
        both = (bob, workspace.members[RALF.email])
        session.execute(update(Member).where(Member.id.in_(both)).values(team_ids=[team]))
    return signed_in(app, workspace, BOB), program(app, workspace, person=BOB, name=str(team))
