"""How fast the machine is at this moment: what is measured is held against that."""

import time

# What the sum below takes on an idle machine of today.
USUAL_SECONDS = 0.06


def slowness() -> float:
    """How many times as long as on an idle machine a processor takes at this moment, at least 1."""
    began = time.thread_time()
    sum(number * number for number in range(1_000_000))
    return max((time.thread_time() - began) / USUAL_SECONDS, 1)
