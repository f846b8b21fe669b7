"""Companies on two clusters: each chooses one; a killed one hurts its own only, clearly and not for long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.config import Settings
from app.core.turnstile import LONG_SECONDS
from tenants import breaker, catalogue, hanging, operations
from tenants.catalogue import by_slug
from tenants.cells import set_open
from tenants.pool import BucketPool
from tests import work
from tests.api.programs import program
from tests.cast import ANN, KESTREL, KIM, NORDWIND, Workspace, settle
from tests.cells import CELL, FIRST, SECOND, bring_back, company, second
from tests.servers import Cluster
from tests.visitor import BASE, Visitor, signed_in
from tests.web.signing_up import settled, sign_up

PORTAL = "http://kestrel-portal.localhost:8000"
# What one may wait who asks a cell that is known to be down; the machine may be busy.
AT_ONCE = 1.0
# A cell that hangs is suspected, asked and then cut off: so long would wait whom it holds up.
GIVEN_UP = breaker.SUSPICIOUS_SECONDS + breaker.CONNECT_SECONDS
# Without that nobody would ever hear.
BOUNDED = 4 * GIVEN_UP
# A server that was killed recovers first.
BACK_SECONDS = 60.0


@pytest.fixture(scope="module")
def cluster(app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with second(tmp_path_factory.mktemp("second"), settings.database_url) as made:
        yield made


@pytest.fixture
def nordwind(app: Flask, cluster: Cluster, ground_floor: None) -> Workspace:
    """On the cluster that nobody kills."""
    return settle(app, NORDWIND, company("nordwind", FIRST))


@pytest.fixture
def kestrel(app: Flask, cluster: Cluster, ground_floor: None) -> Iterator[Workspace]:
    """On the one that is killed."""
    yield settle(app, KESTREL, company("kestrel", SECOND))
    bring_back(cluster)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody looks for cells that hang, and at the connections of no test after this one."""
    watch = hanging.Watch()
    monkeypatch.setattr(hanging, "_watching", watch)
    watch.begin()
    yield
    event.remove(BucketPool, "checkout", watch._taken)
    event.remove(BucketPool, "checkin", watch._returned)
    watch._at_work.clear()


def test_other_cells_companies_notice_nothing(
    app: Flask, nordwind: Workspace, kestrel: Workspace, cluster: Cluster
) -> None:
    ann, kim = signed_in(app, nordwind, ANN), signed_in(app, kestrel, KIM)
    script = program(app, kestrel)
    assert kim.get("/contacts").status_code == 200

    cluster.kill()
    # What was open when it happened is told that something broke; from then on it is known.
    assert kim.get("/contacts").status_code == 503
    page = _at_once(kim)
    _is_clear(page, "This workspace is out of reach")
    _is_clear(Visitor(app, PORTAL).get("/sign-in"), "This portal is out of reach")
    german = kim.get("/contacts", headers={"Accept-Language": "de"})
    _is_clear(german, "Dieser Arbeitsbereich ist nicht erreichbar")

    answer = script.get("/contacts")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.content_type == "application/problem+json"
    assert "does not answer" in answer.json["detail"]

    for path in ("/", "/contacts", "/deals"):
        assert ann.get(path).status_code == 200
    assert ann.post("/contacts", {"last_name": "Weber"}).status_code == 303

    bring_back(cluster)
    assert kim.get("/contacts").status_code == 200
    assert script.get("/contacts").status_code == 200


@pytest.mark.usefixtures("watched")
def test_a_cell_that_hangs_holds_nobody_elses_threads(
    app: Flask, nordwind: Workspace, kestrel: Workspace, cluster: Cluster
) -> None:
    ann, kims = signed_in(app, nordwind, ANN), [signed_in(app, kestrel, KIM) for _ in range(6)]
    assert [each.get("/contacts").status_code for each in (ann, *kims)] == [200] * 7
    cluster.freeze()
    try:
        with ThreadPoolExecutor(len(kims)) as pool:
            begun = time.monotonic()

            def ask(kim: Visitor) -> tuple[int, float]:
                return kim.get("/contacts").status_code, time.monotonic() - begun

            hung = [pool.submit(ask, kim) for kim in kims]
            slowest = max(_seconds(ann) for _ in range(40))
            told = [each.result(timeout=120) for each in hung]
        # Two places of this process are held, and lent to others after a second.
        assert slowest < GIVEN_UP - LONG_SECONDS
        assert {status for status, _ in told} <= {503, 429}
        assert max(seconds for _, seconds in told) < BOUNDED
        _is_clear(_at_once(kims[0]), "This workspace is out of reach")
        assert min(_seconds(ann) for _ in range(5)) < AT_ONCE
    finally:
        cluster.thaw()
    deadline = time.monotonic() + BACK_SECONDS
    while kims[0].get("/contacts").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_operator_moves_a_company_by_the_page_and_back(
    app: Flask, cluster: Cluster, kim: Visitor, nordwind: Workspace
) -> None:
    page = "/operator/tenants/nordwind"
    assert kim.post(f"{page}/move", {"cell": CELL, "reason": "cell-1 is full"}).status_code == 303
    work.work_off(app)
    assert (_cell("nordwind"), "cell-1 → cell-2" in kim.get(page).text) == (CELL, True)
    assert kim.post(f"{page}/move/reversal", {"reason": "Too far away"}).status_code == 303
    work.work_off(app)
    assert _cell("nordwind") == "cell-1"
    assert kim.post(f"{page}/move/confirmation", {"reason": "It is good"}).status_code == 303
    work.work_off(app)
    assert operations.of_tenant(nordwind.tenant.id, "move")[-1].state == "done"


def _cell(slug: str) -> str:
    catalogue.forget()
    found = by_slug(slug)
    assert found
    return found.cell


def _seconds(visitor: Visitor) -> float:
    """How long a page takes that is there."""
    begun = time.monotonic()
    assert visitor.get("/contacts").status_code == 200
    return time.monotonic() - begun


def test_page_comes_back_by_itself(
    app: Flask, kestrel: Workspace, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "AGAIN_SECONDS", 0.2)
    kim = signed_in(app, kestrel, KIM)
    assert kim.get("/contacts").status_code == 200
    cluster.kill()
    assert kim.get("/contacts").status_code == 503
    assert kim.get("/contacts").headers["Refresh"] == "10"
    cluster.start()
    deadline = time.monotonic() + BACK_SECONDS
    while kim.get("/contacts").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _at_once(visitor: Visitor) -> TestResponse:
    begun = time.monotonic()
    for _ in range(10):
        page = visitor.get("/contacts")
    assert time.monotonic() - begun < 10 * AT_ONCE
    return page


def _is_clear(page: TestResponse, title: str) -> None:
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "10"
    assert page.headers["Cache-Control"] == "no-store"
    assert title in page.text
    assert "psycopg" not in page.text
    assert "cell-2" not in page.text


def test_company_chooses_where_its_data_is_kept(app: Flask, cluster: Cluster, ground_floor: None) -> None:
    visitor = Visitor(app, BASE)
    page = visitor.get("/sign-up").text
    assert "Where your data is kept" in page
    assert '<option value="north">Northern Europe</option>' in page
    assert "&#34;north&#34;: &#34;Europe/Oslo&#34;" in page

    settings = settled(visitor, region=SECOND).text
    assert "Northern Europe" in settings
    found = by_slug("nordwind")
    assert found is not None
    assert (found.region, found.cell) == (SECOND, CELL)


@pytest.mark.parametrize("region", ["moon", SECOND])
def test_place_without_room_is_refused(app: Flask, cluster: Cluster, ground_floor: None, region: str) -> None:
    set_open(CELL, False)
    try:
        answer = sign_up(Visitor(app, BASE), region=region)
        assert answer.status_code == 422
        assert "There is no room in this place" in answer.text
        # With one region there is nothing to choose.
        assert "Where your data is kept" not in Visitor(app, BASE).get("/sign-up").text
    finally:
        set_open(CELL, True)
