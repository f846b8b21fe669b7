"""Phone numbers as most are written, a plus and digits: reading any other takes ten times as long."""

import re
from collections.abc import Collection
from functools import lru_cache

import phonenumbers

_PLAIN = re.compile(r"\+[1-9][0-9 ]{6,24}", re.ASCII)
_LONGEST_CODE = 3


def international(bare: str) -> str | None:
    """`bare` in E.164 where it can mean one thing only; None where it has to be read with care.

    What it says, the library's own reading says as well.
    """
    if not _PLAIN.fullmatch(bare):
        return None
    digits = bare[1:].replace(" ", "")
    for length in range(1, _LONGEST_CODE + 1):
        found = _country(digits[:length])
        if found is not None:
            prefix, lengths = found
            own = digits[length:]
            return f"+{digits}" if len(own) in lengths and not (prefix and prefix.match(own)) else None
    return None


@lru_cache(maxsize=1024)
def _country(code: str) -> tuple[re.Pattern[str] | None, Collection[int]] | None:
    """What a national number with that code may begin with and not be part of it, and how long it may be."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if not regions:
        return None
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0])
    if known is None or known.general_desc is None:
        return None, ()
    prefix = known.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None, frozenset(known.general_desc.possible_length)
