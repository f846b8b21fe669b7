"""The latest facts, one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.records import registry
from app.ui import cells
from app.ui.formats import Formats
from app.ui.say import gettext


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: who (empty: the clock), what happened as HTML, the object's word, when."""

    who: str
    what: Markup
    detail: str
    when: Markup


def line(fact: Any, write: Formats) -> Line:
    """The fact in words; names of records lead to them."""
    described = registry.get(fact.object)
    title = fact.title or gettext(described.singular)
    named = Markup('<a class="strong" href="/{}/{}">{}</a>').format(fact.object, fact.record_id, title)
    return Line(
        fact.actor_name if fact.actor_kind in {"member", "customer", "support"} else "",
        _VERBS.get(fact.verb, _changed)(fact, named),
        gettext(described.singular if fact.record_id else described.plural),
        cells.brief(fact.at, write),
    )


def _sentence(message: str, **values: Any) -> Markup:
    """The translated sentence with safe values put in."""
    return Markup(message).format(**values)


def _created(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("added {name}"), name=named)


def _changed(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("changed {name}"), name=named)


def _broken(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("Delivery {name} is late"), name=named)


def _resolved(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("resolved {name}"), name=named)


def _ended(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("The delay of {name} is over"), name=named)


def _trashed(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("moved {name} to the trash"), name=named)


def _received(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("wrote about {name}"), name=named)


def _sent(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("wrote to the customer about {name}"), name=named)


def _noted(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("noted something about {name}"), name=named)


def _mailed(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("The customer was written to about {name}"), name=named)


def _unmailed(_fact: Any, named: Markup) -> Markup:
    return _sentence(gettext("A mail about {name} did not go out"), name=named)


def _many(fact: Any, _named: Markup) -> Markup:
    return _sentence(
        gettext("{count} records written: {title}"),
        count=fact.rows_count,
        title=gettext(fact.title) if fact.title else "",
    )


_VERBS: dict[str, Callable[[Any, Markup], Markup]] = {
    "created": _created,
    "broken": _broken,
    "resolved": _resolved,
    "delay_ended": _ended,
    "trashed": _trashed,
    "message_received": _received,
    "message_sent": _sent,
    "note_written": _noted,
    "letter_sent": _mailed,
    "letter_failed": _unmailed,
    "letter_withheld": _unmailed,
    "changed_many": _many,
}
