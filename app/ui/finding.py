"""What a search found, as its page draws it: groups of hits with what matched, and figures by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup

from app.core.actor import Actor
from app.domain.finding import reasons
from app.domain.finding.queries import EACH, TALK, Results
from app.domain.finding.reasons import Reason
from app.records import registry
from app.records.finding import Hit
from app.records.reading import Count
from app.ui.components import url_with
from app.ui.formats import Formats
from app.ui.marking import holds, marked, mentions
from app.ui.records.values import ROUND, WITH_FACE
from app.ui.say import gettext, ngettext
from app.ui.standing.parts import Act

TALK_ICON = "messages-square"
AROUND = 60


@dataclass(frozen=True)
class Shown:
    """One hit: texts with what matched marked; `name` is for its face, which `square` faces frame."""

    href: str
    icon: str
    face: str
    square: bool
    title: Markup
    subtitle: Markup
    because: Markup | None


@dataclass(frozen=True)
class Group:
    """Hits of one kind; `more` leads to all of them, and says how many those are."""

    label: str
    hits: Sequence[Shown]
    href: str = ""
    more: str = ""


@dataclass(frozen=True)
class Empty:
    """What is offered where nothing was found: all kinds in place of one, the trash, and to add it."""

    elsewhere: str
    trash: Sequence[tuple[str, str]]
    acts: Sequence[Act]


def groups(actor: Actor, results: Results, formats: Formats) -> list[Group]:
    """Of each kind the best, the kind with the best hit first; what is only spelled alike stands last."""
    exact = _by_kind([hit for hit in results.hits if not hit.is_similar])
    similar = _by_kind([hit for hit in results.hits if hit.is_similar])
    best = [hit for _, those in (*exact, *similar) for hit in those[:EACH]]
    told = _told(actor, best, results.text, formats)
    found = []
    for kind, those in exact:
        count = results.counts.get(kind, Count(len(those), exact=False))
        is_more = count.value > min(len(those), EACH) or not count.exact
        words = _more(count, formats) if is_more else ""
        href = url_with(**{"in": kind, "after": None}) if is_more else ""
        found.append(Group(label(kind), [told[hit.record_id] for hit in those[:EACH]], href, words))
    for kind, those in similar:
        called = gettext("Similar: %(objects)s", objects=label(kind))
        found.append(Group(called, [told[hit.record_id] for hit in those[:EACH]]))
    return found


def hits(actor: Actor, results: Results, formats: Formats) -> list[Shown]:
    """A page of one kind."""
    told = _told(actor, results.hits, results.text, formats)
    return [told[hit.record_id] for hit in results.hits]


def label(kind: str) -> str:
    """What the kind is called."""
    return gettext("Messages") if kind == TALK else gettext(registry.get(kind).plural)


def figure(count: Count, formats: Formats) -> str:
    """1,000+ where there may be more."""
    return formats.number(count.value) + ("" if count.exact else "+")


def tabs(results: Results, kinds: Sequence[str], formats: Formats) -> list[tuple[str, str, bool, str | None]]:
    """All, then each kind that has something: (label, address, current, figure or None)."""
    known = [kind for kind in kinds if kind in results.counts or kind == results.within]
    found: list[tuple[str, str, bool, str | None]] = []
    found.append((gettext("All"), url_with(**{"in": None, "after": None}), not results.within, None))
    for kind in known:
        count = results.counts.get(kind)
        told = figure(count, formats) if count else ("0" if results.complete else None)
        found.append((label(kind), url_with(**{"in": kind, "after": None}), kind == results.within, told))
    return found


def summary(results: Results, formats: Formats) -> str:
    """How much was found, in words."""
    if results.is_similar:
        return gettext("No exact match. Showing results similar to “%(text)s”", text=results.text)
    counts = results.counts
    if results.within:
        counts = {kind: count for kind, count in counts.items() if kind == results.within}
    total = sum(count.value for count in counts.values())
    if all(count.exact for count in counts.values()) and (results.complete or results.within):
        return ngettext("%(num)s result", "%(num)s results", total)
    return gettext("%(count)s results", count=f"{formats.number(total)}+")


def _more(count: Count, formats: Formats) -> str:
    if not count.exact:
        return gettext("Show more")
    return gettext("Show all %(count)s", count=figure(count, formats))


def query(path: str, **asked: object) -> str:
    """`path` with these parameters."""
    return f"{path}?{urlencode(asked)}"


def _by_kind(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.object, []).append(hit)
    return list(found.items())


def _told(actor: Actor, hits: Sequence[Hit], text: str, formats: Formats) -> Mapping[UUID, Shown]:
    unsaid = [hit for hit in hits if hit.object != TALK and not holds(f"{hit.title} {hit.subtitle}", text)]
    unsaid = [hit for hit in unsaid if not hit.is_similar]
    because = reasons.reasons(actor, unsaid, partial(mentions, typed=text))
    return {hit.record_id: _shown(hit, text, because.get(hit.record_id), formats) for hit in hits}


def _shown(hit: Hit, text: str, reason: Reason | None, formats: Formats) -> Shown:
    is_talk = hit.object == TALK
    return Shown(
        href=f"/{hit.object}/{hit.record_id}",
        icon=TALK_ICON if is_talk else registry.get(hit.object).icon,
        face=hit.title if hit.object in WITH_FACE else "",
        square=hit.object not in ROUND,
        title=marked(hit.title or "–", text),
        subtitle=marked(hit.subtitle, text),
        because=_because(reason, text, formats) if reason else None,
    )


def _because(reason: Reason, text: str, formats: Formats) -> Markup:
    field = reason.field
    told = formats.phone(reason.text) if field.kind in ("phone", "phones") else _around(reason.text, text)
    return Markup("{}: {}").format(gettext(field.label), marked(told, text))


def _around(told: str, text: str) -> str:
    """A long text cut to what stands about the first match."""
    if len(told) <= 2 * AROUND:
        return told
    before, _, _ = str(marked(told, text)).partition("<mark>")
    at = min(len(Markup(before).unescape()), len(told))
    start = max(0, told.rfind(" ", 0, max(at - AROUND, 0)) + 1) if at > AROUND else 0
    return ("… " if start else "") + told[start : start + 2 * AROUND].rsplit(" ", 1)[0] + " …"
