"""What operators start on whole companies: long work of its own, beside the transaction of its job."""

from typing import Any

from flask import current_app

from app.domain.operators import taking
from workers.registry import job


@job(taking.JOB, scope="control")
def take(payload: dict[str, Any]) -> None:
    """Take a company out, or move it; done again after a kill, each piece of work goes on or gives way."""
    # Its own application context has its own session, whose transactions are short.
    with current_app.app_context():
        taking.run(payload)
