"""Solving an incident from its page."""

from flask import Flask

from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.visitor import Visitor


def test_incident_is_solved_and_opened_again_with_one_act(
    app: Flask, nordwind: Workspace, ann: Visitor
) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        made = writing.create(nordwind.actor(ANN), "incidents", {"kind": "quality", "subject": "Leak"})
    address = f"/incidents/{made.id}"

    assert f'action="{address}/resolution"' in ann.get(address).text
    ann.post(f"{address}/resolution", {"back": address})
    page = ann.get(address).text
    assert f'action="{address}/reopening"' in page
    ann.post(f"{address}/reopening")
    assert f'action="{address}/resolution"' in ann.get(address).text


def test_reader_is_offered_no_act(app: Flask, nordwind: Workspace, ralf: Visitor) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        made = writing.create(nordwind.actor(ANN), "incidents", {"kind": "quality", "subject": "Leak"})
    assert "/resolution" not in ralf.get(f"/incidents/{made.id}").text
