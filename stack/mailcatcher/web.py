"""The small HTTP server of the caught mails."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from stack.mailcatcher import pages
from stack.mailcatcher.answering import answer
from stack.mailcatcher.handing import PREFIX, Handing
from stack.mailcatcher.store import Mail, Store

HTML, JSON, CSS = "text/html; charset=utf-8", "application/json", "text/css; charset=utf-8"
MOST_FORM = 100_000
OURS = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"
# A stranger's HTML: no script, no request, not even the origin of this page.
THEIRS = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'"
)


def server(port: int, host: str, store: Store, handing: Handing = Handing()) -> ThreadingHTTPServer:  # noqa: B008
    """A server of the mails in `store`, not yet serving; answers written on its pages are handed over."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            answer = respond(store, address.path, parse_qs(address.query))
            self.send_response(200 if answer else 404)
            text, kind, policy = answer or ("There is no such page.", "text/plain; charset=utf-8", OURS)
            body = text.encode()
            for name, value in headers(kind, policy, len(body)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MOST_FORM)
            form = parse_qs(self.rfile.read(length).decode(errors="replace"))
            # Other pages of this browser have no business here.
            is_ours = self.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
            done = is_ours and reply(store, handing, urlsplit(self.path).path, form.get("text", [""])[0])
            self.send_response(303 if done else 404)
            for name, value in headers("text/plain; charset=utf-8", OURS, 0).items():
                self.send_header(name, value)
            if done:
                self.send_header("Location", "/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing: the page reloads itself all the time."""

    return ThreadingHTTPServer((host, port), Handler)


def headers(kind: str, policy: str, length: int) -> dict[str, str]:
    return {
        "Content-Type": kind,
        "Content-Length": str(length),
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }


def respond(store: Store, path: str, query: dict[str, list[str]]) -> tuple[str, str, str] | None:
    """Body, content type and content policy of a page; None where there is none."""
    if path == "/":
        return pages.index(store.newest_first()), HTML, OURS
    if path == "/style.css":
        return pages.STYLE, CSS, OURS
    if path == "/messages.json":
        found = store.newest_first(query.get("to", [""])[0])
        return json.dumps([mail.as_json() for mail in found]), JSON, OURS
    return _mail(store, path.split("/")[1:])


def reply(store: Store, handing: Handing, path: str, text: str) -> bool:
    """Hand over an answer to the mail of `/mail/<id>/reply`; whether there was one to answer."""
    parts = path.split("/")
    mail = store.find(parts[2]) if len(parts) == 4 and parts[1] == "mail" and parts[3] == "reply" else None
    if mail is None or not mail.reply_to.startswith(PREFIX) or not text.strip():
        return False
    content = answer(mail, text)
    store.add(content, [mail.reply_to])
    handing.take(content, [mail.reply_to])
    return True


def _mail(store: Store, parts: list[str]) -> tuple[str, str, str] | None:
    mail: Mail | None = store.find(parts[1]) if len(parts) in {2, 3} and parts[0] == "mail" else None
    if mail is None:
        return None
    if len(parts) == 2:
        return pages.one(mail), HTML, OURS
    return (pages.framed(mail), HTML, THEIRS) if parts[2] == "html" else None
