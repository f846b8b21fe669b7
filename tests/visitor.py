"""A browser without scripts: hosts, cookies, the token of every form, and a quick way to be signed in."""

import re
from typing import Any, get_args
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from app.core.ids import new_id
from app.domain.identities import sessions as identity_sessions
from app.domain.identities.models import Identity
from app.domain.identities.sessions import Where
from app.domain.members import sessions
from app.domain.members.models import Member
from app.ui import cookies
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import Person, Workspace

BASE = "http://localhost:8000"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Visitor:
    """One browser; `host` is where paths without a host lead."""

    def __init__(self, app: Flask, host: str = BASE, address: str = "203.0.113.7") -> None:
        self.app = app
        self.host = host
        self.address = address
        self.client = app.test_client()
        self._tokens: dict[tuple[str, ...], str] = {}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._open("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form as a page of the same host would: with a token and the browser's own headers."""
        url = self.url(path)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
        sent = {"csrf_token": self.token(origin)} | (data or {})
        return self._open("POST", url, data=sent, headers=headers, **options)

    def follow(self, answer: TestResponse, until: str = "") -> TestResponse:
        """Go where `answer` leads until there is a page, or an answer that leads to a path called `until`."""
        at = answer.request.url
        while answer.status_code in {301, 302, 303, 307, 308}:
            at = urljoin(at, answer.headers["Location"])
            if until and urlsplit(at).path == until:
                break
            answer = self._open("GET", at)
        self.host = "{0.scheme}://{0.netloc}".format(urlsplit(at))
        return answer

    def token(self, origin: str | None = None) -> str:
        """A token of a page of this browser; it holds for as long as what it is bound to, a cookie."""
        host = origin or self.host
        if (known := self._tokens.get(self._bound_to(host))) is not None:
            return known
        page = self._open("GET", urljoin(host, "/no-such-page"))
        found = _TOKEN.search(page.text)
        assert found, page.text
        return self._tokens.setdefault(self._bound_to(host), found[1])

    def _bound_to(self, host: str) -> tuple[str, ...]:
        return host, *(self.cookie(name, host) for name in get_args(cookies.Name))

    def url(self, path: str) -> str:
        return urljoin(self.host, path)

    def cookie(self, name: cookies.Name = "session", host: str | None = None) -> str:
        """The value of a cookie of Kith on a host, or an empty text."""
        domain = (urlsplit(host or self.host).hostname) or ""
        full = cookies.name_of(name, self.app.extensions["kith"])
        found = self.client.get_cookie(full, domain)
        return found.value if found else ""

    def keep(self, host: str, value: str, name: cookies.Name = "session") -> None:
        """Put a cookie of Kith into this browser."""
        full = cookies.name_of(name, self.app.extensions["kith"])
        self.client.set_cookie(full, value, domain=urlsplit(host).hostname or "", secure=False)

    def _open(self, method: str, path: str, **options: Any) -> TestResponse:
        url = self.url(path)
        parts = urlsplit(url)
        options.setdefault("environ_base", {})["REMOTE_ADDR"] = self.address
        answer = self.client.open(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            method=method,
            buffered=True,
            base_url=f"{parts.scheme}://{parts.netloc}",
            **options,
        )
        # A large upload lies in a temporary file that the test client leaves open.
        answer.request.environ["wsgi.input"].close()
        return answer


def host_of(workspace: Workspace) -> str:
    """The address of a workspace."""
    return f"http://{workspace.tenant.slug}.localhost:8000"


def signed_in(app: Flask, workspace: Workspace, person: Person) -> Visitor:
    """A browser in which `person` is signed in, on the base host and in the workspace, without a password."""
    visitor = Visitor(app, host_of(workspace))
    where = Where("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        identity = session.get_one(Identity, workspace.identities[person.email])
        base_cookie, parent = identity_sessions.begin(identity, where)
        member = session.get_one(Member, workspace.members[person.email])
        cookie = sessions.begin(member, workspace.tenant, grant_id=new_id(), parent=parent, where=where)
    assert cookie
    visitor.keep(BASE, base_cookie)
    visitor.keep(visitor.host, cookie)
    return visitor
