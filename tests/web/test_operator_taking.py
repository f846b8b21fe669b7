"""Export, move and removal of a company, started from the operator's pages."""

from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from app.core import process
from app.domain.lifecycle import deleting
from app.domain.lifecycle.archive import Reader
from tenants import catalogue, operations, removal
from tests import work
from tests.cast import Workspace
from tests.conftest import S3
from tests.visitor import Visitor
from tests.web.test_operator_pages import facts

PAGE = "/operator/tenants/nordwind"
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(autouse=True)
def folder(app: Flask, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where archives go."""
    monkeypatch.setattr("app.domain.operators.taking.FOLDER", str(tmp_path))
    assert process.settings().data_dir / str(tmp_path) == tmp_path
    return tmp_path


def test_states_and_work_are_told_in_german(kim: Visitor) -> None:
    kim.post(f"{PAGE}/suspension", {"reason": "Seit März nicht bezahlt"}, headers=GERMAN)
    page = kim.get(PAGE, headers=GERMAN).text
    assert "Gesperrt – Seit März nicht bezahlt" in page
    assert "suspended" not in page.replace("/suspension", "")
    listed = kim.get("/operator/tenants", headers=GERMAN).text
    assert "Gesperrt" in listed
    assert ">active<" not in listed


def test_export_is_a_job_with_a_reason_that_is_written_down(
    app: Flask, kim: Visitor, nordwind: Workspace, folder: Path
) -> None:
    assert kim.post(f"{PAGE}/export", {"reason": " "}).status_code == 422
    assert kim.post(f"{PAGE}/export", {"reason": "They asked for it by phone"}).status_code == 303
    assert list(folder.iterdir()) == []
    work.work_off(app)
    (made,) = folder.iterdir()
    with made.open("rb") as file:
        assert Reader(file).manifest["tenant"]["slug"] == "nordwind"
    page = kim.get(PAGE).text
    assert made.name in page
    assert "They asked for it by phone" in page
    assert "tenant.export_asked" in facts()
    (done,) = operations.of_tenant(nordwind.tenant.id, "export")
    assert done.state == "done"


def test_company_is_closed_opened_and_removed(
    app: Flask, kim: Visitor, ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whose grace is over comes first; what all tests before left behind is due as well.
    monkeypatch.setattr(removal, "due", partial(removal.due, 1))
    # The server itself may be looking at a table: it is waited for here, not by a next sweep.
    monkeypatch.setattr(removal, "LOCK_TIMEOUT", "60s")
    assert kim.post(f"{PAGE}/closing", {"days": "30"}).status_code == 422
    kim.post(f"{PAGE}/closing", {"days": "30", "reason": "They left"})
    assert ann.get("/contacts").status_code == 503
    assert "Will be removed" in kim.get(PAGE).text
    assert kim.post(f"{PAGE}/closing/end").status_code == 303
    assert ann.get("/contacts").status_code == 200

    kim.post(f"{PAGE}/closing", {"days": "30", "reason": "They left"})
    assert kim.post(f"{PAGE}/closing/haste", {"typed": "kestrel"}).status_code == 422
    with app.app_context():
        deleting.sweep(60)
    assert catalogue.by_slug("nordwind") is not None
    assert kim.post(f"{PAGE}/closing/haste", {"typed": "nordwind"}).status_code == 303
    with app.app_context():
        deleting.sweep(60)
    assert catalogue.by_slug("nordwind") is None
    assert kim.get(PAGE).status_code == 404


def test_a_move_to_nowhere_is_refused(kim: Visitor) -> None:
    for cell in ("cell-1", "cell-99"):
        assert kim.post(f"{PAGE}/move", {"cell": cell, "reason": "Room"}).status_code == 422


def test_what_the_work_meets_stands_in_the_history(app: Flask, kim: Visitor, nordwind: Workspace) -> None:
    kim.post(f"{PAGE}/move/confirmation", {"reason": "It was good"})
    work.work_off(app)
    page = kim.get(PAGE).text
    assert "Confirming the move failed" in page
    assert "waits to be confirmed" in page


def test_work_is_cancelled_by_its_page(kim: Visitor, nordwind: Workspace) -> None:
    begun = operations.begin("export", nordwind.tenant)
    assert f"/operations/{begun.id}/cancellation" in kim.get(f"{PAGE}/operations").text
    assert kim.post(f"{PAGE}/operations/{begun.id}/cancellation").status_code == 303
    with pytest.raises(operations.Cancelled):
        operations.step(begun, "rows")
    assert kim.post(f"{PAGE}/export", {"reason": "Again"}).status_code == 409
    operations.cancelled(begun)
