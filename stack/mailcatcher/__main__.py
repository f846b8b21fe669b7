"""Runs the mail catcher: `python -m stack.mailcatcher FOLDER SMTP_PORT HTTP_PORT`.

Where KITH_INBOUND_URL is set, mail for reply addresses is handed over to it with KITH_INBOUND_SECRET.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.mailcatcher.handing import Handing
from stack.mailcatcher.store import Store
from stack.mailcatcher.web import server
from stack.ports import LOOPBACK

LARGEST_BYTES = 35_000_000


class Catcher:
    """Accepts every mail and sends none; replies are handed over."""

    def __init__(self, store: Store, handing: Handing) -> None:
        self._store = store
        self._handing = handing

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        content = envelope.original_content or b""
        mail = await asyncio.to_thread(self._store.add, content, envelope.rcpt_tos)
        self._handing.take(content, envelope.rcpt_tos)
        print(f"to {', '.join(mail.to)}: {mail.subject}", flush=True)  # noqa: T201 - the log of this part
        return "250 Caught"


async def main(folder: Path, smtp_port: int, http_port: int) -> None:
    store = await asyncio.to_thread(Store, folder)
    loop = asyncio.get_running_loop()
    handing = Handing(os.environ.get("KITH_INBOUND_URL", ""), os.environ.get("KITH_INBOUND_SECRET", ""))
    pages = server(http_port, LOOPBACK, store, handing)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    catcher = Catcher(store, handing)
    await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True, hostname="localhost"),
        LOOPBACK,
        smtp_port,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
