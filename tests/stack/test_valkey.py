"""Valkey as a child of ours."""

import os
import signal
from pathlib import Path

import psutil
import redis

from stack import valkey


def test_keys_survive_a_kill(tmp_path: Path) -> None:
    with valkey.running(tmp_path / "data") as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "7")
        # The file is written before the answer, and to the disk within a second.
        os.kill(server.pid, signal.SIGKILL)
        psutil.Process(server.pid).wait(60)
    with valkey.running(tmp_path / "data") as server, redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"7"
