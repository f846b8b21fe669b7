"""A browser for benchmarks: hosts of localhost, cookies, the token of a page; connections are kept."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_DATABASE = re.compile(r"\bdb;dur=([0-9.]+)")


@dataclass
class Answer:
    """What came back, and the milliseconds that it waited for databases, as it says itself."""

    status: int
    text: str
    location: str
    database: float


@dataclass
class Visitor:
    """One browser; every name below localhost is this machine."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    _connections: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    def get(self, url: str) -> Answer:
        """One page; redirections are not followed."""
        return self._ask("GET", url)

    def post(self, url: str, values: dict[str, str]) -> Answer:
        """A form, sent as a page of the same host sends it."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        sent = urlencode({"csrf_token": self.token(url), **values})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        return self._ask("POST", url, sent, headers)

    def follow(self, answer: Answer) -> Answer:
        """Go where the answer leads."""
        while answer.status in {301, 302, 303}:
            answer = self.get(answer.location)
        return answer

    def token(self, url: str) -> str:
        """A fresh token from the page at `url`."""
        found = _TOKEN.search(self.get(url).text)
        if found is None:
            raise RuntimeError(f"{url} shows no form")
        return found[1]

    def _ask(
        self, method: str, url: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        parts = urlsplit(url)
        connection = self._connections.setdefault(
            parts.netloc, http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
        )
        jar = self.cookies.setdefault(parts.netloc, {})
        sent = {"Host": parts.netloc, "Accept": "text/html", **(headers or {})}
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path or "/", body, sent)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                jar[name] = morsel.value
        location = response.headers.get("Location") or ""
        if location.startswith("/"):
            location = f"{parts.scheme}://{parts.netloc}{location}"
        waited = _DATABASE.search(response.headers.get("Server-Timing") or "")
        return Answer(response.status, text, location, float(waited[1]) if waited else 0.0)


def answers(port: int) -> bool:
    """Whether Kith answers at this port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
