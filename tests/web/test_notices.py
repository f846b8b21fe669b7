"""The list of what a member was told."""

from flask import Flask

from app.core.ids import new_id
from app.domain.deliveries.actions import LATE
from app.domain.notices.actions import tell
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.visitor import Visitor


def test_notice_is_read_once_seen(app: Flask, nordwind: Workspace, ann: Visitor, bob: Visitor) -> None:
    data = {"number": "<10248>", "promised_on": "2026-11-19"}
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        tell(nordwind.members[ANN.email], "late:1", LATE.name, "deliveries", new_id(), data, mail=False)
    page = ann.get("/notices").text
    assert "&lt;10248&gt;" in page
    assert "/notices/readings" in page
    assert "&lt;10248&gt;" not in bob.get("/notices").text
    assert ann.post("/notices/readings").status_code == 303
    assert "/notices/readings" not in ann.get("/notices").text
