"""Clients that others wrote complete their flows against a whole Kith, with a person in a real browser."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from requests_oauthlib import OAuth2Session

from tests.browser import PATIENCE_MS
from tests.cast import Person
from tests.journeys import acts

FOLDER = Path(__file__).with_name("foreign")
BACK = "http://127.0.0.1:9/back"


@dataclass(frozen=True)
class App:
    """An app as its developer got it from the page."""

    id: str
    secret: str = ""


def test_openid_client(live_server: str, page: Page) -> None:
    told = run("openid_client", live_server, page, "foreign-one")
    assert told.pop("renewed")
    assert told == {
        "active": True,
        "answer": 200,
        "after": False,
        "own": "contacts:read",
        "device": "contacts:read",
    }


def test_oauth4webapi(live_server: str, page: Page) -> None:
    assert run("oauth4webapi", live_server, page, "foreign-two") == {
        "refused": "access_denied",
        "scope": "contacts:read",
        "answer": 200,
        "again": "invalid_grant",
        "after": [401, "bearer", "invalid_token"],
        "own": "contacts:read",
    }


def test_requests_oauthlib(live_server: str, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library refuses http by itself; here nothing leaves this machine.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    workspace = acts.sign_up(page, live_server, "foreign-three", person("foreign-three"))
    web = register(page, workspace, "web")
    session = OAuth2Session(web.id, redirect_uri=BACK, scope=["contacts:read"], pkce="S256")
    address, state = session.authorization_url(f"{live_server}/oauth/authorize")
    back = decide(page, address, "Let in")
    assert f"state={state}" in back
    tokens = session.fetch_token(
        f"{live_server}/oauth/token", authorization_response=back, client_secret=web.secret
    )
    renewed = session.refresh_token(
        f"{live_server}/oauth/token", tokens["refresh_token"], auth=(web.id, web.secret)
    )
    assert renewed["access_token"] != tokens["access_token"]
    assert session.get(f"{live_server}/api/v1/contacts").status_code == 200


def run(script: str, address: str, page: Page, slug: str) -> dict[str, Any]:
    """What a client's program tells at its end; the person does what it asks for on the way."""
    workspace = acts.sign_up(page, address, slug, person(slug))
    apps = {sort: vars(register(page, workspace, sort)) for sort in ("web", "server", "native")}
    given = json.dumps({"issuer": address, "back": BACK, **apps})
    doings: dict[str, Callable[[str], str]] = {
        "go": lambda url: decide(page, url, "Let in"),
        "refuse": lambda url: decide(page, url, "Cancel"),
        "device": lambda url: connect(page, url),
    }
    with started(script, given) as program:
        assert program.stdin
        assert program.stdout
        for line in program.stdout:
            ((what, value),) = json.loads(line).items()
            if what == "done":
                done: dict[str, Any] = value
                return done
            program.stdin.write(doings[what](value) + "\n")
            program.stdin.flush()
        assert program.stderr
        raise AssertionError(program.stderr.read())


@contextmanager
def started(script: str, given: str) -> Iterator["subprocess.Popen[str]"]:
    """The program in Node, ended whatever happens."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on the PATH")
    with subprocess.Popen(
        [node, str(FOLDER / f"{script}.mjs"), given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def person(slug: str) -> Person:
    return Person("Ann Berg", f"ann@{slug}.example", "owner")


def register(page: Page, workspace: str, sort: str, back: str = BACK) -> App:
    """Register an app on the developers' page, as a developer does."""
    page.goto(f"{workspace}/developers/apps/new?sort={sort}")
    page.get_by_label("Name").fill(f"App {sort}")
    if sort != "server":
        page.get_by_label("Where people are sent back to").fill(back)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/developers/apps")
    told = re.findall(r"<code>(kith_\w[\w-]*)</code>", page.content())
    return App(*dict.fromkeys(told))


def decide(page: Page, address: str, button: str) -> str:
    """Press a button of the consent page; the address at which the app is told, where nobody listens."""
    page.goto(address)
    with page.expect_response(lambda answer: answer.headers.get("location", "").startswith(BACK)) as sent:
        page.get_by_role("button", name=button).click()
    until(page, lambda: page.url.startswith((BACK, "chrome-error:")))
    return str(sent.value.headers["location"])


def until(page: Page, is_there: Callable[[], bool]) -> None:
    """Wait for it. To Playwright a way that ends where nobody listens is one that failed."""
    for _ in range(PATIENCE_MS // 20):
        if is_there():
            return
        page.wait_for_timeout(20)
    raise AssertionError([each.url for each in page.frames])


def connect(page: Page, address: str) -> str:
    """Let a device in by the code it shows."""
    page.goto(address)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Let in").click()
    page.get_by_text("The device is connected").wait_for()
    return ""


def test_consent_page_is_shown_in_no_frame(live_server: str, page: Page) -> None:
    workspace = acts.sign_up(page, live_server, "foreign-four", person("foreign-four"))
    web = register(page, workspace, "web")
    address = asking(live_server, web, BACK)
    frame = f'<iframe src="{address}"></iframe>'.replace("&", "&amp;")
    page.route("http://127.0.0.1:9/evil", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto("http://127.0.0.1:9/evil")
    until(page, lambda: all(each.url not in {"", "about:blank"} for each in page.frames[1:]))
    assert [each.url for each in page.frames[1:]] == ["chrome-error://chromewebdata/"]


@pytest.mark.parametrize(
    ("slug", "back"), [("foreign-five", "com.example.app:/back"), ("foreign-six", "http://[::1]:9/back")]
)
def test_browser_follows_the_answer_to_native_apps(
    live_server: str, page: Page, slug: str, back: str
) -> None:
    workspace = acts.sign_up(page, live_server, slug, person(slug))
    native = register(page, workspace, "native", back)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(asking(live_server, native, back))
    with page.expect_response(lambda answer: answer.status == 303) as sent:
        page.get_by_role("button", name="Let in").click()
    assert sent.value.headers["location"].startswith(f"{back}?code=")
    page.wait_for_timeout(500)
    assert not [text for text in told if "Content Security Policy" in text]


def asking(issuer: str, app: App, back: str) -> str:
    """The address that an app sends a person to."""
    asked = {
        "response_type": "code",
        "client_id": app.id,
        "redirect_uri": back,
        "scope": "contacts:read",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    return f"{issuer}/oauth/authorize?{urlencode(asked)}"
