"""Files of other systems come in whole, and coming again changes nothing."""

from decimal import Decimal

import pytest
from flask import Flask

from app.core.actor import Actor
from tests.domain.imports.importing import bring, check_of, counts, plan_json, prepare, sql

NORTHWIND = (
    ("companies", "northwind/customers.csv", 91),
    ("products", "northwind/products.csv", 77),
    ("orders", "northwind/orders.csv", 830),
    ("order_lines", "northwind/order_details.csv", 2155),
)
TOTALS = """
SELECT (SELECT count(*) FROM companies), (SELECT count(*) FROM contacts), (SELECT count(*) FROM orders),
       (SELECT count(*) FROM line_items), (SELECT count(*) FROM products),
       (SELECT round(sum(quantity * unit_price), 2) FROM line_items),
       (SELECT round(sum(amount), 2) FROM line_items), (SELECT round(sum(total), 2) FROM orders),
       (SELECT count(*) FROM deliveries), (SELECT count(*) FROM incidents)
"""


def test_northwind_comes_in_with_its_control_totals(app: Flask, files: Actor) -> None:
    for object_name, name, rows in NORTHWIND:
        told = bring(app, files, object_name, name)
        assert (told["status"], counts(told)) == ("done", (rows, 0, 0, 0)), name
    gross, net = Decimal("1354458.59"), Decimal("1265793.04")
    assert sql(TOTALS) == [(91, 91, 830, 2155, 77, gross, net, net, 830, 0)]
    assert sql(
        "SELECT c.name, p.name, p.title FROM companies c JOIN contacts p ON p.company_id = c.id"
        " WHERE c.name LIKE 'Alfreds%'"
    ) == [("Alfreds Futterkiste", "Maria Anders", "Sales Representative")]
    for object_name, name, rows in NORTHWIND:
        assert counts(bring(app, files, object_name, name)) == (0, 0, rows, 0), name
    assert sql(TOTALS) == [(91, 91, 830, 2155, 77, gross, net, net, 830, 0)]


@pytest.mark.long
def test_adventureworks_customers_come_in_and_come_again(app: Flask, files: Actor) -> None:
    name = "adventureworks/AdventureWorks_Customers.csv"
    assert counts(bring(app, files, "contacts", name)) == (18148, 0, 0, 0)
    assert sql("SELECT count(*), count(DISTINCT email) FROM contacts") == [(18148, 18148)]
    assert sql(
        "SELECT first_name, birthday::text, income::int, income_currency, gender, marital_status, children"
        " FROM contacts WHERE email = 'jon24@adventure-works.com'"
    ) == [("JON", "1966-04-08", 90000, "USD", "male", "married", 2)]
    assert counts(bring(app, files, "contacts", name)) == (0, 0, 18148, 0)


def test_chinook_people_bring_their_companies(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", "chinook/Customer.csv")
    assert (counts(told), told["also"]) == ((59, 0, 0, 0), {"companies created": 10})
    told = bring(app, files, "orders", "chinook/Invoice.csv")
    assert counts(told) == (412, 0, 0, 0)
    lines = "chinook/InvoiceLine.csv"
    told = bring(app, files, "order_lines", lines, columns={"TrackId": None})
    assert counts(told) == (2240, 0, 0, 0)
    assert sql("SELECT round(sum(amount), 2) FROM line_items") == [(Decimal("2328.60"),)]
    assert sql("SELECT count(*) FROM orders WHERE contact_id IS NULL OR total <> stated_total") == [(0,)]
    assert counts(bring(app, files, "order_lines", lines, columns={"TrackId": None})) == (0, 0, 2240, 0)


def test_order_lines_file_makes_orders_once_each(app: Flask, files: Actor) -> None:
    table = (
        b"OrderNumber,OrderDate,ProductKey,OrderLineItem,OrderQuantity\n"
        b"S1,12/31/2017,7,1,2\nS1,12/31/2017,8,2,1\nS2,01/02/2018,7,1,1\n"
    )
    columns = {"ProductKey": None, "OrderLineItem": None, "OrderQuantity": None}
    assert counts(bring(app, files, "orders", table, columns=columns)) == (2, 0, 1, 0)
    told = bring(app, files, "order_lines", table, columns={"ProductKey": {"create": True}})
    assert counts(told) == (3, 0, 0, 0)
    assert counts(bring(app, files, "order_lines", table)) == (0, 0, 3, 0)


def test_repeated_lines_of_an_order_stay_lines_of_their_own(app: Flask, files: Actor) -> None:
    bring(app, files, "orders", b"number\nA1\n")
    bring(app, files, "products", b"name,sku\nPen,P1\n")
    table = b"order,sku,quantity\nA1,P1,2\nA1,P1,3\nA1,P1,2\n"
    assert counts(bring(app, files, "order_lines", table)) == (3, 0, 0, 0)
    assert counts(bring(app, files, "order_lines", table)) == (0, 0, 3, 0)
    assert sql("SELECT sum(quantity)::int FROM line_items") == [(7,)]


def test_dry_run_says_what_the_run_then_does(app: Flask, files: Actor) -> None:
    anna = b"Anna Berg,anna@nordwind.example\n"
    table = b"name,email\n" + anna + b"Ben Holm,not an address\n" + anna
    job_id = prepare(files, "contacts", table)
    assert check_of(job_id)["states"] == {"created": 1, "failed": 1, "skipped": 1}
    assert sql("SELECT count(*) FROM contacts") == [(0,)]
    assert counts(bring(app, files, "contacts", table)) == (1, 0, 1, 1)


def test_headers_in_german_find_their_fields(app: Flask, files: Actor) -> None:
    header = "Vorname;Nachname;E-Mail-Adresse;Straße;PLZ;Ort;Land;Geburtsdatum;Firma\n"
    table = (
        header + "Jürgen;Groß;j@gross.example;Weg 1;10115;Köln;Deutschland;31.12.1970;Groß GmbH\n"
    ).encode("cp1252")
    job_id = prepare(files, "contacts", table)
    targets = {name: column["target"] for name, column in plan_json(job_id).items()}
    assert list(targets.values()) == [
        *("first_name", "last_name", "email", "street", "postcode", "city", "country", "birthday"),
        "company_id",
    ]
    bring(app, files, "contacts", table)
    assert sql("SELECT last_name, city, country, birthday::text FROM contacts") == [
        ("Groß", "Köln", "DE", "1970-12-31")
    ]
