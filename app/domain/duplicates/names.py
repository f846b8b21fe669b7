"""Names as they are compared: without accents, umlauts either way, companies without their legal form."""

import re
import unicodedata
from functools import lru_cache

# Letters that do not fall apart into a plain one and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Müller, Mueller and Muller are one name; so are all that differ by these pairs only.
SPELLINGS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_NO_WORD = re.compile(r"[^0-9a-z]+")

# How companies call their form, folded and without dots; what stands between words is cut as well.
LEGAL_FORMS = frozenset(
    "gmbh ggmbh ug haftungsbeschrankt ag se kg kgaa ohg gbr ek ev eg mbh cokg partg partgmbb stiftung"
    " ltd limited llc llp lp plc inc incorporated corp corporation co company"
    " sa sas sarl sasu eurl snc sca srl spa sl slu nv bv bvba vof cv"
    " ab as asa aps oy oyj hf ehf zoo spzoo doo dd sro kft zrt pty pte kk".split()
)
# "GmbH & Co. KG" is cut whole: what joins two forms says nothing either.
JOINS = frozenset({"und", "and", "u", "et"})


@lru_cache(maxsize=30_000)  # first names, towns and the frequent last names come again and again
def folded(text: str) -> str:
    """Words of plain small letters and digits, one space between them: Jürgen Straße -> jurgen strasse."""
    lowered = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter))
    spaced = _NO_WORD.sub(" ", plain.replace("'", "").replace("’", "")).strip()
    for written, meant in SPELLINGS:
        spaced = spaced.replace(written, meant)
    return spaced


def form_and_rest(name: str) -> tuple[frozenset[str], str]:
    """The legal forms that a company's name ends with, and the name without them, folded.

    A name that is nothing but forms stays as it is.
    """
    words = folded(re.sub(r"(?<=\b\w)\.\s?(?=\w\b)|\.", "", name)).split()
    kept, forms = list(words), set()
    while kept and (kept[-1] in LEGAL_FORMS or kept[-1] in JOINS):
        forms.add(kept.pop())
    if not kept:
        return frozenset(), " ".join(words)
    return frozenset(forms - JOINS - {"co"}), " ".join(kept)


def without_form(name: str) -> str:
    """A company's name as it is written, without the legal forms at its end; never empty where it was not."""
    words = name.split()
    for count in range(1, len(words)):
        if not form_and_rest(" ".join(["x", *words[count:]]))[1][1:]:
            return " ".join(words[:count]).rstrip(",;")
    return " ".join(words)
