"""Hostile mail opened in a real browser: nothing runs, nothing is asked of anybody outside."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy import insert

from app.core import html
from app.core.clock import now
from app.core.ids import new_id
from app.domain.messages.models import Message, Thread
from app.records import writing
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import CAROL, KIM, Workspace
from tests.visitor import Visitor, signed_in

STRINGS = Path(__file__).parents[3] / "shared/data/naughty_strings/blns.json"
PAYLOADS = (
    "<script>top.hit('script')</script>",
    "<img src=x onerror=\"parent.hit('onerror')\">",
    "<svg onload=parent.hit('svg')><script>parent.hit('svg')</script></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x&gt;">',
    "<noscript><p title=\"</noscript><img src=x onerror=parent.hit('noscript')>\">",
    "<a href=\"javascript:parent.hit('link')\" autofocus onfocus=parent.hit('focus')>click</a>",
    "<a href=\"&#106;avascript:parent.hit('entity')\">click</a>",
    "<iframe srcdoc=\"<script>parent.parent.hit('srcdoc')</script>\"></iframe>",
    '<iframe src="https://out.example/frame"></iframe>',
    '<object data="https://out.example/object"></object><embed src="https://out.example/embed">',
    "<link rel=stylesheet href=https://out.example/style.css><style>@import 'https://out.example/i.css'</style>",
    "<style>body{background:url(https://out.example/body.png)}</style>",
    '<div style="background:url(https://out.example/div.png)">x</div>',
    '<table background="https://out.example/table.png"><tr><td background="//out.example/td.png">x</table>',
    '<img src="https://out.example/pixel.png"><img src="//out.example/pixel2.png">',
    '<img srcset="https://out.example/set.png 1x"><picture><source srcset="https://out.example/p.png"><img></picture>',
    "<video poster=https://out.example/poster.png src=https://out.example/v.mp4 autoplay></video>",
    "<audio src=https://out.example/a.mp3 autoplay onerror=parent.hit('audio')></audio>",
    '<meta http-equiv=refresh content="0;url=https://out.example/refresh">',
    "<base href=https://out.example/><form action=https://out.example/form>"
    "<input autofocus onfocus=parent.hit('input')></form>",
    "<body onload=parent.hit('body')><input type=image src=https://out.example/input.png>",
    '<img data-picture="https://out.example/mark.png" src="data:image/svg+xml,<svg onload=hit()>">',
    "<details open ontoggle=parent.hit('toggle')><summary>x</summary></details>",
    "<p title='\" data-picture=\"https://out.example/title.png'>x</p>",
    "<template><script>parent.hit('template')</script></template><xmp><script>parent.hit('xmp')</script></xmp>",
)


@dataclass
class Outside:
    """What a page asked for: paths of ours, and addresses of others, which get no answer."""

    visitor: Visitor
    asked: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if not (parts.hostname or "").endswith("localhost"):
            self.asked.append(route.request.url)
            route.abort()
            return
        if route.request.method != "GET":
            route.fulfill(status=204)
            return
        told = self.visitor.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)


@pytest.fixture
def outside(app: Flask, kestrel: Workspace, page: Page) -> Iterator[Outside]:
    """The page's browser talks to the application and to nobody else."""
    found = Outside(signed_in(app, kestrel, KIM))
    page.route("**/*", found.answer)
    yield found
    page.unroute_all(behavior="ignoreErrors")


def stored(app: Flask, kestrel: Workspace, cleaned: str) -> tuple[UUID, UUID]:
    """A conversation with one mail and its HTML."""
    with app.app_context(), entered(kestrel.tenant), unit_of_work():
        kim = kestrel.actor(KIM)
        contact = writing.create(kim, "contacts", {"last_name": CAROL.last_name, "email": CAROL.email}).id
        thread, message = new_id(), new_id()
        session.execute(insert(Thread).values(id=thread, contact_id=contact, last_message_at=now()))
        session.execute(
            insert(Message).values(
                id=message, thread_id=thread, kind="mail", direction="in", author_kind="customer",
                contact_id=contact, author_name="Carol", body="Plain words", html=cleaned,
                sent_at=now(),
            )
        )  # fmt: skip
    return thread, message


def naughty() -> list[str]:
    return [str(each) for each in json.loads(STRINGS.read_text())] if STRINGS.exists() else []


def test_hostile_mail_runs_nothing_and_asks_nobody(
    app: Flask, kestrel: Workspace, page: Page, outside: Outside
) -> None:
    written = "".join(html.clean(each) for each in (*PAYLOADS, *naughty()))
    thread, _ = stored(app, kestrel, written)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.add_init_script("window.hits = []; window.hit = (what) => window.hits.push(what)")
    page.goto(f"{outside.visitor.host}/messages/{thread}")
    page.get_by_text("Show as it was designed").click()
    frame = page.frame_locator(".designed iframe")
    frame.get_by_text("Show pictures").wait_for()
    for link in frame.locator("a:not([href])").all()[:5]:
        link.click(force=True)
    assert page.evaluate("window.hits") == []
    assert (dialogs, outside.asked) == ([], [])
    for tag in ("script", "iframe", "object", "embed", "form", "style"):
        assert frame.locator(tag).count() == 0


def test_pictures_load_when_they_are_asked_for(
    app: Flask, kestrel: Workspace, page: Page, outside: Outside
) -> None:
    thread, _ = stored(app, kestrel, html.clean('<p>Look</p><img src="https://out.example/photo.png">'))
    page.goto(f"{outside.visitor.host}/messages/{thread}")
    page.get_by_text("Show as it was designed").click()
    frame = page.frame_locator(".designed iframe")
    frame.get_by_text("Look").wait_for()
    assert outside.asked == []
    with page.expect_request("https://out.example/photo.png"):
        frame.get_by_role("link", name="Show pictures").click()
    frame.get_by_text("Look").wait_for()
    assert outside.asked == ["https://out.example/photo.png"]


def test_the_frame_fits_what_is_in_it(app: Flask, kestrel: Workspace, page: Page, outside: Outside) -> None:
    thread, _ = stored(app, kestrel, html.clean("<p>One line</p>"))
    page.goto(f"{outside.visitor.host}/messages/{thread}")
    page.get_by_text("Show as it was designed").click()
    page.frame_locator(".designed iframe").get_by_text("One line").wait_for()
    expect(page.locator(".designed iframe")).to_have_css("height", re.compile(r"^\d\dpx$"))


def test_the_frame_says_what_it_may_do(app: Flask, kestrel: Workspace) -> None:
    thread, message = stored(app, kestrel, html.clean('<img src="https://out.example/x.png">'))
    kim = signed_in(app, kestrel, KIM)
    told = kim.get(f"/messages/{thread}/{message}/html").headers
    assert "script-src" not in told["Content-Security-Policy"]
    assert "allow-scripts" not in told["Content-Security-Policy"]
    assert told["Content-Security-Policy"].startswith("sandbox ")
    assert "img-src 'none'" in told["Content-Security-Policy"]
    assert told["X-Frame-Options"] == "SAMEORIGIN"
