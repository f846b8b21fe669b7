"""The mail catcher as a part."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from stack import ports
from stack.processes import Program

ROOT = Path(__file__).resolve().parent.parent


def program(
    data_dir: Path, smtp_port: int, http_port: int, environment: Mapping[str, str] | None = None
) -> Program:
    """An SMTP server that keeps every mail in `data_dir`, and the page to read them.

    `environment` says where replies are handed over: KITH_INBOUND_URL and KITH_INBOUND_SECRET.
    """
    arguments = (str(data_dir), str(smtp_port), str(http_port))
    return Program(
        name="mail",
        argv=(sys.executable, "-m", "stack.mailcatcher", *arguments),
        folder=ROOT,
        environment=environment or {},
        ready=lambda: ports.answers(smtp_port) and ports.answers(http_port),
        stops=((signal.SIGTERM, 1.0),),
        start_seconds=20.0,
    )
