"""Settings from KITH_* variables: read once at start, frozen from then on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import SplitResult, urlsplit

Signup = Literal["open", "invite", "closed"]
Network = IPv4Network | IPv6Network
T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
# What S3 takes in one PUT.
LARGEST_PUT_MEGABYTES = 5_120


class ConfigurationError(Exception):
    """One sentence that names the variable and says what it should hold."""


@dataclass(frozen=True)
class Settings:
    """All that a process needs to know about its surroundings.

    `database_url` is the control database as its owner; `admin_database_url` is a superuser's, needed at
    bootstrap only. `secret_keys` signs with the first and accepts all. `s3_endpoint_url` is None for AWS;
    `s3_public_url` is S3 as the browser sees it, the origin that presigned addresses carry. `egress_allowed`
    are networks of the operator's own that mailboxes may lie in although they are not public.
    `file_megabytes` is the most that one file may have. `plan` is the plan with which a company begins.
    Where a plan says nothing of it, all files of a tenant may have `files_megabytes`, and one app may ask of
    one workspace `api_limit` times in a minute. `backup` is where backups of whole clusters go, a folder or
    s3://bucket/prefix, and `backup_days` how far back they reach. `kms_key` is the AWS KMS key that wraps
    data keys in place of the secret keys. At most `signups_per_hour` companies sign up in an hour, and nobody
    who fills the form in less than `signup_seconds`.
    """

    base_url: str
    database_url: str
    admin_database_url: str | None
    pooler_url: str | None
    redis_url: str
    s3_endpoint_url: str | None
    s3_public_url: str
    s3_bucket: str
    smtp_url: str
    secret_keys: tuple[str, ...]
    signup: Signup
    trusted_proxies: tuple[Network, ...]
    egress_allowed: tuple[Network, ...]
    data_dir: Path
    file_megabytes: int
    files_megabytes: int
    api_limit: int
    plan: str
    backup: str | None
    backup_days: int
    kms_key: str | None
    signups_per_hour: int
    signup_seconds: int

    @property
    def server_name(self) -> str:
        """Host and port of the base address, as Flask's SERVER_NAME wants it."""
        return urlsplit(self.base_url).netloc

    @property
    def scheme(self) -> str:
        return urlsplit(self.base_url).scheme

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https."""
        return self.scheme == "https"


def load(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; raises ConfigurationError for the first value that is missing or wrong."""
    read = _Reader(environ)
    base_url = read("BASE_URL", _address("http", "https"), "http://localhost:8000")
    return Settings(
        base_url=base_url,
        database_url=read("DATABASE_URL", _url("postgresql", "postgres")),
        admin_database_url=read.optional("ADMIN_DATABASE_URL", _url("postgresql", "postgres")),
        pooler_url=read.optional("POOLER_URL", _url("postgresql", "postgres")),
        redis_url=read("REDIS_URL", _url("redis", "rediss")),
        s3_endpoint_url=read.optional("S3_ENDPOINT_URL", _address("http", "https")),
        s3_public_url=read("S3_PUBLIC_URL", _address("http", "https"), subdomain(base_url, "files")),
        s3_bucket=read("S3_BUCKET", _word, "kith"),
        smtp_url=read("SMTP_URL", _url("smtp", "smtps"), "smtp://127.0.0.1:25"),
        secret_keys=read("SECRET_KEYS", _secret_keys),
        signup=read("SIGNUP", _signup, "open"),
        trusted_proxies=read("TRUSTED_PROXIES", _networks, "127.0.0.0/8,::1"),
        egress_allowed=read("EGRESS_ALLOWED", _networks, ""),
        data_dir=read("DATA_DIR", _path, str(ROOT / "var")),
        file_megabytes=read("FILE_MEGABYTES", _number(1, LARGEST_PUT_MEGABYTES), "100"),
        files_megabytes=read("FILES_MEGABYTES", _number(1, 100_000_000), "5120"),
        api_limit=read("API_LIMIT", _number(1, 1_000_000), "1200"),
        plan=read("PLAN", _word, "unlimited"),
        backup=read.optional("BACKUP", str),
        backup_days=read("BACKUP_DAYS", _number(1, 3_650), "14"),
        kms_key=read.optional("KMS_KEY", str),
        signups_per_hour=read("SIGNUPS_PER_HOUR", _number(1, 1_000_000), "2000"),
        signup_seconds=read("SIGNUP_SECONDS", _number(0, 60), "2" if base_url.startswith("https:") else "0"),
    )


def subdomain(base_url: str, name: str) -> str:
    """The address of `name` below the host of `base_url`: files -> http://files.localhost:8000."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{name}.{parts.netloc}"


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__(self, name: str, parse: Callable[[str], T], default: str | None = None) -> T:
        text = self._environ.get(f"KITH_{name}", "").strip() or default
        if text is None:
            raise ConfigurationError(
                f"KITH_{name} is not set: run ./kith up, which brings its own, or set it to one of yours."
            )
        try:
            return parse(text)
        except ValueError as problem:
            raise ConfigurationError(f"KITH_{name} should be {problem}.") from None

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        return self(name, parse) if self._environ.get(f"KITH_{name}", "").strip() else None


def _url(*schemes: str) -> Callable[[str], str]:
    """A parser of addresses with one of `schemes`; no message repeats the value, it may hold a password."""

    def parse(text: str) -> str:
        _split(text, schemes)
        return text

    return parse


def _address(*schemes: str) -> Callable[[str], str]:
    """A parser of addresses that are an origin: scheme, host and port, nothing behind."""

    def parse(text: str) -> str:
        parts = _split(text, schemes)
        if parts.path.rstrip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError(f"an address without a path, like {schemes[0]}://example.com")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    return parse


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(text)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_number = False
    if not port_is_number or parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"an address that begins with {wanted} and names a host")
    return parts


def _word(text: str) -> str:
    if any(character.isspace() or character == "/" for character in text):
        raise ValueError("a name without spaces and slashes")
    return text


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise ValueError(
            f"random keys of at least {SHORTEST_SECRET} characters, the newest first, with commas between"
        )
    return keys


def _signup(text: str) -> Signup:
    choices: tuple[Signup, ...] = get_args(Signup)
    for choice in choices:
        if text == choice:
            return choice
    raise ValueError("one of open, invite, closed")


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("networks like 10.0.0.0/8 or addresses like ::1, with commas between") from None


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()
