"""Out of the trash for good through the API: a right of its own, only what lies there, with a receipt."""

from flask import Flask

from app.core.permissions import SCOPES
from tests.api.programs import Program, program
from tests.cast import BOB, Workspace
from tests.work import work_off


def person(script: Program, name: str) -> str:
    made = script.post("/contacts", {"last_name": name, "email": f"{name.lower()}@a.example"})
    return str(made.json["id"])


def test_a_record_goes_for_good_with_what_is_its_own(script: Program) -> None:
    contact = person(script, "Kim")
    script.post("/activities", {"subject": "Call", "contact_id": contact})
    early = script.post(f"/contacts/{contact}/purge")
    assert (early.status_code, early.json["status"]) == (409, 409)
    assert script.get(f"/contacts/{contact}").status_code == 200
    script.delete(f"/contacts/{contact}")
    gone = script.post(f"/contacts/{contact}/purge")
    assert (gone.status_code, gone.json) == (200, {"purged": {"contacts": 1, "activities": 1}})
    again = [script.post(f"/contacts/{contact}/{verb}").status_code for verb in ("purge", "restore")]
    assert again == [404, 404]
    assert script.get("/activities").json["data"] == []


def test_deleting_twice_deletes_nothing_for_good(script: Program) -> None:
    contact = person(script, "Kim")
    assert [script.delete(f"/contacts/{contact}").status_code for _ in range(2)] == [204, 404]
    assert script.post(f"/contacts/{contact}/restore").status_code == 200


def test_it_takes_a_scope_and_a_right_of_its_own(app: Flask, nordwind: Workspace, script: Program) -> None:
    contact = person(script, "Kim")
    script.delete(f"/contacts/{contact}")
    narrow = program(app, nordwind, tuple(each for each in SCOPES if each != "records:purge"))
    bobs = program(app, nordwind, person=BOB)
    for other in (narrow, bobs):
        assert other.post(f"/contacts/{contact}/purge").status_code == 403
        assert other.post("/contacts/bulk", {"action": "purge", "ids": [contact]}).status_code == 403
    assert script.post(f"/contacts/{contact}/restore").status_code == 200


def test_many_go_as_a_job_with_a_receipt(app: Flask, script: Program) -> None:
    ids = [person(script, name) for name in ("Kim", "Ole", "Pia")]
    for each in ids[:2]:
        script.delete(f"/contacts/{each}")
    started = script.post("/contacts/bulk", {"action": "purge", "ids": ids})
    assert started.status_code == 202, started.text
    work_off(app)
    job = script.get(f"/jobs/{started.json['id']}").json
    assert (job["status"], job["updated"], job["failed"]) == ("done", 2, 1)
    assert job["purged"] == {"contacts": 2}
    assert ids[2] in script.get(f"/jobs/{job['id']}/problems.csv").text
    assert script.post(f"/jobs/{job['id']}/undo").status_code == 404
    assert [each["id"] for each in script.get("/contacts").json["data"]] == [ids[2]]


def test_a_filter_finds_them_in_the_trash_alone(app: Flask, script: Program) -> None:
    ids = [person(script, name) for name in ("Kim", "Ole", "Pia")]
    for each in ids[:2]:
        script.delete(f"/contacts/{each}")
    where = {"field": "last_name", "op": "in", "value": ["Kim", "Pia"]}
    job = script.post("/contacts/bulk", {"action": "purge", "where": where}).json
    work_off(app)
    assert script.get(f"/jobs/{job['id']}").json["purged"] == {"contacts": 1}
    assert script.get(f"/contacts/{ids[2]}").status_code == 200
    assert script.post(f"/contacts/{ids[1]}/restore").status_code == 200


def test_replacing_a_choice_is_no_bulk_action(script: Program) -> None:
    refused = script.post("/contacts/bulk", {"action": "replace", "all": True})
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "action")
