"""What strangers write cannot pass for another line of the log."""

import logging

from app.core.logs import OneLine


def test_message_with_line_breaks_is_one_line() -> None:
    forged = "x\r\nINFO Ann signed in\u2028as owner\x1b[2J"
    record = logging.LogRecord("kith", logging.WARNING, "", 0, "job failed: %s", (forged,), None)
    assert OneLine("%(levelname)s %(message)s").format(record) == (
        "WARNING job failed: x INFO Ann signed in as owner [2J"
    )
