"""Which hosts are ours and who the visitor is: decided before routing, from what proxies we trust say."""

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from app.config import Settings
from app.ui.headers import PLAIN

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Load balancers ask each process by its address; the answer is the same for everybody.
HEALTH = "/healthz"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


class Hosts:
    """Answers 421 for a host that is not ours and sets the client's address and scheme for those that are."""

    def __init__(self, app: Wsgi, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._ours = re.compile(rf"(?:{_LABEL}\.)?{re.escape(settings.server_name)}")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").lower()
        if environ.get("PATH_INFO") == HEALTH:
            host = self._settings.server_name
        if not self._ours.fullmatch(host):
            start_response("421 Misdirected Request", list(PLAIN))
            return [b"Nothing of Kith lives at this address.\n"]
        environ["HTTP_HOST"] = host
        environ["wsgi.url_scheme"] = self._settings.scheme
        environ["REMOTE_ADDR"] = self._client(environ)
        return self._app(environ, start_response)

    def _client(self, environ: Environ) -> str:
        """The first address, from ours outward, that is no proxy we trust."""
        address: str = environ.get("REMOTE_ADDR", "")
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        while hops and self._trusts(address):
            address = hops.pop()
        return address if _is_address(address) else ""

    def _trusts(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self._settings.trusted_proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
