"""Caddy: one port for everything, routed by host and path."""

import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from stack import ports
from stack.binaries import beside_python
from stack.processes import Program

TEMPLATE = """{{
	admin off
	auto_https off
	persist_config off
	storage file_system {storage}
	grace_period 2s
	log {{
		output stderr
		format console
		level WARN
	}}
	servers {{
		protocols h1 h2c{trusted}
	}}
}}
http://:{port} {{{bind}
{hosts}
	handle_path /static/* {{
		root {static}
		@found file
		header @found Cache-Control "public, max-age=31536000, immutable"
		header X-Content-Type-Options nosniff
		file_server {{
			precompressed br gzip
		}}
	}}
	handle /live/stream {{
		reverse_proxy {live} {{
			flush_interval -1
		}}
	}}
	handle {{
		reverse_proxy {web} {{
			lb_policy least_conn
			lb_retries 2
			fail_duration 1s
			request_buffers {buffered}
		}}
	}}
	handle_errors 502 503 504 {{
		header Retry-After 2
		header Cache-Control no-store
		respond "Kith is starting or restarting. Try again in a moment." 503
	}}
}}
"""

# So much of a request arrives here before anybody at work is asked: who sends slowly holds up nobody.
BUFFERED = "256KiB"

HOST = """	@{name} host {host}
	handle @{name} {{
		header X-Content-Type-Options nosniff
		reverse_proxy {target}
	}}
"""


# Browsers that close a page close its stream: nothing to tell.
ROUTINE = re.compile(r"admin endpoint disabled|byeee|aborting with incomplete response.*/live/stream")


@dataclass(frozen=True)
class Routes:
    """Where requests go: streams to `live`, those of a host of its own to its target, the rest to `web`.

    Of several processes the one with least to do is asked, and another where that is away.

    `hosts` maps a host's first label to (full host, target).
    """

    port: int
    web: tuple[str, ...]
    live: str
    static: Path
    hosts: dict[str, tuple[str, str]]
    local_only: bool
    trusted_proxies: tuple[str, ...] = ()


def program(data_dir: Path, routes: Routes) -> Program:
    """The front; it keeps all it keeps in `data_dir`."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "Caddyfile").write_text(caddyfile(data_dir, routes))
    return Program(
        name="caddy",
        argv=(beside_python("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"),
        folder=data_dir,
        ready=lambda: ports.answers(routes.port),
        environment={"HOME": str(data_dir), "XDG_DATA_HOME": str(data_dir), "XDG_CONFIG_HOME": str(data_dir)},
        stops=((signal.SIGTERM, 3.0),),
        start_seconds=20.0,
        noise=ROUTINE,
    )


def caddyfile(data_dir: Path, routes: Routes) -> str:
    """The configuration, in Caddy's own language."""
    trusted = (
        f"\n\t\ttrusted_proxies static {' '.join(routes.trusted_proxies)}" if routes.trusted_proxies else ""
    )
    return TEMPLATE.format(
        storage=_quoted(data_dir / "store"),
        trusted=trusted,
        port=routes.port,
        bind=f"\n\tbind {_loopbacks()}" if routes.local_only else "",
        hosts="".join(HOST.format(name=n, host=h, target=t) for n, (h, t) in routes.hosts.items()),
        static=_quoted(routes.static),
        web=" ".join(routes.web),
        buffered=BUFFERED,
        live=routes.live,
    )


def _loopbacks() -> str:
    """Both loopback addresses where the system has both: browsers try ::1 first."""
    six = Path("/proc/net/if_inet6")
    has_six = "::1" if os.name == "posix" and (not six.exists() or "lo" in six.read_text().split()) else ""
    return f"{ports.LOOPBACK} {has_six}".strip()


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
