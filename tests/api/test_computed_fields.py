"""What Kith works out is in the API as what it is: read only, described, filtered, never imported."""

import csv
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen
from uuid import UUID

import pytest
import schemathesis
from flask import Flask

from app.domain.imports import targets
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import watching, writing
from app.records.reader import WORKED_OUT, Reader
from tenants.context import entered
from tenants.session import session
from tests.api.programs import Program, program
from tests.cast import ANN, Workspace
from tests.office import furnished
from tests.work import work_off

NET = FieldWish("formula", {"en": "Net"}, name="net", expression="amount / 1.19", is_sortable=True)
DEALS = {"object": "deals", "field": "company_id"}
OPEN = FieldWish("rollup", {"en": "Open"}, name="open", rollup={**DEALS, "aggregate": "count"})
SUM = FieldWish("rollup", {"en": "Sum"}, name="sum", rollup={**DEALS, "aggregate": "sum", "of": "x_net"})


@pytest.fixture(scope="module")
def seller(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which counts its deals; the tests of this file share it."""
    with furnished(app, office) as ann:
        actions.add_field(ann, "deals", NET)
        actions.add_field(ann, "companies", OPEN)
        actions.add_field(ann, "companies", SUM)
        session.commit()
        actions.index("deals", "x_net")
    return office


@pytest.fixture(scope="module")
def script(app: Flask, seller: Workspace) -> Program:
    """An app of Nordwind that may do everything an app may."""
    return program(app, seller)


def _company(script: Program, name: str = "Aare") -> str:
    return str(script.post("/companies", {"name": name}).json["id"])


def _deal(script: Program, company: str, amount: str = "119") -> str:
    sent = {"name": "Pumps", "amount": amount, "currency": "EUR", "company_id": company}
    made = script.post("/deals", sent)
    assert (made.status_code, made.json["x_net"]) == (201, "100.00")
    return str(made.json["id"])


def test_write_is_refused_with_the_field(script: Program) -> None:
    deal = _deal(script, _company(script))
    for answer in (
        script.post("/deals", {"name": "P", "x_net": 1}),
        script.patch(f"/deals/{deal}", {"x_net": 1}),
    ):
        assert answer.status_code == 422
        assert [(each["path"], each["code"]) for each in answer.json["errors"]] == [("x_net", "read_only")]


def test_description_says_read_only(script: Program) -> None:
    document = script.get("/openapi.json").json
    schemathesis.openapi.from_dict(document).validate()
    schemas = document["components"]["schemas"]
    assert schemas["deals"]["properties"]["x_net"]["readOnly"] is True
    assert "x_net" not in schemas["deals_new"]["properties"]
    fields = {each["name"]: each for each in script.get("/objects/companies").json["fields"]}
    assert (fields["x_sum"]["type"], fields["x_sum"]["read_only"]) == ("money", True)


def test_rollup_moves_the_etag_and_not_the_version(app: Flask, script: Program) -> None:
    company = _company(script)
    before = script.get(f"/companies/{company}")
    _deal(script, company)
    work_off(app)
    after = script.get(f"/companies/{company}", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["version"]) == (200, before.json["version"])
    assert (after.json["x_open"], after.json["x_sum"], after.json["x_sum_currency"]) == (1, "100.00", "EUR")
    kept = script.patch(
        f"/companies/{company}", {"city": "Bern"}, headers={"If-Match": before.headers["ETag"]}
    )
    assert kept.status_code == 200


def _changes_after(script: Program, cursor: str | None = None) -> tuple[list[Any], str]:
    """All that the log says behind the cursor, and where it ends."""
    data: list[Any] = []
    while True:
        page = script.get(f"/changes?after={cursor}" if cursor else "/changes").json
        data, cursor = [*data, *page["data"]], page["next_cursor"]
        if not page["has_more"]:
            return data, str(cursor)


def test_changed_rollup_is_told_once(app: Flask, seller: Workspace, script: Program) -> None:
    company = _company(script)
    work_off(app)
    _, cursor = _changes_after(script)
    deal = _deal(script, company)
    work_off(app)
    data, behind = _changes_after(script, cursor)
    told = [each["records"] for each in data if each["verb"] == WORKED_OUT]
    assert told == [[{"id": company, "verb": WORKED_OUT, "version": None}]]
    with app.app_context(), entered(seller.tenant):
        signs = watching.seen(seller.actor(ANN), watching.signs(Reader(cursor).read()))
        assert [each.id for each in signs if each.verb == WORKED_OUT] == [UUID(company)]
        session.remove()
    script.patch(f"/deals/{deal}", {"name": "More pumps"})
    work_off(app)
    assert [each["verb"] for each in _changes_after(script, behind)[0]] == ["updated"]


def test_lists_filter_by_what_is_worked_out(app: Flask, script: Program) -> None:
    company = _company(script, "Reuss")
    for _ in range(3):
        _deal(script, company)
    work_off(app)
    asked = "/companies?filter[x_open][gte]=3&filter[name]=Reuss&fields=name,x_sum"
    found = script.get(asked).json["data"]
    assert [(each["name"], each["x_sum"]) for each in found] == [("Reuss", "300.00")]


def test_lists_sort_by_what_is_worked_out(script: Program) -> None:
    company = _company(script)
    for amount in ("23.80", "11.90", "35.70"):
        script.post("/deals", {"name": "P", "amount": amount, "currency": "EUR", "company_id": company})
    found = script.get(f"/deals?filter[company_id]={company}&sort=-x_net&fields=x_net").json["data"]
    assert [each["x_net"] for each in found] == ["30.00", "20.00", "10.00"]


def test_import_offers_no_column_for_it(app: Flask, seller: Workspace) -> None:
    with app.app_context(), entered(seller.tenant):
        assert "x_net" not in targets.targets("deals")
        assert not {"x_open", "x_sum", "x_sum_currency"} & targets.targets("companies").keys()
        session.remove()


def test_app_without_scope_for_deals_sees_none_of_it(app: Flask, seller: Workspace, script: Program) -> None:
    company = _company(script)
    narrow = program(app, seller, ("companies:read",), name="Reads companies")
    told = narrow.get(f"/companies/{company}").json
    assert not {"x_open", "x_sum", "x_sum_currency"} & told.keys()
    assert narrow.get("/companies?filter[x_open]=0").status_code == 422
    assert narrow.get("/companies?sort=x_open").status_code == 422


def test_many_who_write_at_once_are_all_counted(app: Flask, seller: Workspace, script: Program) -> None:
    company = _company(script)

    def write(number: int) -> None:
        with app.app_context(), entered(seller.tenant):
            ann = seller.actor(ANN)
            writing.create(ann, "deals", {"name": f"D {number}", "company_id": company})
            session.commit()
            session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
        pool.submit(work_off, app)
        list(pool.map(write, range(8)))
    work_off(app)
    assert script.get(f"/companies/{company}").json["x_open"] == 20


@pytest.fixture(scope="module")
def latest(app: Flask, seller: Workspace, script: Program) -> tuple[str, str]:
    """A company that tells the outcome, the owner and the contact of its latest deal, and that contact."""
    with furnished(app, seller) as ann:
        for of, name in (("outcome", "outcome"), ("owner_id", "seller"), ("contact_id", "buyer")):
            made = {**DEALS, "aggregate": "latest", "of": of}
            wish = FieldWish("rollup", {"en": name}, name=name, rollup=made)
            actions.add_field(ann, "companies", wish)
    company = _company(script, "Tells the latest")
    contact = str(script.post("/contacts", {"last_name": "Zumthor"}).json["id"])
    owner = str(seller.actor(ANN).id)
    sent = {"name": "Pumps", "company_id": company, "contact_id": contact, "owner_id": owner}
    assert script.post("/deals", sent).status_code == 201
    work_off(app)
    return company, contact


def test_latest_choice_member_and_record_are_what_they_are(
    seller: Workspace, script: Program, latest: tuple[str, str]
) -> None:
    company, contact = latest
    told = script.get(f"/companies/{company}").json
    owner = str(seller.actor(ANN).id)
    assert (told["x_outcome"], told["x_seller"], told["x_buyer"]) == ("open", owner, contact)
    fields = {each["name"]: each for each in script.get("/objects/companies").json["fields"]}
    types = [fields[f"x_{name}"]["type"] for name in ("outcome", "seller", "buyer")]
    assert types == ["choice", "member", "relation"]
    assert {each["value"] for each in fields["x_outcome"]["choices"]} == {"open", "won", "lost"}
    assert (fields["x_buyer"]["target"], fields["x_buyer"]["read_only"]) == ("contacts", True)
    document = script.get("/openapi.json").json
    schemathesis.openapi.from_dict(document).validate()
    seen = document["components"]["schemas"]["companies"]["properties"]
    assert seen["x_outcome"]["enum"] == ["open", "won", "lost", None]
    assert (seen["x_buyer"]["format"], seen["x_buyer"]["readOnly"]) == ("uuid", True)
    assert (
        not {"x_outcome", "x_buyer"} & document["components"]["schemas"]["companies_new"]["properties"].keys()
    )


def test_latest_filters_and_is_exported(
    app: Flask, script: Program, latest: tuple[str, str], s3: object
) -> None:
    company, contact = latest
    found = script.get(f"/companies?filter[x_buyer]={contact}&filter[x_outcome]=open&fields=name").json
    assert [each["id"] for each in found["data"]] == [company]
    refused = script.get("/companies?sort=x_buyer")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_sortable")
    wanted = {"object": "companies", "fields": ["name", "x_outcome", "x_buyer"]}
    where = {"field": "x_buyer", "op": "eq", "value": contact}
    path = script.post("/exports", {**wanted, "where": where}).headers["Location"].removeprefix("/api/v1")
    work_off(app)
    with urlopen(script.get(path).json["url"]) as file:
        rows = list(csv.reader(file.read().decode("utf-8-sig").splitlines()))
    assert rows[1][1:] == ["Tells the latest", "open", contact]
