"""A company's trial from day to day: its owners are told in time, and at its end nothing is lost."""

from datetime import datetime

from app.core.text import N_
from app.domain.members import queries as members
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register
from app.domain.plans import reasons, trials
from tenants import catalogue, provisioning
from tenants.context import current
from tenants.session import once_committed, session

_PATH = "/settings/plan"
ENDS = register(
    Kind(
        "trial_ends",
        N_("The trial ends on %(day)s"),
        N_("Choose a plan by then. Otherwise everything can still be read and exported, but not changed."),
        path=_PATH,
    )
)
OVER = register(
    Kind(
        "trial_over",
        N_("The trial has ended"),
        N_("Everything is there and can be read and exported. Choose a plan, and work goes on."),
        path=_PATH,
    )
)


def advance(at: datetime) -> None:
    """Tell the owners what is due at `at`, once; a trial that is over becomes read-only."""
    tenant = current()
    ends = tenant.trial_ends_at
    due = trials.warning(ends, at) if ends is not None and tenant.state == "trial" else None
    if ends is None or due is None:
        return
    if trials.is_over(ends, at):
        session.execute(
            provisioning.changing_state(tenant, "read_only", reasons.TRIAL_ENDED, only_from={"trial"})
        )
        once_committed("trials.forget", lambda: catalogue.forget(tenant))
    kind, day = (OVER if due == 0 else ENDS), ends.date().isoformat()
    for owner in members.with_roles("owner"):
        tell(owner.id, f"{kind.name}:{day}:{due}:{owner.id}", kind.name, data={"day": day})
