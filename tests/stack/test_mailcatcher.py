"""The mail catcher."""

import smtplib
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import orjson
import pytest

from stack import mail, ports
from stack.mailcatcher.pages import linked
from stack.mailcatcher.store import Store
from stack.processes import started

PATIENCE_SECONDS = 60.0
HTML = '<p>Hi</p><script>alert(1)</script><a href="http://localhost:8000/c?a=1">here</a>'


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[tuple[int, int]]:
    smtp, http = ports.free(2)
    with started(mail.program(tmp_path / "mails", smtp, http), tmp_path / "log"):
        yield smtp, http


def message(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "anna@nordwind.example", "ben@nordwind.example"
    made.set_content("Grüße")
    made.add_alternative(HTML, subtype="html")
    return made


def send(port: int, subject: str, to: list[str]) -> None:
    with smtplib.SMTP(ports.LOOPBACK, port) as link:
        link.send_message(message(subject), to_addrs=to)


def get(port: int, path: str) -> tuple[int, bytes, str]:
    link = HTTPConnection(ports.LOOPBACK, port, timeout=PATIENCE_SECONDS)
    link.request("GET", path)
    answer = link.getresponse()
    body, policy = answer.read(), answer.headers["Content-Security-Policy"]
    link.close()
    return answer.status, body, policy


def test_mails_are_listed_newest_first(catcher: tuple[int, int]) -> None:
    smtp, http = catcher
    send(smtp, "Erste <b>", ["ben@nordwind.example"])
    send(smtp, "Zweite", ["ben@nordwind.example", "hidden@nordwind.example"])
    newest, oldest = orjson.loads(get(http, "/messages.json")[1])
    assert (newest["subject"], oldest["subject"]) == ("Zweite", "Erste <b>")
    assert newest["to"] == ["ben@nordwind.example", "hidden@nordwind.example"]
    assert set(newest) == {"id", "to", "from", "subject", "text", "html", "at", "reply_to", "mail_id"}
    assert b"Erste &lt;b&gt;" in get(http, "/")[1]
    assert len(orjson.loads(get(http, "/messages.json?to=hidden@nordwind.example")[1])) == 1


def test_foreign_html_may_run_nothing(catcher: tuple[int, int]) -> None:
    smtp, http = catcher
    send(smtp, "Bunt", ["ben@nordwind.example"])
    mail_id = orjson.loads(get(http, "/messages.json")[1])[0]["id"]
    page, framed = get(http, f"/mail/{mail_id}"), get(http, f"/mail/{mail_id}/html")
    assert b"<script>" not in page[1]
    assert framed[2].startswith("sandbox ")
    assert "allow-scripts" not in framed[2]
    assert get(http, "/mail/nothing")[0] == 404


def test_store_forgets_the_oldest(tmp_path: Path) -> None:
    store = Store(tmp_path, most=3)
    for number in range(5):
        store.add(message(str(number)).as_bytes(), ["ben@nordwind.example"])
    assert [mail.subject for mail in store.newest_first()] == ["4", "3", "2"]
    assert [mail.subject for mail in Store(tmp_path, most=3).newest_first()] == ["4", "3", "2"]
    assert len(list(tmp_path.iterdir())) == 3


def test_links_of_plain_text_are_clickable() -> None:
    assert linked("<See http://a.example/x?y=1&z=2.") == (
        '&lt;See <a href="http://a.example/x?y=1&amp;z=2">http://a.example/x?y=1&amp;z=2</a>.'
    )


def test_replies_are_handed_over_with_the_secret(tmp_path: Path) -> None:
    smtp, http, inbound = ports.free(3)
    taken: list[tuple[str, str, bytes]] = []

    class Entrance(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["X-Kith-Recipient"], self.headers["Authorization"], body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    entrance = HTTPServer((ports.LOOPBACK, inbound), Entrance)
    threading.Thread(target=entrance.serve_forever, daemon=True).start()
    where = {"KITH_INBOUND_URL": f"http://{ports.LOOPBACK}:{inbound}/x", "KITH_INBOUND_SECRET": "s3cret"}
    with started(mail.program(tmp_path / "mails", smtp, http, where), tmp_path / "log"):
        send(smtp, "Re: x", ["reply+abc@localhost", "ben@nordwind.example"])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not taken and time.monotonic() < deadline:
            time.sleep(0.05)
    entrance.shutdown()
    entrance.server_close()
    assert [(to, secret) for to, secret, _ in taken] == [("reply+abc@localhost", "Bearer s3cret")]
    assert b"Re: x" in taken[0][2]
