"""How much of a plan is used, in words and small drawings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.clock import now
from app.domain.billing.mails import money
from app.domain.plans import queries, rules
from app.domain.plans.rules import KINDS, Limited
from app.ui.formats import Formats
from app.ui.say import gettext as _
from app.ui.translate import language
from tenants.context import Tenant
from tenants.models import Plan

DAYS = 30
_HEIGHT, _PITCH, _BAR = 36, 8, 6


@dataclass(frozen=True)
class Gauge:
    """One limit of the plan; `limit` 0 with `is_open` means that there is none."""

    label: str
    means: str
    text: str
    used: int
    limit: int
    is_open: bool
    is_near: bool
    is_full: bool


@dataclass(frozen=True)
class Chart:
    """One figure's last days."""

    label: str
    told: str
    drawing: Markup


def gauges(tenant: Tenant, used: Mapping[str, int], write: Formats) -> list[Gauge]:
    """Every limit of the company with its figure, those per minute without."""
    return [_gauge(kind, queries.limit(tenant, kind.name), used.get(kind.name, 0), write) for kind in KINDS]


def limits_of(plan: Plan, write: Formats) -> list[tuple[str, str]]:
    """What a plan holds: (label, figure)."""
    return [(_(kind.label), _figure(kind, plan.limits.get(kind.name), write)) for kind in KINDS]


def price(plan: Plan) -> str:
    """What a plan costs a month, net."""
    return money(plan.price_minor, plan.currency, language())


def charts(found: Mapping[str, Mapping[date, int]], write: Formats) -> list[Chart]:
    """The last days of what is counted, and of how many records there were."""
    shown = {
        "records": _("Records"),
        "requests": _("Requests"),
        "api_calls": _("API calls"),
        "mails": _("Mails"),
    }
    return [_chart(label, found.get(kind, {}), write, kind == "records") for kind, label in shown.items()]


def _gauge(kind: Limited, limit: int | None, used: int, write: Formats) -> Gauge:
    is_shown = kind.per != "minute"
    most = _figure(kind, limit, write)
    text = _("%(used)s of %(limit)s", used=_figure(kind, used, write), limit=most)
    if limit is None:
        text = _("%(used)s, no limit", used=_figure(kind, used, write)) if is_shown else most
    return Gauge(
        label=_(kind.label),
        means=_(kind.means),
        text=text if is_shown else most,
        used=used,
        limit=limit or 0,
        is_open=limit is None or not is_shown,
        is_near=is_shown and rules.is_near(used, limit),
        is_full=is_shown and limit is not None and used >= limit,
    )


def _figure(kind: Limited, figure: int | None, write: Formats) -> str:
    if figure is None:
        return _("no limit")
    return rules.bytes_in_words(figure) if kind.in_bytes else write.number(figure)


def _chart(label: str, by_day: Mapping[date, int], write: Formats, measured: bool) -> Chart:
    today = now().date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    values = [by_day.get(day, 0) for day in days]
    told = write.number(by_day.get(today, max(values)) if measured else sum(values))
    return Chart(label, told, _bars(label, days, values, write))


def _bars(label: str, days: Sequence[date], values: Sequence[int], write: Formats) -> Markup:
    most = max(values) or 1
    said = _("%(label)s of the last %(days)s days, at most %(most)s a day", label=label, days=DAYS,
             most=write.number(max(values)))  # fmt: skip
    rects = []
    for number, (day, value) in enumerate(zip(days, values, strict=True)):
        height = max(1, round(value * _HEIGHT / most)) if value else 1
        title = escape(f"{write.short_date(day)}: {write.number(value)}")
        rects.append(
            f'<rect x="{number * _PITCH}" y="{_HEIGHT - height}" width="{_BAR}" height="{height}"'
            f"{'' if value else ' class=' + chr(34) + 'none' + chr(34)}><title>{title}</title></rect>"
        )
    return Markup(
        f'<svg class="bars" viewBox="0 0 {DAYS * _PITCH - _PITCH + _BAR} {_HEIGHT}"'
        f' preserveAspectRatio="none" role="img" aria-label="{escape(said)}">{"".join(rects)}</svg>'
    )
