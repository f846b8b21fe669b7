"""A postal address in the lines in which its country writes it. Pure."""

import re
from collections.abc import Mapping

# {c} city, {p} postcode, {r} region, {s} street; the name of the country stands below.
_USUAL = "{s}|{p} {c}|{r}"
_CITY_FIRST = "{s}|{c} {p}|{r}"
_REGION_BEHIND = "{s}|{c} {r} {p}"
_EACH_A_LINE = "{s}|{c}|{r}|{p}"
_LARGE_TO_SMALL = "{p}|{r} {c}|{s}"
_PATTERNS: Mapping[str, str] = {
    "US": "{s}|{c}, {r} {p}",
    **dict.fromkeys(("AU", "CA"), _REGION_BEHIND),
    **dict.fromkeys(("GB", "IE", "ZA", "UA"), _EACH_A_LINE),
    **dict.fromkeys(("NZ", "SG", "HK", "IN", "TH", "SA", "ID"), _CITY_FIRST),
    **dict.fromkeys(("JP", "CN", "KR", "TW"), _LARGE_TO_SMALL),
    "IT": "{s}|{p} {c} {r}",
    "MX": "{s}|{p} {c}, {r}",
    "BR": "{s}|{c} - {r}|{p}",
    "HU": "{c}|{s}|{p}|{r}",
}
_KEYS = {"s": "street", "p": "postcode", "c": "city", "r": "region"}


def lines(parts: Mapping[str, str | None], country: str = "") -> list[str]:
    """The lines of the address with these parts; `country` is the name of theirs, in capitals at the end."""
    pattern = _PATTERNS.get(parts.get("country") or "", _USUAL)
    told = {key: " ".join((parts.get(name) or "").split()) for key, name in _KEYS.items()}
    written = (_tidy(line.format(**told)) for line in pattern.split("|"))
    return [line for line in (*written, country.upper()) if line]


def _tidy(line: str) -> str:
    """The line without the marks that stood beside what is missing."""
    bare = re.sub(r"^[\s,-]+|[\s,-]+$", "", line)
    return re.sub(r"\s+", " ", bare).replace(" ,", ",")
