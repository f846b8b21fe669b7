"""The relay while what it stands on is away."""

import threading
import time

import pytest
from flask import Flask

from stack import ports
from tests import work
from tests.workers.test_crashes import until
from workers.broker import Broker
from workers.relay import Relay


def test_absence_is_said_once(app: Flask, ground_floor: None, caplog: pytest.LogCaptureFixture) -> None:
    url, table = work.places()[0]
    stopping = threading.Event()
    relay = Relay(url, table, Broker(f"redis://127.0.0.1:{ports.free()[0]}/0"), stopping)
    thread = threading.Thread(target=relay.run)
    with caplog.at_level("INFO", "kith.relay"):
        thread.start()
        until(lambda: said(caplog) != [])
        # It asks again after 0.2 and 0.4 seconds.
        time.sleep(1)
        stopping.set()
        thread.join()
    assert said(caplog) == ["Redis is away"]


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the relay said; threads of earlier tests may have their own words."""
    told = [record for record in caplog.records if record.name == "kith.relay"]
    return [record.getMessage().split(",")[0] for record in told]
