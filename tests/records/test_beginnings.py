"""What begins with what was typed: one statement for all texts of a form, along the order of indexes."""

from dataclasses import replace

import pytest

from app.core.actor import Actor
from app.core.grants import ANY, VERBS, Grants, Level, Verb
from app.records import beginnings, finding, reaches, registry, searching, writing
from app.records.beginnings import Names
from app.records.rights import readable
from app.records.typed import Form, Typed
from tenants.direct import Written
from tests import schemas
from tests.cast import Workspace
from tests.statements import counted

OWN: dict[Verb, Level] = dict.fromkeys(VERBS, "own")


def names(actor: Actor) -> Names:
    findable = [each.name for each in registry.every() if each.findable]
    return reaches.among(actor, [name for name in readable(actor) if name in findable])


def statement(actor: Actor, text: str) -> Written:
    asked = Typed(tuple(searching.words(text)))
    return beginnings._written(beginnings._question(actor, names(actor), asked.form, 20))


def test_texts_of_one_form_share_a_statement(ann: Actor) -> None:
    assert statement(ann, "otto") is statement(ann, "yang")
    assert statement(ann, "otto") is not statement(ann, "müller")
    assert statement(ann, "otto yang") is not statement(ann, "otto")


def test_members_with_limits_have_their_own(ann: Actor, bob: Actor) -> None:
    limited, other = (replace(each, role="custom", grants=Grants({ANY: OWN})) for each in (ann, bob))
    again = replace(ann, role="custom", grants=Grants({ANY: dict(OWN)}))
    assert statement(limited, "otto") is statement(again, "otto")
    assert len({id(statement(each, "otto")) for each in (ann, limited, other)}) == 3


def test_spellings_are_values(ann: Actor) -> None:
    asked = Typed(("müller", "hans"))
    assert asked.form == Form(2, 2, (2, 2))
    turned = {"hans müller", "hans mueller"}
    assert set(asked.values.values()) == {"müller hans", "mueller hans", "müller", "mueller", "hans", *turned}


@pytest.mark.parametrize("text", ["zeppelin anna maria", "Zeppelin Ann"])
def test_last_names_may_come_first(ann: Actor, text: str) -> None:
    writing.create(ann, "contacts", {"first_name": "Anna Maria", "last_name": "Zeppelin"})
    assert [hit.title for hit in finding.find(ann, text)] == ["Anna Maria Zeppelin"]


def test_who_is_found_by_name_was_not_meant_otherwise(ann: Actor) -> None:
    for name in ("Zeppelin", "Zeppelim"):
        writing.create(ann, "contacts", {"first_name": "Anna", "last_name": name})
    assert [hit.title for hit in finding.find(ann, "anna zeppelin")] == ["Anna Zeppelin"]
    assert [hit.is_similar for hit in finding.find(ann, "anna zepelin")] == [True]


def test_beginnings_are_found_by_one_statement(ann: Actor) -> None:
    for number in range(25):
        writing.create(ann, "contacts", {"first_name": f"N{number}", "last_name": "Zeppelin"})
    with counted() as sent:
        assert len(finding.find(ann, "zeppe")) == 20
    assert len(sent) == 1


@pytest.mark.parametrize(
    "text", ["100%", "l_s", "\\", "'", "a:b", "%(x)s", "$1", "ß" * 60, "e\u0301", "\u0301", "\U0010fffe"]
)
def test_marks_mean_themselves(ann: Actor, text: str) -> None:
    writing.create(ann, "contacts", {"last_name": f"Q{text}q"})
    titles = [hit.title for hit in finding.find(ann, f"Q{text}")]
    assert len(titles) == 1 or text == "\u0301"
    assert finding.find(ann, f"{text}nobody") == []


def test_order_gives_what_begins_so(office: Workspace, ann: Actor) -> None:
    """Whatever will be typed: planned once, each part reads a stretch of an index."""
    sql = statement(ann, "otto").text
    tables = ["search", *(each.base.name for each in registry.standard().every())]
    with schemas.as_built(office.tenant.schema, tables) as owner:
        # A company of a few people is read whole; that of a million is not.
        owner.execute("SET LOCAL enable_seqscan = off")
        owner.execute("SET LOCAL enable_bitmapscan = off")
        plan = [row[0] for row in owner.execute(f"EXPLAIN (GENERIC_PLAN) {sql}", prepare=False).fetchall()]
    asked = [line for line in plan if "Index Cond" in line and "InitPlan" in line]
    for text in ("title", "last_name", "email", "city"):
        assert any(f"NORMALIZE({text}," in line for line in asked), f"{text} is read whole:\n" + "\n".join(
            plan
        )
    assert not any("Seq Scan" in line for line in plan)
