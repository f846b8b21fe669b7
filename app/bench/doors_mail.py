"""Discovery's figure: the first reading of a mailbox by the stack's one process of workers."""

import csv
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.bench import stack
from app.bench.foundation import PASSWORD, Figure
from app.bench.stack import Running
from app.bench.visitor import Visitor
from app.config import ROOT
from stack import dovecot
from stack.dovecot import Dovecot
from stack.errors import StackError

MAILS = 2_000
PEOPLE = 200
PATIENCE_SECONDS = 300.0
SECRET = "of the benchmark's mailbox"  # noqa: S105 - of a server that ends with it
OWNER = "ada@bench.example"
_STORED = re.compile(r"<dd>([\d.,]+)</dd><dt>with customers")
_WORDS = "order delivery late promised pallet invoice thanks regards monday please quality number".split()


def first_sync() -> Iterator[Figure]:
    """Mails a second from choosing the folder to the last one stored; all are with known contacts.

    One process of workers on a stack of its own, everything else beside it on the same machine.
    """
    if dovecot.find() is None:
        return
    folder = Path(tempfile.mkdtemp(prefix="kith-bench-mail-"))
    own = {"KITH_EGRESS_ALLOWED": "127.0.0.0/8"}
    try:
        with (
            dovecot.running({"ada": SECRET}) as server,
            stack.up(folder / "var", web_processes=1, settings=own) as kith,
        ):
            _fill(server)
            visitor, workspace = _prepared(kith, folder)
            seconds = _read(kith, visitor, workspace, server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    yield Figure("first sync of 2,000 mails", seconds, "s")
    yield Figure("mails stored a second, one process", MAILS / seconds, "/s", 60, at_least=True)


def _prepared(kith: Running, folder: Path) -> tuple[Visitor, str]:
    """A workspace that knows everybody who writes."""
    visitor = Visitor()
    values = {"company": "Bench", "slug": "bench", "name": "Ada Berg", "email": OWNER, "password": PASSWORD}
    visitor.follow(visitor.post(f"{kith.address}/sign-up", {**values, "time_zone": "Europe/Berlin"}))
    table = folder / "people.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["first name", "last name", "email"])
        rows.writerows([f"Person {number}", "Bench", _address(number)] for number in range(PEOPLE))
    command = [sys.executable, "-P", "-m", "app.cli", "--data", str(kith.data), "import"]
    command += ["--tenant", "bench", "--object", "contacts", str(table), "--json"]
    own = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    told = json.loads(subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=True).stdout)
    if told["created"] != PEOPLE:
        raise StackError(f"The import created {told['created']} of {PEOPLE} contacts.")
    return visitor, f"http://bench.localhost:{kith.port}"


def _read(kith: Running, visitor: Visitor, workspace: str, server: Dovecot) -> float:
    """Connect the mailbox as a member does; seconds from the choice to the end of reading."""
    form = {"address": OWNER, "username": "ada", "password": SECRET}
    form |= {"imap_host": server.host, "imap_port": str(server.port), "imap_security": "none"}
    smtp = urlsplit(kith.settings["KITH_SMTP_URL"])
    form |= {"smtp_host": str(smtp.hostname), "smtp_port": str(smtp.port), "smtp_security": "none"}
    made = visitor.post(f"{workspace}/mailboxes", form)
    if made.status != 303:
        raise StackError(f"Connecting the mailbox answered {made.status}.")
    start = (datetime.now(UTC) - timedelta(days=365)).date().isoformat()
    chosen = {
        "start": start,
        "folder": "INBOX",
        "privacy": "metadata",
        "csrf_token": visitor.token(made.location),
    }
    began = time.monotonic()
    visitor.post(made.location, chosen)
    return _until_read(visitor, made.location.removesuffix("folders") + "progress", began)


def _until_read(visitor: Visitor, progress: str, began: float) -> float:
    while time.monotonic() - began < PATIENCE_SECONDS:
        page = visitor.get(progress).text
        if 'data-poll="running"' not in page:
            seconds = time.monotonic() - began
            stored = _STORED.search(page)
            if stored is None or int(re.sub(r"\D", "", stored[1])) != MAILS:
                raise StackError(f"Reading ended before all mails were stored: {page[:400]}")
            return seconds
        time.sleep(0.1)
    raise StackError("Reading the mailbox took too long.")


def _fill(server: Dovecot) -> None:
    """Mails as they are: a tenth with a picture of 100 kB, half designed, four to a conversation."""
    chance, place = random.Random(7), server.mail / "ada" / "new"  # noqa: S311 - a mix, no secret
    for folder in ("new", "cur", "tmp"):
        (server.mail / "ada" / folder).mkdir(parents=True, exist_ok=True)
    began = datetime.now(UTC) - timedelta(days=300)
    for number in range(MAILS):
        mail = _mail(number, began + timedelta(hours=3 * number), chance)
        (place / f"{1_700_000_000 + number}.M{number}.bench").write_bytes(mail)
    server.own(server.mail / "ada")


def _mail(number: int, at: datetime, chance: random.Random) -> bytes:
    mail, talk = EmailMessage(), number - number % 4
    mail["From"], mail["To"] = f"Person <{_address(talk // 4 % PEOPLE)}>", OWNER
    mail["Subject"], mail["Date"] = f"Order {talk}", format_datetime(at)
    mail["Message-ID"] = f"<{number}@bench.example>"
    if number != talk:
        mail["References"] = " ".join(f"<{each}@bench.example>" for each in range(talk, number))
    words = " ".join(chance.choices(_WORDS, k=300))
    mail.set_content(words)
    if number % 2:
        mail.add_alternative(
            f"<html><body><table><tr><td><p>{words}</p></td></tr></table></body></html>", "html"
        )
    if number % 10 == 0:
        mail.add_attachment(chance.randbytes(100_000), "image", "png", filename="label.png")
    return mail.as_bytes()


def _address(number: int) -> str:
    return f"person-{number}@customers.example"
