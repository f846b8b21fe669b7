"""How programs of ours write their log: one line an event, whatever strangers put into it."""

import logging
import re

_ENDING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")


class OneLine(logging.Formatter):
    """Line breaks within a message become spaces; a traceback keeps its own lines behind it."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The message without anything that could pass for another event."""
        return _ENDING.sub(" ", super().formatMessage(record))


def begin(level: int = logging.INFO) -> None:
    """Write the log of this process to its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
