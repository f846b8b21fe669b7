"""How much of its plan a company uses: measured now and then, and told before a limit is reached."""

from app.core.clock import now
from app.core.text import N_
from app.domain.members import queries as members
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register
from app.domain.plans import figures, queries, usage
from app.domain.plans.rules import KINDS, MEASURED, Limited, bytes_in_words, is_near
from tenants.context import current

NEAR = register(
    Kind(
        "limit_near",
        N_("%(percent)s %% of the plan is used: %(what)s"),
        N_(
            "%(used)s of %(limit)s are used."
            " Under Settings, Plan and usage you see what happens at the limit."
        ),
        path="/settings/plan",
    )
)


def measure() -> None:
    """Write down what the current tenant uses, and tell its owners and admins once where a limit is near."""
    tenant = current()
    usage.measure(tenant.id, {kind: figures.learn(tenant, kind) for kind in MEASURED})
    for kind in KINDS:
        limit = queries.limit(tenant, kind.name)
        if limit and kind.per != "minute" and is_near(used := figures.about(tenant, kind.name), limit):
            _tell(kind, used, limit)


def _tell(kind: Limited, used: int, limit: int) -> None:
    """Once for each height of a limit; of those that begin anew each day, once a month."""
    since = now().strftime(":%Y-%m") if kind.per == "day" else ""
    words = bytes_in_words if kind.in_bytes else str
    data = {
        "what": kind.label,
        "percent": used * 100 // limit,
        "used": words(used),
        "limit": words(limit),
    }
    for member in members.with_roles("owner", "admin"):
        key = f"{NEAR.name}:{kind.name}:{limit}{since}:{member.id}"
        tell(member.id, key, NEAR.name, data=data)
