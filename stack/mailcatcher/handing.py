"""Hands mail for reply addresses over to the application, as a real mail server would."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

PREFIX = "reply+"
# The application may be starting, or gone for a moment.
WAITS = (0.0, 1.0, 3.0, 10.0, 30.0)
TIMEOUT_SECONDS = 20
TEMPORARY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Handing:
    """Where to hand mail over, and the secret for it; without an address nothing is handed over."""

    url: str = ""
    secret: str = ""

    def take(self, content: bytes, recipients: Sequence[str]) -> None:
        """Hand the mail over for each reply address among its recipients, in the background."""
        for recipient in recipients:
            if self.url and recipient.lower().startswith(PREFIX):
                threading.Thread(target=self.deliver, args=(content, recipient), daemon=True).start()

    def deliver(self, content: bytes, recipient: str) -> int:
        """Hand over one mail now; the status of the last answer, 0 where there was none."""
        status = 0
        for wait in WAITS:
            time.sleep(wait)
            status = self._post(content, recipient)
            if status and status not in TEMPORARY:
                break
        print(f"reply to {recipient[:16]}…: {status or 'no answer'}", flush=True)  # noqa: T201 - the log
        return status

    def _post(self, content: bytes, recipient: str) -> int:
        headers = {
            "Content-Type": "message/rfc822",
            "Authorization": f"Bearer {self.secret}",
            "X-Kith-Recipient": recipient,
        }
        request = urllib.request.Request(self.url, content, headers, method="POST")  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0
