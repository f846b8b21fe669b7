"""An import in words: its columns with examples, what it would do, what was refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.text import N_
from app.domain.imports import queries, room
from app.domain.imports.rules.plan import Column, Plan
from app.domain.imports.targets import EXTERNAL, KEY_LABELS, Target, match_keys, targets
from app.domain.jobs.models import Job
from app.records import registry
from app.ui import say
from app.ui.formats import Formats
from app.ui.say import gettext, ngettext

Option = tuple[str, str]

MODES = (
    ("both", N_("Create and update"), N_("New rows become records, known ones are brought up to date.")),
    ("create", N_("Create only"), N_("Rows about records that exist are refused.")),
    ("update", N_("Update only"), N_("Rows about nothing that exists are left out.")),
    ("skip", N_("Create, skip the rest"), N_("Records that exist stay as they are.")),
)
DOUBTFUL = (
    ("create", N_("Create anyway"), N_("Possible duplicates are looked for afterwards.")),
    ("review", N_("Let me decide"), N_("They wait in a list and are created once you say so.")),
    ("skip", N_("Leave out"), N_("Nothing is created of what may be there already.")),
)
ORDERS = (("dmy", N_("Day first: 31/12/2026")), ("mdy", N_("Month first: 12/31/2026")), ("ymd", "2026-12-31"))
POINTS = ((".", "1,234.56"), (",", "1.234,56"))
_WOULD = {
    "created": N_("would be created"),
    "updated": N_("would be updated"),
    "skipped": N_("would be skipped"),
    "review": N_("would wait for your decision"),
    "failed": N_("would be refused"),
}
_SHAPES = {"created": "planned", "review": "risk", "failed": "broken"}
_ALSO = {"created": N_("%(count)s %(objects)s created"), "updated": N_("%(count)s %(objects)s updated")}
_REASONS = {
    "unchanged": N_("%(count)s are already like this"),
    "exists": N_("%(count)s exist already"),
    "repeated": N_("%(count)s repeat an earlier row"),
    "unknown": N_("%(count)s are about nothing that exists"),
    "blank": N_("%(count)s are empty"),
    "looks_alike": N_("%(count)s look like records that exist"),
}


@dataclass(frozen=True)
class ColumnView:
    """A row of the mapping table: the file's column, examples, and the choices it needs."""

    place: int
    column: Column
    samples: list[str]
    filled: int
    keys: list[Option]
    needs_system: bool
    can_create: bool
    orders: list[Option]
    points: list[Option]
    is_unsure: bool


def column_views(job: Job, plan: Plan) -> list[ColumnView]:
    """Every column of the file as the page shows it."""
    known, seen = targets(plan.object), job.params["seen"]
    return [
        _column(place, column, known.get(column.target), seen) for place, column in enumerate(plan.columns)
    ]


def _column(place: int, column: Column, target: Target | None, seen: dict[str, Any]) -> ColumnView:
    kind = target.field.kind if target and target.field else ""
    is_date = kind in {"date", "datetime"}
    return ColumnView(
        place=place,
        column=column,
        samples=seen["samples"][place],
        filled=seen["filled"][place],
        keys=[(key, gettext(KEY_LABELS[key])) for key in target.keys] if target else [],
        needs_system=column.target == EXTERNAL or (bool(target and target.keys) and column.by == "external"),
        can_create=bool(target and target.can_create),
        orders=[(value, gettext(label)) for value, label in ORDERS] if is_date else [],
        points=list(POINTS) if kind in {"number", "money", "percent"} else [],
        is_unsure=is_date and not column.order_certain,
    )


def target_groups(object_name: str) -> list[tuple[str, list[Option]]]:
    """Where columns may go, under the headings of the record page."""
    groups: dict[str, list[Option]] = {}
    for target in targets(object_name).values():
        label = gettext(target.label)
        if target.companion:  # a closed list shows the label only, not its heading
            label = f"{gettext(target.companion.label)}: {label}"
        groups.setdefault(gettext(target.group), []).append((target.key, label))
    return list(groups.items())


def match_options(object_name: str) -> list[Option]:
    """By what rows may find their records."""
    return [(key, gettext(KEY_LABELS[key])) for key in match_keys(object_name)]


@dataclass(frozen=True)
class Example:
    """One row of the dry run: its line, its first cells, what is wrong."""

    line: str
    cells: str
    why: str


@dataclass(frozen=True)
class CheckView:
    """What the import would do; `figures` are (state, figure, words, shape)."""

    state: str
    figures: list[tuple[str, str, str, str]]
    also: list[str]
    reasons: list[str]
    refused: list[Example]
    problems: list[str]
    is_nothing_new: bool


def check_view(job: Job, plan: Plan, write: Formats) -> CheckView:
    """The dry run in words."""
    check = job.result.get("check", {})
    states = check.get("states", {})
    figures = [
        (state, write.number(states.get(state, 0)), gettext(words), _SHAPES.get(state, ""))
        for state, words in _WOULD.items()
        if states.get(state, 0) or state == "created"
    ]
    return CheckView(
        state=check.get("state", "waiting"),
        figures=figures,
        also=also(check.get("also", {}), write),
        reasons=reasons(check.get("reasons", {}), write),
        refused=[_example(each, write) for each in check.get("examples", {}).get("failed", [])],
        problems=[_labelled(plan, problem) for problem in queries.problems(plan)] + _no_room(job, write),
        is_nothing_new=bool(states) and not states.get("created") and not states.get("updated"),
    )


def _no_room(job: Job, write: Formats) -> list[str]:
    found = room.problem(job.result)
    data = {key: write.number(each) for key, each in found.data.items()} if found else {}
    return [gettext(found.message, **data)] if found else []


def _labelled(plan: Plan, problem: Any) -> str:
    """A complaint with the labels of fields in place of their names."""
    known = targets(plan.object)
    data = dict(problem.data)
    for key in ("name", "names"):
        words = str(data.get(key, "")).split(", ")
        data[key] = ", ".join(gettext(known[word].label) if word in known else word for word in words if word)
    return gettext(problem.message, **data)


def also(found: dict[str, int], write: Formats) -> list[str]:
    """What a run makes beside its own object: "91 contacts created"."""
    told = []
    for key, count in found.items():
        name, _, state = key.partition(" ")
        plural = gettext(registry.get(name).plural)
        words = {
            "created": N_("%(count)s %(objects)s created"),
            "updated": N_("%(count)s %(objects)s updated"),
        }
        if state in words:
            told.append(gettext(words[state], count=write.number(count), objects=plural))
    return told


def reasons(found: dict[str, int], write: Formats) -> list[str]:
    """Why rows are skipped."""
    return [
        gettext(_REASONS[code], count=write.number(count))
        for code, count in found.items()
        if code in _REASONS
    ]


def _example(data: dict[str, Any], write: Formats) -> Example:
    why = " ".join(why_of(data["problems"]))
    return Example(write.number(data["line"]), " · ".join(data["cells"]), why)


def why_of(problems: list[dict[str, Any]]) -> Iterator[str]:
    """Each problem as a sentence, with its column in front."""
    for problem in problems:
        sentence = say.problem(problem["message"], problem.get("data", {}))
        value = problem.get("data", {}).get("value")
        path = problem.get("path", "")
        told = f"{path}: {sentence}" if path else sentence
        yield f"{told} ({value})" if value and str(value) not in sentence else told


def rows_told(job: Job, write: Formats) -> str:
    """How many rows the file has, where somebody has counted."""
    if job.rows_total is None:
        return gettext("Rows are being counted")
    return ngettext("%(figure)s row", "%(figure)s rows", job.rows_total, figure=write.number(job.rows_total))
