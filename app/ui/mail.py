"""Mails from templates: `mail/<name>.txt` holds the subject in its first line, then the text.

A paragraph that is an address alone becomes a button in the HTML part; its words are the line before,
where that ends in a colon.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import force_locale

from app.ui.translate import LANGUAGES

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the HTML part; with `url` it is a link that shows `text`."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Rendered:
    """A mail in words, one line of subject and both parts."""

    subject: str
    text: str
    html: str


def render(template: str, values: Mapping[str, Any], language: str) -> Rendered:
    """The mail `template` in `language` (English where that is not spoken), within an app context."""
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    with force_locale(tongue):
        written = render_template(f"{template}.txt", **values)
        subject, _, text = written.strip().partition("\n")
        text = re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
        html = render_template(
            "mail/frame.html", subject=subject, language=tongue, paragraphs=paragraphs(text)
        )
    return Rendered(subject.strip(), text, html)


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text, addresses turned into links."""
    found: list[Paragraph] = []
    for part in text.strip().split("\n\n"):
        if _ADDRESS.fullmatch(part.strip()):
            label = found.pop().text.rstrip(":") if found and found[-1].text.endswith(":") else part
            found.append(Paragraph(label.strip(), part.strip()))
        else:
            found.append(Paragraph(part))
    return found
