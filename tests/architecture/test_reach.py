"""Rights at the doors: every route that names a record, for each object, whoever's it is, at every level."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.api.openapi import rules as api_rules
from app.config import Settings
from app.core.grants import ANY, DENY, HIDE, VERBS
from app.domain.members.roles import Told
from app.records import registry
from tenants.context import entered
from tenants.session import session
from tests import ground
from tests.api.entries import ENTRIES as API_SCOPES
from tests.api.programs import Program
from tests.api.test_isolation import THINGS as API_THINGS
from tests.api.test_isolation import Case, cases
from tests.api.test_isolation import ask as ask_api
from tests.architecture.entries import ENTRIES
from tests.architecture.furnished import (
    ABILITIES,
    ADVISES,
    HIDDEN,
    SECRET,
    SEVERAL,
    WORDS,
    Furnished,
    Whose,
    furnish,
    role,
)
from tests.architecture.reach_entries import API, THINGS, WEB
from tests.architecture.routes import Owned, Request, requests, rules
from tests.cast import NORDWIND, settle
from tests.conftest import S3
from tests.visitor import Visitor
from tests.work import work_off

pytestmark = pytest.mark.long
# The farthest that a level reaches, and the nearest that it does not.
EDGES: dict[str, tuple[Whose | None, Whose | None]] = {
    "none": (None, "own"),
    "own": ("own", "team"),
    "team": ("team", "all"),
    "all": ("all", None),
}
# Two records are compared, merged or taken apart: an address alone is not enough for these.
FIRST = ("see", "change", "remove", "manage")
MORE = {"compare_records", "merge_records", "unmerge_records", "merge_record", "unmerge_record"}
NOT_HERE = {
    "restore_record",
    "restore_file",
    "complete_file",
    "send_mail_again",
    "approve_letter",
    "decline_letter",
}


@pytest.fixture(scope="module")
def furnished(app: Flask, settings: Settings) -> Furnished:
    ground.clear(settings.database_url)
    return furnish(app, settle(app, NORDWIND, ground.fresh_tenant("nordwind")))


def told(level: str, **verbs: str) -> Told:
    """A role with every verb at one level, some at others."""
    return Told("Role", objects={ANY: {**dict.fromkeys(VERBS, level), **verbs}}, permissions=ABILITIES)


def owned(furnished: Furnished, whose: Whose) -> Owned:
    """What is theirs, with ids of nothing where they have none."""
    nothing, mine = Owned.nothing(), furnished.owned[whose]
    return Owned(mine.records, {**nothing.others, **mine.others})


def web(app: Flask, furnished: Furnished, whose: Whose, *rights: str) -> Iterator[Request]:
    """The pages and forms that take these rights of what is theirs."""
    for request in requests(app, owned(furnished, whose)):
        if WEB.get((request.endpoint, request.method)) in rights:
            yield request


def api(app: Flask, furnished: Furnished, whose: Whose, *rights: str) -> Iterator[Case]:
    """The same through the API."""
    mine = furnished.owned[whose]
    things = dict.fromkeys(API_THINGS, mine.others["job_id"]) | {
        name: mine.others[name] for name in ("file_id", "fact_id")
    }
    for case in cases(app, {**mine.records, **things}):
        if API.get((case.endpoint, case.method)) in rights:
            yield case


def log_length(app: Flask, furnished: Furnished) -> int:
    with app.app_context(), entered(furnished.workspace.tenant):
        return int(session.scalar(text("SELECT count(*) FROM facts WHERE verb NOT LIKE 'role%'")) or 0)


def ask(visitor: Visitor, request: Request, **headers: str) -> TestResponse:
    """As a page of the workspace would."""
    if request.method == "GET":
        return visitor.get(request.path, headers=headers)
    proof = {"X-CSRF-Token": visitor.token(), "Origin": visitor.host, "Sec-Fetch-Site": "same-origin"}
    return visitor._open(request.method, request.path, data={"value": "1"}, headers=proof | headers)


def ask_shortly(visitor: Visitor, request: Request) -> TestResponse:
    """The same where a no is expected: said in a line, for drawing hundreds of whole pages takes long."""
    return ask(visitor, request, Accept="application/json")


def named(every: Iterable[Rule]) -> set[tuple[str, str]]:
    return {
        (rule.endpoint.partition(".")[2], method)
        for rule in every
        if rule.arguments & THINGS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_that_names_a_record_has_an_entry(app: Flask) -> None:
    assert named(rules(app)) == set(WEB)
    assert named(api_rules(app)) == set(API)
    assert set(API) <= set(API_SCOPES)


@pytest.mark.parametrize("level", EDGES)
def test_each_door_reaches_as_far_as_the_level(app: Flask, furnished: Furnished, s3: S3, level: str) -> None:
    bob, script = role(app, furnished, told(level))
    before = log_length(app, furnished)
    inside, outside = EDGES[level]
    if inside:
        for page in web(app, furnished, inside, "see", "change", "talk"):
            if page.method == "GET" and page.endpoint not in MORE:
                assert_open(page.path, ask(bob, page))
        for case in api(app, furnished, inside, "see"):
            assert_open(case.path, ask_api(script, case))
    if outside:
        rights = {"own": FIRST, "team": (*FIRST, "talk", "job", "maker"), "all": ("see", "talk")}[outside]
        for request in web(app, furnished, outside, *rights):
            assert_closed(request.method, request.path, ask_shortly(bob, request))
        for case in api(app, furnished, outside, *rights):
            assert_closed(case.method, case.path, ask_api(script, case))
    assert log_length(app, furnished) == before


def assert_open(path: str, answer: TestResponse) -> None:
    assert (path, answer.status_code) in {(path, 200), (path, 302)}, answer.text[:300]


def assert_closed(method: str, path: str, answer: TestResponse) -> None:
    # Who lacks the right to all of them is told that, whether there is such a record or not.
    assert answer.status_code in {403, 404}, (method, path, answer.status_code)


@pytest.mark.parametrize(
    ("how", "rights"),
    [
        ({"update": "own", "delete": "own"}, ("change", "remove", "manage")),
        ({"delete": "none"}, ("remove", "manage")),
    ],
    ids=["only own ones", "only looks"],
)
def test_what_is_only_seen_is_refused(
    app: Flask, furnished: Furnished, s3: S3, how: dict[str, str], rights: tuple[str, ...]
) -> None:
    bob, script = role(app, furnished, told("all", **how))
    before = log_length(app, furnished)
    refused: list[tuple[Request | Case, TestResponse]] = []
    refused += [(each, ask_shortly(bob, each)) for each in web(app, furnished, "team", *rights)]
    refused += [(each, ask_api(script, each)) for each in api(app, furnished, "team", *rights)]
    for each, answer in refused:
        if each.endpoint not in MORE | NOT_HERE:
            assert (each.method, each.path, answer.status_code) == (each.method, each.path, 403)
    assert log_length(app, furnished) == before


def test_denial_outweighs_another_role(app: Flask, furnished: Furnished, s3: S3) -> None:
    bob, script = role(app, furnished, told("all"), told("none", delete=DENY, update=DENY))
    for request in web(app, furnished, "own", "remove"):
        if request.endpoint not in NOT_HERE:
            assert ask_shortly(bob, request).status_code == 403, request.path
    for case in api(app, furnished, "own", "remove"):
        assert ask_api(script, case).status_code == 403, case.path


LISTED = (
    "", "?trash=1", "?q={word}", "?filter[id]={id}", "?filter[company_id]={company}",
    "?filter[company.name]={word}", "?filter[created_at][gte]=2000-01-01&sort=-updated_at",
    "/new?company_id={company}&order_id={order}", "/bulk/edit?ids={id}", "/bulk/delete/preview?ids={id}",
)  # fmt: skip
ASKED = (
    "", "?q={word}", "?filter[id]={id}", "?filter[company_id]={company}", "?filter[company.name]={word}",
    "?where=%7B%22field%22:%22contact_id%22,%22value%22:%22{contact}%22%7D",
)  # fmt: skip


def test_no_word_and_no_id_beyond_the_level_is_told(app: Flask, furnished: Furnished, s3: S3) -> None:
    bob, script = role(app, furnished, told("own"))
    known = secrets(furnished, "team", "all")
    told_of = {
        path: [each for each in known if each in body]
        for path, body in (*pages(app, furnished, bob), *answers(app, furnished, script))
    }
    assert not {path: leaked for path, leaked in told_of.items() if leaked}


def test_asking_by_what_is_beyond_finds_nothing(app: Flask, furnished: Furnished) -> None:
    bob, script = role(app, furnished, told("own"))
    theirs = furnished.owned["all"]
    for name, record_id in theirs.records.items():
        asked = {
            "id": record_id, "word": WORDS["all"], "company": theirs.records["companies"],
            "order": theirs.records["orders"], "contact": theirs.records["contacts"],
        }  # fmt: skip
        for ending in LISTED:
            page = bob.get(f"/{name}{ending.format(**asked)}").text
            # What was asked for is said again, and no row is found by it.
            is_whole = ending in {"", "?trash=1"} or "created_at" in ending
            assert WORDS["all"] not in page or "{word}" in ending, (name, ending)
            assert is_whole or 'data-id="' not in page, (name, ending)
        for ending in ASKED[1:]:
            answer = script.get(f"/{name}{ending.format(**asked)}")
            assert answer.status_code == 422 or answer.json["data"] == [], (name, ending, answer.text)


def secrets(furnished: Furnished, *whose: Whose) -> set[str]:
    ids = {str(each) for each in furnished.ids(*whose)}
    return ids | {each.replace("-", "") for each in ids} | {WORDS[each] for each in whose}


def pages(app: Flask, furnished: Furnished, visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Every page of the workspace that Bob may open, with his own things, and lists in other ways."""
    for request in requests(app, owned(furnished, "own")):
        if request.method == "GET" and not ENTRIES[request.endpoint, "GET"].leaves:
            yield request.path, ask(visitor, request).text
    for name, record_id in furnished.owned["own"].records.items():
        for related in registry.get(name).related:
            path = f"/{name}/{record_id}?tab={related.name}"
            yield path, visitor.get(path).text
    for path in ("/find?q=a", *(f"/find?q={word[:4]}" for word in WORDS.values()), "/messages?box=all"):
        yield path, visitor.get(path).text
    path = f"/live/changes?after={furnished.before}"
    yield path, visitor.get(path).text


def answers(app: Flask, furnished: Furnished, script: Program) -> Iterator[tuple[str, str]]:
    """Every answer of the API to reading, relations shown whole, and the changes feed from before it all."""
    for case in api(app, furnished, "own", "see", "many"):
        if case.method == "GET":
            yield case.path, ask_api(script, case).text
    for name, record_id in furnished.owned["own"].records.items():
        whole = ",".join(
            each.name.removesuffix("_id")
            for each in registry.get(name).relations
            if each.name.endswith("_id")
        )
        for path in (f"/{name}?expand={whole}", f"/{name}/{record_id}?expand={whole}"):
            answer = script.get(path)
            assert answer.status_code == 200, answer.text
            yield path, answer.text
    answer = script.get(f"/changes?after={furnished.before}&limit=1000")
    assert answer.json["data"]
    yield "/changes", answer.text


def test_of_several_records_those_beyond_do_not_exist(app: Flask, furnished: Furnished, s3: S3) -> None:
    """A field of several records tells, finds, counts, exports and expands those in reach and no other."""
    bob, script = role(app, furnished, told("own"))
    mine, theirs = (furnished.owned[whose].records["contacts"] for whose in ("own", "all"))
    deal = furnished.owned["own"].records["deals"]
    known = secrets(furnished, "team", "all")
    for path in (f"/deals?fields={SEVERAL}", f"/deals?expand={SEVERAL}", f"/deals/{deal}?expand={SEVERAL}"):
        body = script.get(path).text
        assert str(mine) in body, path
        assert not [each for each in known if each in body], path
    assert script.get(f"/deals/{deal}").json[SEVERAL] == [str(mine)]
    for value, found in ((mine, [str(deal)]), (theirs, [])):
        assert ids(script.get(f"/deals?filter[{SEVERAL}][in]={value}")) == found
    for whose, found in (("own", [str(deal)]), ("all", [])):
        assert ids(script.get(f"/deals?filter[{SEVERAL}.last_name]={WORDS[whose]}")) == found  # type: ignore[index]
    page = bob.get(f"/contacts/{mine}?tab={ADVISES}").text
    assert str(deal) in page
    assert not [each for each in known if each in page]


def test_fields_of_several_records_beyond_are_exported_to_nobody(
    app: Flask, furnished: Furnished, s3: S3
) -> None:
    _bob, script = role(app, furnished, told("own"))
    job_id = script.post("/exports", {"object": "deals"}).json["id"]
    work_off(app)
    with urlopen(script.get(f"/exports/{job_id}").json["url"]) as answer:
        table = answer.read().decode()
    assert WORDS["own"] in table
    assert not [each for each in secrets(furnished, "team", "all") if each in table]


def ids(answer: TestResponse) -> list[str]:
    """Of the records of a list of the API."""
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in (answer.json or {})["data"]]


def test_hidden_fields_are_told_nowhere(app: Flask, furnished: Furnished, s3: S3) -> None:
    hidden = {name: {field: HIDE} for name, field in HIDDEN.items()}
    blind = Told("Blind", objects={ANY: dict.fromkeys(VERBS, "all")}, fields=hidden, permissions=ABILITIES)
    bob, script = role(app, furnished, blind)
    for path, body in (*pages(app, furnished, bob), *answers(app, furnished, script)):
        assert SECRET not in body, path
    for name, field in HIDDEN.items():
        for ending in (f"?filter[{field}]={SECRET}", f"?sort={field}", f"?fields={field}"):
            assert script.get(f"/{name}{ending}").status_code == 422, (name, ending)
        assert script.get(f"/{name}?q={SECRET}").json["data"] == [], name


def test_jobs_reach_no_further_than_who_asks(app: Flask, furnished: Furnished, s3: S3) -> None:
    _bob, script = role(app, furnished, told("own"))
    theirs, known = furnished.owned["all"], secrets(furnished, "team", "all")
    before = {name: versions(app, furnished, name) for name in theirs.records}
    started = []
    for name, record_id in theirs.records.items():
        for wanted in ({"action": "delete", "ids": [str(record_id)]}, {"action": "restore", "all": True}):
            started.append(script.post(f"/{name}/bulk", wanted).json["id"])
        started.append(script.post("/exports", {"object": name}).json["id"])
    work_off(app)
    for job_id in started:
        job = script.get(f"/jobs/{job_id}").json
        assert (job["status"], job["updated"]) == ("done", 0), job
        shown = script.get(f"/exports/{job_id}")
        told_of = script.get(f"/jobs/{job_id}/problems.csv").text
        if shown.status_code == 200:
            with urlopen(shown.json["url"]) as answer:
                told_of = answer.read().decode()
            assert WORDS["own"] in told_of
        # Who names an id is told that this one is not there.
        assert not [each for each in known if each in told_of and each in WORDS.values()], told_of
    assert {name: versions(app, furnished, name) for name in theirs.records} == before


def test_imports_find_nothing_beyond_reach(app: Flask, furnished: Furnished, s3: S3) -> None:
    _bob, script = role(app, furnished, told("own"))
    before = versions(app, furnished, "contacts")
    table = f"Nachname,E-Mail,Firma\nNeu,{WORDS['all'].lower()}@example.org,{WORDS['all']}\n".encode()
    form = {"object": "contacts", "file": (BytesIO(table), "a.csv")}
    path = script.post("/imports", data=form).headers["Location"].removeprefix("/api/v1")
    work_off(app)
    done = script.get(path).json
    assert (done["status"], done["created"], done["updated"], done["failed"]) == ("done", 0, 0, 1), done
    assert versions(app, furnished, "contacts") == before


def versions(app: Flask, furnished: Furnished, name: str) -> list[tuple[object, ...]]:
    with app.app_context(), entered(furnished.workspace.tenant):
        table = registry.get(name).base.name
        found = text(f"SELECT id, version, deleted_at FROM {table} ORDER BY id")
        return [tuple(row) for row in session.execute(found)]
