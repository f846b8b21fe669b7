"""Letters to customers in words: `letters/<kind>.<language>.txt` in the company's name, none of ours.

The first line is the subject. A paragraph that is an address alone becomes a link, as in `app.ui.mail`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import render_template
from flask_babel import force_locale

from app.core.mail import one_line
from app.domain.letters import sending
from app.domain.letters.models import Letter
from app.records import registry
from app.ui.mail import Paragraph, Rendered, paragraphs
from app.ui.records.values import choice_labels
from app.ui.say import gettext

# What a person wrote keeps its lines; all other values are parts of one.
WRITTEN = "body"
_ADDRESS_AT_END = re.compile(r"(.*?):? (https?://\S+)")


def render(kind: str, values: Mapping[str, Any], language: str) -> Rendered:
    """The letter of a kind in `language` (en or de), within an app context.

    Values that end in `_on` are dates as RFC 3339; `company` is whose letter it is.
    """
    told = {name: _said(name, value, language) for name, value in values.items()}
    told["kind_words"] = _incident(values.get("incident_kind"), language)
    subject, _, text = render_template(f"letters/{kind}.{language}.txt", **told).strip().partition("\n")
    foot = render_template(f"letters/foot.{language}.txt", **told).strip()
    text = re.sub(r"\n{3,}", "\n\n", text.strip())
    html = render_template(
        "letters/frame.html",
        subject=subject,
        language=language,
        company=told["company"],
        paragraphs=paragraphs(text),
        foot=[_linked(line) for line in foot.splitlines() if line.strip()],
    )
    return Rendered(subject.strip(), f"{text}\n\n-- \n{told['company']}\n{foot}\n", html)


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for a yes: what it is about, to whom it goes, and its words."""

    id: UUID
    what: str
    address: str
    href: str
    subject: str
    text: str


def waiting(letters: Sequence[Letter]) -> list[Waiting]:
    """The letters as they would go out, in the language of those who get them."""
    told = sending.previews(letters)
    return [_waiting(letter, values) for letter, values in zip(letters, told, strict=True)]


def _waiting(letter: Letter, values: Mapping[str, Any]) -> Waiting:
    # The address that it leads to is made when it is sent.
    words = render(
        letter.kind, {**values, "url": "", "not_me_url": "", "stop_url": "", "phone": ""}, letter.language
    )
    incident = letter.data.get("incident_id")
    return Waiting(
        letter.id,
        gettext("Notice of a delay"),
        letter.address,
        f"/incidents/{incident}" if incident else f"/{letter.object}/{letter.record_id}",
        words.subject,
        words.text.partition("\n\n-- ")[0].strip(),
    )


def _said(name: str, value: Any, language: str) -> Any:
    if name == WRITTEN or not isinstance(value, str):
        return value
    if name.endswith("_on") and value:
        return format_date(date.fromisoformat(value), "long", locale=language)
    return one_line(value)


def _incident(kind: str | None, language: str) -> str:
    if not kind:
        return ""
    with force_locale(language):
        return choice_labels(registry.get("incidents").by_name["kind"]).get(kind, "")


def _linked(line: str) -> Paragraph:
    found = _ADDRESS_AT_END.fullmatch(line.strip())
    return Paragraph(found[1], found[2]) if found else Paragraph(line.strip())
