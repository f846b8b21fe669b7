"""HTML that strangers wrote, made harmless before it is stored; shown it is in a sandboxed frame besides."""

import html
import re

import nh3

MOST = 500_000
# Where a picture lies on somebody else's server; it stays a mark until who reads the mail asks for pictures.
MARK = "data-picture"
_TAGS = frozenset(
    "a abbr address b bdi bdo blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike"
    " strong sub sup table tbody td tfoot th thead tr tt u ul var wbr".split()
)
_LAYOUT = {"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "dir", "lang"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    **{tag: _LAYOUT | {"border", "cellpadding", "cellspacing"} for tag in ("table", "td", "th", "tr")},
}
_SILENT = {"script", "style", "title", "head", "noscript", "template", "iframe", "object", "svg", "math"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# In what the cleaner wrote, no attribute's value holds a quote: a tag ends at its first ">" outside of them.
_IN_IMAGE = r'(<img\b(?:[^>"]|"[^"]*")*?\s)'
_SOURCE = re.compile(rf"{_IN_IMAGE}src=")
_PICTURE = re.compile(rf'{_IN_IMAGE}{MARK}=(?="https://)')
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]{0,200}>", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")

_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={tag: set(names) | ({MARK} if tag == "img" else set()) for tag, names in _ATTRIBUTES.items()},
    clean_content_tags=_SILENT,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    strip_comments=True,
)
_marker = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    clean_content_tags=_SILENT,
    url_schemes=_SCHEMES,
    link_rel=None,
    strip_comments=True,
    attribute_filter=lambda tag, name, value: (
        None if tag == "img" and name == "src" and not value.startswith("https://") else value
    ),
)
_bare = nh3.Cleaner(tags=set(), clean_content_tags=_SILENT, strip_comments=True)


def clean(written: str) -> str:
    """`written` without anything that runs, loads or steers; remote pictures keep their address as a mark."""
    once = _marker.clean(written[:MOST])
    return _cleaner.clean(_SOURCE.sub(rf"\g<1>{MARK}=", once))


def with_pictures(cleaned: str) -> str:
    """What `clean` returned, its remote pictures loading from where they are."""
    return _PICTURE.sub(r"\g<1>src=", cleaned)


def has_pictures(cleaned: str) -> bool:
    """Whether there are remote pictures in what `clean` returned."""
    return bool(_PICTURE.search(cleaned))


def text_of(written: str) -> str:
    """The words of `written`, for a mail that has no plain text."""
    broken = _BREAKS.sub(lambda found: f"{found.group()}\n", written[:MOST])
    bare = html.unescape(_bare.clean(broken)).replace("\N{NO-BREAK SPACE}", " ")
    lines = "\n".join(" ".join(line.split()) for line in bare.splitlines())
    return _EMPTY_LINES.sub("\n\n", lines).strip()
