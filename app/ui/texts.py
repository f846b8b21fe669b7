"""The catalogues of translations: what the code says, and what each language has for it."""

import re
from collections.abc import Iterator, Sequence
from os import getpid
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

APP = Path(__file__).resolve().parents[1]
TRANSLATIONS = APP / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None}
WIDTH = 110
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")
_TAG = re.compile(r"</?[a-z][^>]*>")


def catalogues(folder: Path = TRANSLATIONS) -> list[Path]:
    """The .po file of every language but English, which is the code's own."""
    return sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def compile_all(folder: Path = TRANSLATIONS) -> list[Path]:
    """Make the .mo files that are missing or older than their .po file; returns those."""
    made = []
    for source in catalogues(folder):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_name(f".{target.name}.{getpid()}")
        with draft.open("wb") as file:
            write_mo(file, read(source))
        draft.replace(target)  # another process may be reading the old one
        made.append(target)
    return made


def extract() -> Catalog:
    """Every text that is marked in the code and the templates."""
    with (TRANSLATIONS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    template = Catalog(project="Kith", version="1")
    found = extract_from_dir(APP, methods, options, KEYWORDS, strip_comment_tags=True)
    for place, line, message, comments, context in found:
        template.add(message, None, [(f"app/{place}", line)], auto_comments=comments, context=context)
    return template


def update(source: Path, template: Catalog) -> Catalog:
    """Bring a catalogue in line with the code: new texts come in empty, those that are gone go."""
    catalogue = read(source)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    draft = source.with_suffix(".new")
    with draft.open("wb") as file:
        write_po(file, catalogue, WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    draft.replace(source)
    return catalogue


def read(source: Path) -> Catalog:
    """The catalogue in a .po file; a folder's name is its language."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parents[1].name)


def untranslated(catalogue: Catalog) -> int:
    """How many texts are still to be translated."""
    return sum(not all(forms(message.string)) for message in _texts(catalogue))


def check(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one sentence each."""
    for message in _texts(template):
        if catalogue.get(message.id, message.context) is None:
            yield f"not in the catalogue: {_shown(message)}"
    for message in _texts(catalogue):
        if template.get(message.id, message.context) is None:
            yield f"no longer said by the code: {_shown(message)}"
        elif message.fuzzy:
            yield f"fuzzy: {_shown(message)}"
        else:
            yield from (f"{fault}: {_shown(message)}" for fault in _faults(message, catalogue.num_plurals))


def _texts(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _shown(message: Message) -> str:
    return repr(message.id if isinstance(message.id, str) else message.id[0])


def _faults(message: Message, plurals: int) -> Iterator[str]:
    said, given = forms(message.id), forms(message.string)
    if len(given) != (1 if len(said) == 1 else plurals) or not all(given):
        yield "not translated"
        return
    for text in given:
        if not any(_parts(text, _PLACEHOLDER) == _parts(each, _PLACEHOLDER) for each in said):
            yield "other placeholders"
        if _parts(text, _TAG) != _parts(said[-1], _TAG):
            yield "other tags"
        if text.strip() != text:
            yield "white space at an end"


def forms(text: str | Sequence[str] | None) -> Sequence[str]:
    """Singular and plurals, or the one text."""
    return (text or "",) if isinstance(text, str | None) else text


def _parts(text: str, pattern: re.Pattern[str]) -> list[str]:
    return sorted(pattern.findall(text))
