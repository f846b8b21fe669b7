"""How fast the machine is at this moment: what is measured is held against that."""

import time
from collections.abc import Callable

from app.domain.identities import passwords

# What the sum below takes on an idle machine of today.
USUAL_SECONDS = 0.06


def slowness() -> float:
    """How many times as long as on an idle machine a processor takes at this moment, at least 1."""
    began = time.thread_time()
    sum(number * number for number in range(1_000_000))
    return max((time.thread_time() - began) / USUAL_SECONDS, 1)


def processor_seconds(work: Callable[[], object], tries: int = 3) -> float:
    """What `work` takes of this thread's processor: the least of some tries.

    In one of them the collector may come by, which needs seconds for what all tests before have left.
    """
    spent = []
    for _ in range(tries):
        began = time.thread_time()
        work()
        spent.append(time.thread_time() - began)
    return min(spent)


def password_seconds() -> float:
    """What checking a password takes of this thread's processor at this moment."""
    began = time.thread_time()
    for _ in range(3):
        passwords.matches(None, "whatever")
    return (time.thread_time() - began) / 3
