"""Why two records may be the same, in words; and what moves along when they are merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.text import N_
from app.domain.duplicates.rules import Likeness, Reason
from app.records import registry
from app.ui.say import gettext, midway, ngettext

# What is certain, what is probable, what deserves a look.
SURE = 85
_WORDS: Mapping[str, str] = {
    "same_name": N_("same name"),
    "name_alike": N_("name %(percent)s %% alike"),
    "other_name": N_("other name"),
    "same_email": N_("same e-mail"),
    "same_phone": N_("same phone"),
    "same_domain": N_("same website"),
    "same_id": N_("same id in another system"),
    "same_street": N_("same street"),
    "other_street": N_("other address"),
    "same_city": N_("same city"),
    "other_city": N_("other city"),
    "other_country": N_("other country"),
    "same_postcode": N_("same postcode"),
    "same_birthday": N_("same birthday"),
    "birthday_alike": N_("birthday alike"),
    "other_birthday": N_("other birthday"),
    "same_company": N_("same company"),
    "other_form": N_("other legal form"),
    "parent": N_("one belongs to the other"),
}


@dataclass(frozen=True)
class Why:
    """One reason in words; `against` where it speaks for two records."""

    text: str
    against: bool


def reasons(likeness: Likeness) -> list[Why]:
    """Why, what weighs most first."""
    return [Why(_word(each), each.points < 0) for each in likeness.reasons]


def _word(reason: Reason) -> str:
    return gettext(_WORDS[reason.code], percent=reason.percent)


def moving(counts: Mapping[str, int]) -> list[str]:
    """What moves along, as "3 deals"; rows that nobody sees as such are left out."""
    told = []
    for described in registry.every():
        number = counts.get(described.name, 0)
        if number:
            name = gettext(described.singular if number == 1 else described.plural)
            told.append(f"{number} {midway(name)}")
    return [*told, *_others(counts)]


def _others(counts: Mapping[str, int]) -> Sequence[str]:
    threads, letters, files, accounts = (
        counts.get(name, 0) for name in ("threads", "letters", "files", "portal_accounts")
    )
    told = (
        (threads, ngettext("%(num)s conversation", "%(num)s conversations", threads)),
        (letters, ngettext("%(num)s mail", "%(num)s mails", letters)),
        (files, ngettext("%(num)s file", "%(num)s files", files)),
        (accounts, ngettext("%(num)s portal account", "%(num)s portal accounts", accounts)),
    )
    return [words for number, words in told if number]
