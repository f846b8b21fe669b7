"""The servers of our own where no URL names somebody else's, and the settings that lead to them."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from stack import cluster, mail, pgbouncer, ports, postgres, running, s3, users, valkey
from stack.errors import StackError
from stack.layout import Layout
from stack.processes import Program
from stack.units import Part

OWNER, DATABASE, BUCKET = "kith_owner", "kith", "kith"
POOLER, POOLED_DATABASE = "kith_pooler", f"{DATABASE}_cell_1"
# Which setting replaces which part.
REPLACED_BY = {
    "postgres": "KITH_DATABASE_URL",
    "valkey": "KITH_REDIS_URL",
    "s3": "KITH_S3_ENDPOINT_URL",
    "mail": "KITH_SMTP_URL",
}
S3_PORTS = tuple(f"{name}{suffix}" for name in s3.PORT_NAMES for suffix in ("", ".grpc"))
# What needs others than one of its own name.
PORTS = {
    "s3": S3_PORTS,
    "mail": ("smtp", "mail"),
}
# Doors first, then the workers, then what they stand on.
DOORS, WORKERS, STORES, DATABASE_LAST = range(4)


class Servers:
    """The parts of one stack that are not our own code; made before anything is started."""

    def __init__(
        self, layout: Layout, base_url: str, environ: Mapping[str, str], *, web_processes: int = 1
    ) -> None:
        self.layout = layout
        # Each with a port of its own, so that the front knows which of them is busy.
        self.web = tuple("web" if number == 1 else f"web-{number}" for number in range(1, web_processes + 1))
        self._base = urlsplit(base_url)
        self._environ = environ
        self.names = [name for name, setting in REPLACED_BY.items() if not environ.get(setting)]
        # Only a pooler before a database of ours is ours to start.
        self.is_pooled = "postgres" in self.names and environ.get("KITH_POOLER") == "on"
        pooler = ["pgbouncer"] if self.is_pooled else []
        self.ports = _choose_ports(layout, [*self.names, *pooler, *self.web, "live"])
        self._keys = s3.prepare(layout.part("s3")) if "s3" in self.names else None
        self.settings = {"KITH_BASE_URL": base_url, "KITH_DATA_DIR": str(layout.root)}
        self.settings |= _secret_key(layout, environ) | self._addresses()

    def parts(self) -> list[Part]:
        make = {"postgres": self._postgres, "valkey": self._valkey, "s3": self._s3, "mail": self._mail}
        return [make[name]() for name in self.names]

    def pooler(self, needs: tuple[str, ...]) -> Part:
        """PgBouncer before the first cell; it asks that cell who may come in, so that has to stand."""
        folder, port = self.layout.part("pgbouncer"), self.ports["pgbouncer"]
        target = pgbouncer.Target(
            f"postgresql://{ports.LOOPBACK}:{self.ports['postgres']}/{POOLED_DATABASE}",
            POOLER,
            _secrets(self.layout, "pooler_password"),
        )

        def prepare() -> Program:
            content = pgbouncer.files(target, ports.LOOPBACK, port)
            pgbouncer.write(folder, content, users.unprivileged())
            return pgbouncer.program(folder, port)

        return Part("pgbouncer", prepare, needs, STORES)

    def hosts(self) -> dict[str, tuple[str, str]]:
        """The hosts that the front passes to these servers: label -> (host, target)."""
        targets = {"files": ("s3", "s3"), "mail": ("mail", "mail")}
        return {
            label: (f"{label}.{self._base.hostname}", f"{ports.LOOPBACK}:{self.ports[port]}")
            for label, (part, port) in targets.items()
            if part in self.names
        }

    def _addresses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if "postgres" in self.names:
            found |= self._database_urls()
        if "valkey" in self.names:
            found["KITH_REDIS_URL"] = valkey.url(self.ports["valkey"])
        if self._keys is not None:
            found["KITH_S3_ENDPOINT_URL"] = s3.url(self.ports["s3"])
            found["KITH_S3_BUCKET"] = self._environ.get("KITH_S3_BUCKET") or BUCKET
            found["AWS_ACCESS_KEY_ID"] = self._keys.access
            found["AWS_SECRET_ACCESS_KEY"] = self._keys.secret
            found["AWS_DEFAULT_REGION"] = s3.REGION
        if "mail" in self.names:
            found["KITH_SMTP_URL"] = f"smtp://{ports.LOOPBACK}:{self.ports['smtp']}"
        return found

    def _database_urls(self) -> dict[str, str]:
        port = self.ports["postgres"]
        owner = _secrets(self.layout, "owner_password")
        found = {
            "KITH_DATABASE_URL": f"postgresql://{OWNER}:{owner}@{ports.LOOPBACK}:{port}/{DATABASE}",
            "KITH_ADMIN_DATABASE_URL": postgres.url(port, cluster.password(self.layout.part("postgres"))),
        }
        if self.is_pooled:
            login = f"{POOLER}:{_secrets(self.layout, 'pooler_password')}"
            place = f"{ports.LOOPBACK}:{self.ports['pgbouncer']}/{POOLED_DATABASE}"
            found["KITH_POOLER_URL"] = f"postgresql://{login}@{place}"
        return found

    def _postgres(self) -> Part:
        folder = self.layout.part("postgres")

        def prepare() -> Program:
            postgres.prepare(folder)
            return postgres.program(folder, self.ports["postgres"])

        return Part("postgres", prepare, rank=DATABASE_LAST)

    def _valkey(self) -> Part:
        folder = self.layout.part("valkey")

        def prepare() -> Program:
            valkey.prepare(folder)
            return valkey.program(folder, self.ports["valkey"])

        return Part("valkey", prepare, rank=STORES)

    def _mail(self) -> Part:
        folder = self.layout.part("mail")
        program = partial(mail.program, folder, self.ports["smtp"], self.ports["mail"], self._replies())
        return Part("mail", program, rank=STORES)

    def _replies(self) -> dict[str, str]:
        """Where the catcher hands replies over, with the secret that follows from the first secret key."""
        given = self._environ.get("KITH_SECRET_KEYS") or self.settings.get("KITH_SECRET_KEYS", "")
        key = given.split(",")[0].strip()
        secret = hmac.new(key.encode(), b"mail inbound", hashlib.sha256).hexdigest()
        return {"KITH_INBOUND_URL": f"{self._base.geturl()}/mail/inbound", "KITH_INBOUND_SECRET": secret}

    def _s3(self) -> Part:
        folder, keys = self.layout.part("s3"), s3.prepare(self.layout.part("s3"))
        numbers = {name: self.ports[name] for name in S3_PORTS}
        origins = [f"{self._base.scheme}://{host}{self._base.netloc}" for host in ("", "*.")]

        def after() -> None:
            try:
                s3.ensure_bucket(s3.url(self.ports["s3"]), keys, self.settings["KITH_S3_BUCKET"], origins)
            except (BotoCoreError, ClientError) as error:
                raise StackError(f"S3 runs and its bucket could not be made: {error}.") from None

        program = partial(s3.program, folder, numbers, keys, self.layout.sockets)
        return Part("s3", program, rank=STORES, after=after)


def _choose_ports(layout: Layout, names: list[str]) -> dict[str, int]:
    """The ports of the last time where they are free, new ones where not."""
    before = running.state(layout).get("ports", {})
    wanted = [port for name in names for port in PORTS.get(name, (name,))]
    kept = {name: before[name] for name in wanted if name in before and ports.is_free(before[name])}
    missing = [name for name in wanted if name not in kept]
    chosen = ports.free(len(missing), avoid=frozenset(kept.values()))
    return kept | dict(zip(missing, chosen, strict=True))


def _secret_key(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    if environ.get("KITH_SECRET_KEYS"):
        return {}
    return {"KITH_SECRET_KEYS": _secrets(layout, "secret_key")}


def _secrets(layout: Layout, name: str) -> str:
    """Made when it is first asked for; whoever loses this file loses what was sealed with it."""
    path: Path = layout.root / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in kept:
        kept[name] = secrets.token_urlsafe(48 if name == "secret_key" else 24)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(kept))
        draft.replace(path)
    return kept[name]
