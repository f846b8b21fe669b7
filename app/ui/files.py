"""Files as pages list them: a small picture or an icon, size, who and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.core.clock import now
from app.core.text import N_
from app.domain.files import actions
from app.domain.files.models import File
from app.domain.files.rules import PICTURES, SHOWN
from app.ui import cells
from app.ui.formats import Formats
from app.ui.say import gettext as _

# How long a page waits for the small picture of a new file before it takes the file to have none.
PATIENCE_SECONDS = 30
_ICONS = (
    ("image/", "image"),
    ("video/", "video"),
    ("text/csv", "table-2"),
    ("text/", "file-text"),
    ("application/pdf", "file-text"),
)
_BY_ENDING = {
    **dict.fromkeys(("xls", "xlsx", "ods", "csv", "numbers"), "table-2"),
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "pages", "ppt", "pptx", "odp"), "file-text"),
    **dict.fromkeys(("zip", "gz", "7z", "rar", "tar"), "archive"),
    **dict.fromkeys(("eml", "msg"), "mail"),
}
SIZES = ((1_000_000_000, N_("%(figure)s GB")), (1_000_000, N_("%(figure)s MB")), (1_000, N_("%(figure)s KB")))


@dataclass(frozen=True)
class Shown:
    """One file in a list; `thumbnail` is a short-lived address, `show` opens the file in place."""

    id: str
    name: str
    href: str
    show: str | None
    icon: str
    size: str
    who: str
    when: Markup
    is_customer_visible: bool
    thumbnail: str | None
    waits: bool


def shown(files: Sequence[File], write: Formats) -> list[Shown]:
    """The files as the list draws them."""
    return [_shown(file, write) for file in files]


def size_in_words(count: int, write: Formats) -> str:
    """2.1 MB, as the reader's language writes it."""
    for unit, words in SIZES:
        if count >= unit:
            figure = count / unit
            return _(words, figure=write.number(figure, 1 if figure < 10 else 0))
    return _("%(figure)s bytes", figure=write.number(count))


def _shown(file: File, write: Formats) -> Shown:
    href = f"/files/{file.id}"
    is_young = (now() - file.created_at).total_seconds() < PATIENCE_SECONDS
    return Shown(
        id=str(file.id),
        name=file.name,
        href=href,
        show=f"{href}?show=1" if file.sniffed_type in SHOWN else None,
        icon=icon_of(file.name, file.sniffed_type or ""),
        size=size_in_words(file.size, write),
        who=file.created_by_name,
        when=cells.brief(file.created_at, write),
        is_customer_visible=file.is_customer_visible,
        thumbnail=actions.thumbnail_address(file),
        waits=is_young and file.thumbnail_key is None and file.sniffed_type in PICTURES,
    )


def icon_of(name: str, kind: str) -> str:
    """The icon of a file by its name, else by its type (RFC 2046)."""
    found = _BY_ENDING.get(name.rpartition(".")[2].lower())
    return found or next((icon for start, icon in _ICONS if kind.startswith(start)), "file")
