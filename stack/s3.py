"""SeaweedFS: S3 of our own, with keys of our own, on loopback."""

import json
import re
import secrets
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from stack import ports
from stack.binaries import beside_python
from stack.processes import Program

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION = "us-east-1"
PORT_NAMES = ("master", "volume", "filer", "s3")
VOLUME_MB = 512
VOLUMES = 64
ROUTINE = re.compile(r"^[IW]\d{4} ")


@dataclass(frozen=True)
class Keys:
    """`internal` signs what SeaweedFS's own servers say to each other, so nobody else can talk to them."""

    access: str
    secret: str
    internal: str


def prepare(data_dir: Path) -> Keys:
    """Makes the folder, and the keys on first use."""
    data_dir.mkdir(parents=True, exist_ok=True)
    keys_file = data_dir / "keys.json"
    if not keys_file.exists():
        keys = Keys("kith" + secrets.token_hex(8), secrets.token_urlsafe(30), secrets.token_urlsafe(30))
        draft = data_dir / "keys.json.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(keys)))
        draft.replace(keys_file)
    keys = Keys(**json.loads(keys_file.read_text()))
    _write_identities(data_dir, keys)
    (data_dir / "files").mkdir(exist_ok=True, mode=0o700)
    return keys


def program(data_dir: Path, s3_ports: dict[str, int], keys: Keys, socket_dir: Path) -> Program:
    """The server; `s3_ports` has a port for each of PORT_NAMES and for each `<name>.grpc`."""
    numbers = [
        flag for name in PORT_NAMES for flag in (f"-{name}.port={s3_ports[name]}", _grpc_flag(name, s3_ports))
    ]
    switches = (
        "-s3",
        "-filer",
        "-dir=files",
        f"-ip={ports.LOOPBACK}",
        f"-ip.bind={ports.LOOPBACK}",
        *numbers,
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.config=identities.json",
        "-s3.iam=false",
        f"-s3.localSocket={socket_dir / 's3.sock'}",
        f"-filer.localSocket={socket_dir / 'filer.sock'}",
        "-master.telemetry=false",
        "-master.electionTimeout=1s",
        f"-master.volumeSizeLimitMB={VOLUME_MB}",
        f"-volume.max={VOLUMES}",
        "-volume.preStopSeconds=0",
        "-volume.minFreeSpacePercent=1",
    )
    return Program(
        name="s3",
        argv=(beside_python("weed"), "-logtostderr=true", "server", *switches),
        folder=data_dir,
        ready=lambda: lists_buckets(url(s3_ports["s3"]), keys),
        environment={
            "WEED_JWT_SIGNING_KEY": keys.internal,
            "WEED_JWT_SIGNING_READ_KEY": keys.internal,
            "WEED_JWT_FILER_SIGNING_KEY": keys.internal,
            "WEED_JWT_FILER_SIGNING_READ_KEY": keys.internal,
            # A quarter less memory for a little more work of the collector.
            "GOGC": "50",
            "TMPDIR": str(socket_dir),
            "HOME": str(data_dir),
        },
        # It drains for 15 s on SIGTERM; what was written is on disk either way.
        stops=((signal.SIGTERM, 1.0),),
        orphaned=signal.SIGKILL,
        noise=ROUTINE,
        # These have a fixed place and name, whatever TMPDIR says.
        leftovers=tuple(
            Path(f"/tmp/seaweedfs-{name}-grpc-{s3_ports[f'{name}.grpc']}.sock")  # noqa: S108
            for name in PORT_NAMES
        ),
    )


def url(port: int) -> str:
    return f"http://{ports.LOOPBACK}:{port}"


def client(endpoint: str, keys: Keys) -> "S3Client":
    """A client that gives up at once, for asking whether the server is there."""
    patience = Config(connect_timeout=1, read_timeout=5, retries={"max_attempts": 0})
    addressing = Config(s3={"addressing_style": "path"})
    made: S3Client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=keys.access,
        aws_secret_access_key=keys.secret,
        config=patience.merge(addressing),
    )
    return made


def lists_buckets(endpoint: str, keys: Keys) -> bool:
    try:
        client(endpoint, keys).list_buckets()
    except (BotoCoreError, ClientError):
        return False
    return True


def ensure_bucket(endpoint: str, keys: Keys, bucket: str, origins: Sequence[str]) -> None:
    """Creates the bucket; browsers of `origins` (`*` is one label) may put and get by signed requests."""
    s3 = client(endpoint, keys)
    if bucket not in {found.get("Name") for found in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_cors(
        Bucket=bucket,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": list(origins),
                    "AllowedMethods": ["GET", "HEAD", "PUT"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )


def _grpc_flag(name: str, s3_ports: dict[str, int]) -> str:
    return f"-{name}.port.grpc={s3_ports[f'{name}.grpc']}"


def _write_identities(data_dir: Path, keys: Keys) -> None:
    identity = {
        "name": "kith",
        "credentials": [{"accessKey": keys.access, "secretKey": keys.secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    path = data_dir / "identities.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"identities": [identity]}))
