"""Settings > Objects and fields: formulas and roll-ups are tried while they are written, shown everywhere."""

import pytest
from flask import Flask

from tests.visitor import Visitor
from tests.work import work_off

DEALS, COMPANIES = "/settings/objects/deals", "/settings/objects/companies"
NET = {
    "kind": "formula", "labels.en": "Net", "labels.de": "Netto", "visibility": "opinion", "in_table": "1",
    "expression": "amount / 1.19",
}  # fmt: skip
SUM = {
    "kind": "rollup", "labels.en": "Pipeline", "visibility": "opinion", "in_table": "1",
    "related": "deals.company_id", "aggregate": "sum", "of": "amount", "by": "created_at",
    "where.field": ["outcome", "", ""], "where.op": ["eq", "eq", "eq"], "where.value": ["open", "", ""],
}  # fmt: skip


def _company(rita: Visitor, name: str) -> str:
    return str(rita.post("/companies", {"name": name}).headers["Location"]).rsplit("/", 1)[-1]


def _deal(rita: Visitor, company: str, amount: str = "119,00") -> str:
    given = {"name": "Pumps", "amount": amount, "currency": "EUR", "company_id": company}
    answer = rita.post("/deals", given)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize(
    ("source", "told"),
    [("amount / 1.19", "Ergibt: Geld"), ("amount + name", "+"), ("amuont", "amount"), ("now()", "Uhrzeit")],
)
def test_formula_is_tried_while_it_is_written(rita: Visitor, source: str, told: str) -> None:
    _deal(rita, _company(rita, "Aare"))
    answer = rita.get(f"{DEALS}/trial", query_string={"kind": "formula", "expression": source})
    assert answer.status_code == 200
    assert told in answer.text
    assert ("Pumps" in answer.text) == (source == "amount / 1.19")


def test_form_names_what_may_be_used(rita: Visitor) -> None:
    page = rita.get(f"{DEALS}/fields/new?kind=formula").text
    assert 'data-word="amount"' in page
    assert 'data-word="updated_at"' not in page
    assert "orValue" in page


def test_formula_is_in_table_page_and_never_in_the_form(app: Flask, rita: Visitor) -> None:
    deal = _deal(rita, _company(rita, "Aare"))
    assert rita.post(f"{DEALS}/fields", NET).status_code == 303
    work_off(app)
    assert "Netto" in rita.get("/deals").text
    assert "100,00" in rita.get(deal).text
    assert 'name="x_net"' not in rita.get("/deals/new").text
    page = rita.get(f"{DEALS}/fields/x_net").text
    assert "amount / 1.19" in page
    assert f'action="{DEALS}/fields/x_net/work-out"' in page


def test_wrong_formula_says_so_at_the_field(rita: Visitor) -> None:
    answer = rita.post(f"{DEALS}/fields", NET | {"expression": "amount +"})
    assert answer.status_code == 422
    assert 'href="#f-expression"' in answer.text
    assert 'id="f-expression"' in answer.text


def test_rollup_asks_first_what_it_is_made_of(rita: Visitor) -> None:
    page = rita.get(f"{COMPANIES}/fields/new?kind=rollup").text
    assert "related=deals.company_id" in page
    assert 'name="aggregate"' not in page


def test_rollup_follows_the_deals_of_a_company(app: Flask, rita: Visitor) -> None:
    company, _other = _company(rita, "Aare"), _company(rita, "Birs")
    assert rita.post(f"{COMPANIES}/fields", SUM).status_code == 303
    _deal(rita, company)
    _deal(rita, company, "1,00")
    work_off(app)
    assert "120,00" in rita.get(f"/companies/{company}").text
    assert "120,00\xa0EUR + 0,00" not in rita.get("/companies").text
    page = rita.get(f"{COMPANIES}/fields/x_pipeline").text
    assert '<option value="outcome" selected>' in page
    assert 'name="where.value" value="open"' in page
    assert rita.post(f"{COMPANIES}/fields/x_pipeline", SUM | {"where.field": ["", "", ""]}).status_code == 303


def test_administrator_sees_why_records_have_no_value(app: Flask, rita: Visitor) -> None:
    _deal(rita, _company(rita, "Aare"))
    assert rita.post(f"{DEALS}/fields", NET | {"expression": "amount / (amount - 119)"}).status_code == 303
    work_off(app)
    page = rita.get(f"{DEALS}/fields/x_net").text
    assert "Durch null geteilt" in page
    assert rita.post(f"{DEALS}/fields/x_net/work-out").status_code == 303


def test_settings_are_for_who_manages_the_workspace(bob: Visitor) -> None:
    assert bob.get(f"{DEALS}/trial?expression=amount").status_code == 403
    assert bob.post(f"{DEALS}/fields/x_net/work-out").status_code == 403


LATEST = SUM | {
    "labels.en": "Latest", "aggregate": "latest", "where.field": ["", "", ""], "where.value": ["", "", ""],
}  # fmt: skip


def _latest(rita: Visitor, of: str, word: str, aggregate: str = "latest") -> None:
    asked = LATEST | {"labels.en": word, "labels.de": word, "of": of, "aggregate": aggregate}
    answer = rita.post(f"{COMPANIES}/fields", asked)
    assert answer.status_code == 303, answer.text


def test_rollups_of_choices_people_and_records_look_like_them(app: Flask, rita: Visitor) -> None:
    company = _company(rita, "Aare")
    contact = rita.post("/contacts", {"last_name": "Zumthor"}).headers["Location"]
    for of in ("outcome", "contact_id", "owner_id", "stage_id"):
        _latest(rita, of, f"Last {of}")
    _latest(rita, "outcome", "Best", "max")
    given = {"name": "Pumps", "company_id": company, "contact_id": contact.rsplit("/", 1)[-1]}
    assert rita.post("/deals", given).status_code == 303
    work_off(app)
    for page in (rita.get("/companies").text, rita.get(f"/companies/{company}").text):
        assert '<span class="pill">Offen</span>' in page
        assert f'href="{contact}"' in page
        assert "Zumthor" in page
        assert "Rita Vogt" in page
    form = rita.get(f"/companies/{company}/edit").text
    assert 'name="x_last_contact_id"' not in form
    assert 'name="x_best"' not in form


def test_rollup_is_tried_with_names_and_words(rita: Visitor) -> None:
    company = _company(rita, "Aare")
    contact = rita.post("/contacts", {"last_name": "Zumthor"}).headers["Location"].rsplit("/", 1)[-1]
    rita.post("/deals", {"name": "Pumps", "company_id": company, "contact_id": contact})
    asked = {"kind": "rollup", "related": "deals.company_id", "by": "created_at", "aggregate": "latest"}
    page = rita.get(f"{COMPANIES}/trial", query_string=asked | {"of": "contact_id"}).text
    assert "Ergibt: Beziehung" in page
    assert f'href="/contacts/{contact}"' in page
    assert "Zumthor" in page
    assert "Offen" in rita.get(f"{COMPANIES}/trial", query_string=asked | {"of": "outcome"}).text
    wrong = rita.get(f"{COMPANIES}/trial", query_string=asked | {"of": "outcome", "aggregate": "sum"}).text
    assert "lässt sich nicht addieren" in wrong


def test_form_offers_what_can_be_taken_and_says_what_is_not_sorted(rita: Visitor) -> None:
    page = rita.get(f"{COMPANIES}/fields/new?kind=rollup&related=deals.company_id").text
    offered = page.partition('name="of"')[2].partition("</select>")[0]
    for name in ("outcome", "owner_id", "contact_id", "stage_id"):
        assert f'<option value="{name}"' in offered
    assert '<option value="company_id"' not in offered
    _latest(rita, "owner_id", "Seller")
    saved = rita.get(f"{COMPANIES}/fields/x_seller").text
    assert 'name="is_sortable"' not in saved
    assert "Listen werden nicht nach" in saved
    _latest(rita, "outcome", "Outcome")
    assert 'name="is_sortable"' in rita.get(f"{COMPANIES}/fields/x_outcome").text
