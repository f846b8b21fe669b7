"""A chunk of rows stored: drafted, resolved, matched, grouped, written, each row answered."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Problem
from app.domain.imports import companions, doubts
from app.domain.imports.drafting import Drafter
from app.domain.imports.matching import add_keys, keys_of, match
from app.domain.imports.relating import resolve
from app.domain.imports.rules.draft import Draft
from app.domain.imports.rules.groups import Answer, Group, Grouping, State, group
from app.domain.imports.rules.plan import Plan
from app.domain.imports.rules.records import Row
from app.records import habits, identifiers, registry, writing
from app.records.joining import absorbed

Also = Counter[tuple[str, State]]


@dataclass
class ChunkResult:
    """One answer for each row, and what else was made or changed, by object and state."""

    answers: list[Answer] = field(default_factory=list)
    also: Also = field(default_factory=Counter)


@dataclass
class Storer:
    """Stores chunks of one import as `actor`; everything happens in the current transaction."""

    actor: Actor
    plan: Plan
    job_id: UUID | None
    title: str
    nth: Callable[[Row], int]

    def __post_init__(self) -> None:
        self._habits = habits.of(self.actor)
        self._drafter = Drafter(self.plan, self._habits)
        self._keys = keys_of(self.plan)
        self._columns = {column.target: column.name for column in self.plan.columns}

    def store(self, rows: Sequence[Row], *, about: Mapping[int, UUID] | None = None) -> ChunkResult:
        """Store `rows`; each of them has exactly one answer, in their order.

        `about` names, by the number of a row, the record that it is about, where somebody has said so.
        """
        result = ChunkResult()
        drafts = self.drafts(rows)
        for draft in drafts:
            draft.record_id = (about or {}).get(draft.row.number)
        self._store(drafts, result)
        result.answers.sort(key=lambda answer: answer.draft.row.number)
        return result

    def drafts(self, rows: Sequence[Row]) -> list[Draft]:
        """The drafts of `rows`, each with the count of its pair in the file."""
        drafts = [self._drafter.draft(row) for row in rows]
        for draft in drafts:
            draft.nth = self.nth(draft.row)
        return drafts

    def prepare(self, drafts: Sequence[Draft], make: Callable[..., dict[str, UUID]]) -> Grouping:
        """The drafts with what they point to and are about, put together; `make` creates what is missing."""
        resolve(drafts, self._habits, make)
        for draft in drafts:
            add_keys(draft, self._keys)
        match(drafts, self.plan, self._habits)
        grouping = group(drafts, self.plan.mode)
        self._keep_external_ids(grouping.groups)
        self._keep_own(grouping.groups)
        return grouping

    def _store(self, drafts: Sequence[Draft], result: ChunkResult) -> None:
        grouping = self.prepare(drafts, self.maker(result.also))
        result.answers += grouping.answers
        result.answers += doubts.set_aside(self.actor, self.plan, grouping)
        outcomes = self._write(
            self.plan.object, [writing.Row(each.values, each.record_id) for each in grouping.groups]
        )
        stored: list[tuple[Group, Answer]] = []
        for each, outcome in zip(grouping.groups, outcomes, strict=True):
            problems = [self.named(problem, each.first) for problem in outcome.problems]
            answer = Answer(each.first, outcome.state, problems, outcome.record_id)
            result.answers.append(answer)
            if outcome.state == "failed":
                self._store_followers(each, result)
            else:
                result.answers += _followed(each, answer)
                stored.append((each, answer))
        companions.store(self.plan, stored, self._write, result.also, self._habits)

    def _store_followers(self, failed: Group, result: ChunkResult) -> None:
        """What the first row could not do, the next may: each on its own, as if it stood alone."""
        for draft, _ in failed.followers:
            draft.pointers.clear()
            self._store([draft], result)

    def _write(self, object_name: str, rows: list[writing.Row]) -> list[writing.Outcome]:
        if not rows:
            return []
        return writing.write_many(
            self.actor, object_name, rows, quiet=self.plan.is_quiet, job_id=self.job_id, title=self.title
        )

    def maker(self, also: Also) -> Callable[..., dict[str, UUID]]:
        """Makes what relations point to and nobody has yet."""

        def make(goal: str, named: dict[str, dict[str, Any]]) -> dict[str, UUID]:
            outcomes = self._write(goal, [writing.Row(values, None) for values in named.values()])
            also.update((goal, outcome.state) for outcome in outcomes)
            return {
                name: outcome.record_id
                for name, outcome in zip(named, outcomes, strict=True)
                if outcome.record_id is not None and outcome.state != "failed"
            }

        return make

    def _keep_external_ids(self, groups: Sequence[Group]) -> None:
        """An id in one system takes none away in another: setting the field sets all of them."""
        touched = [each for each in groups if each.record_id and "external_ids" in each.values]
        if not touched:
            return
        described = registry.get(self.plan.object)
        known = identifiers.load(described, [each.record_id for each in touched if each.record_id])
        for each in touched:
            assert each.record_id is not None
            kept = {one.system: one.value for one in known[each.record_id]["external_ids"]}
            given = {
                system: value
                for system, value in each.values["external_ids"].items()
                if not self._was_merged(each.record_id, system, value, kept)
            }
            each.values["external_ids"] = {**kept, **given}

    def _keep_own(self, groups: Sequence[Group]) -> None:
        """What told a record that was merged into the one that is meant: that one keeps its own."""
        described = registry.get(self.plan.object)
        for name in set(self._keys) & described.by_name.keys():
            found = [each for each in groups if each.record_id and each.values.get(name)]
            told = {str(each.values[name]): each for each in found}
            for value, kept in absorbed.led_by(described, name, told.keys()).items():
                if kept == told[value].record_id:
                    del told[value].values[name]

    def _was_merged(self, record_id: UUID, system: str, value: str, kept: Mapping[str, str]) -> bool:
        """Whether the id is that of a record which was merged into this one, which keeps its own."""
        if kept.get(system, value) == value:
            return False
        return absorbed.led(self.plan.object, system, [value]).get(value) == record_id

    def named(self, problem: Problem, draft: Draft) -> Problem:
        """The engine's problem with the name of the column and the cell that it is about."""
        column = self._columns.get(problem.path, "")
        place = next((i for i, each in enumerate(self.plan.columns) if each.name == column), None)
        value = draft.row.cells[place][:200] if place is not None else ""
        return replace(problem, path=column or problem.path, data={**problem.data, "value": value})


def _followed(each: Group, first: Answer) -> list[Answer]:
    return [
        Answer(draft, "updated" if changes else "skipped", [], first.record_id)
        for draft, changes in each.followers
    ]
