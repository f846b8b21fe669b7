"""The mails of a whole Kith, read as people read them: in the mail catcher."""

import json
import re
import time
import urllib.request
from typing import Any

PATIENCE_SECONDS = 120.0


def link(address: str, to: str, like: str) -> str:
    """The link containing `like` of the newest mail to `to`; waits until it is there."""
    catcher = address.replace("://", "://mail.") + f"/messages.json?to={to}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for mail in _messages(catcher):
            found = re.search(rf"https?://[^\s\"<>]*{like}[^\s\"<>]*", json.dumps(mail, ensure_ascii=False))
            if found:
                return found[0].split("\\")[0].replace("&amp;", "&")
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to} with a link like {like}")


def _messages(url: str) -> list[dict[str, Any]]:
    name = url.split("/")[2]
    port = name.split(":")[1]
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{url.split(name)[1]}", headers={"Host": name})
    with urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS) as answer:
        found: list[dict[str, Any]] = json.load(answer)
        return found
