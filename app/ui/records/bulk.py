"""Bulk changes in words: what is asked, what it would do, what the button says."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.bulk.queries import Preview
from app.domain.purging.queries import Going
from app.records import registry
from app.records.columns import fields_of
from app.records.types import Field, ObjectType
from app.ui.formats import Formats
from app.ui.say import gettext, midway, ngettext

# What of a list a file holds.
SHOWN = "shown"


@dataclass(frozen=True)
class Words:
    """The title of the dialog, the word of its button and the button's kind."""

    title: str
    go: str
    kind: str = "primary"


@dataclass(frozen=True)
class Told:
    """What would happen, sentence by sentence, or in `wrong` why nothing can; whether it `can` go ahead."""

    sentences: Sequence[str] = ()
    wrong: str = ""
    can: bool = True


def of(described: ObjectType, action: str) -> Words:
    """How the dialog of this action speaks."""
    objects = midway(gettext(described.plural))
    made = {
        "edit": lambda: Words(gettext("Edit %(objects)s", objects=objects), gettext("Change")),
        "assign": lambda: Words(gettext("Assign %(objects)s", objects=objects), gettext("Assign")),
        "delete": lambda: Words(
            gettext("Move %(objects)s to the trash", objects=objects), gettext("Move to the trash"), "danger"
        ),
        "restore": lambda: Words(gettext("Restore %(objects)s", objects=objects), gettext("Restore")),
        "purge": lambda: Words(
            gettext("Delete %(objects)s for good", objects=objects), gettext("Delete for good"), "danger"
        ),
        "export": lambda: Words(gettext("Export %(objects)s", objects=objects), gettext("Export")),
    }
    return made[action]()


def choices(fields: Sequence[Field]) -> list[tuple[str, str]]:
    """The fields that may get a value, by their labels."""
    return sorted(((each.name, gettext(each.label)) for each in fields), key=lambda pair: pair[1].casefold())


def contents(described: ObjectType, names: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """What a file of the list may hold: the columns `names`, or all fields; as radio buttons."""
    fields = ", ".join(gettext(described.by_name[name].label) for name in fields_of(described, names))
    beside = ", ".join(gettext(each.label) for each in described.beside if each.name in names)
    told = gettext("%(fields)s; without %(beside)s", fields=fields, beside=beside) if beside else fields
    return [(SHOWN, gettext("The columns of the list"), told), ("all", gettext("All fields"), None)]


def counted(found: tuple[int, bool], write: Formats) -> Told:
    """How many records there are."""
    total, exact = found
    return Told((_selected(total, exact, write),), can=total > 0)


def told(found: Preview, action: str, write: Formats) -> Told:
    """What would change, what stays and why."""
    sentences = [_selected(found.total, found.exact, write)] if not found.exact else []
    sentences.append(_doing(action, found.changing, write))
    if found.same:
        sentences.append(
            ngettext(
                "%(count)s has it already.",
                "%(count)s have it already.",
                found.same,
                count=write.number(found.same),
            )
        )
    if found.refused:
        sentences.append(
            ngettext(
                "%(count)s you may not change; it is listed at the end.",
                "%(count)s you may not change; they are listed at the end.",
                found.refused,
                count=write.number(found.refused),
            )
        )
    return Told(tuple(sentences), can=found.changing > 0 or not found.exact)


def going(found: Going, write: Formats) -> Told:
    """What goes for good, with what goes along."""
    if not found.total:
        return Told((gettext("Nothing to delete."),), can=False)
    sentences = [_selected(found.total, found.exact, write)]
    if found.along is None:
        sentences.append(gettext("What belongs to them alone goes along."))
    elif found.along:
        along = [_some(name, number, write) for name, number in found.along.items()]
        sentences.append(gettext("Goes along: %(what)s.", what=", ".join(along)))
    sentences.append(
        ngettext(
            "Its files, messages and history go as well. Nothing brings it back.",
            "Their files, messages and history go as well. Nothing brings them back.",
            found.total,
        )
    )
    return Told(tuple(sentences))


def _some(name: str, number: int, write: Formats) -> str:
    described = registry.get(name)
    return (
        f"{write.number(number)} {midway(gettext(described.singular if number == 1 else described.plural))}"
    )


def wrong(sentence: str) -> Told:
    """Why it cannot be done."""
    return Told(wrong=sentence, can=False)


def _selected(total: int, exact: bool, write: Formats) -> str:
    if not exact:
        return gettext("More than %(count)s records.", count=write.number(total))
    return ngettext("%(count)s record.", "%(count)s records.", total, count=write.number(total))


def _doing(action: str, number: int, write: Formats) -> str:
    count = write.number(number)
    if not number:
        return gettext("Nothing to change.")
    if action == "delete":
        return ngettext(
            "Moves %(count)s to the trash. For 30 days it can be taken back.",
            "Moves %(count)s to the trash. For 30 days they can be taken back.",
            number,
            count=count,
        )
    if action == "restore":
        return ngettext("Restores %(count)s.", "Restores %(count)s.", number, count=count)
    return ngettext("Changes %(count)s.", "Changes %(count)s.", number, count=count)
