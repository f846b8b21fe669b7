"""A dry run: what storing all rows would do, found out without storing any."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.imports import doubts
from app.domain.imports.rules.counts import Tally
from app.domain.imports.rules.draft import Draft
from app.domain.imports.rules.groups import Answer, Group
from app.domain.imports.rules.records import Row, batched
from app.domain.imports.storing import Also, Storer
from app.records import writing
from tenants.session import session

CHUNK = 1_000


@dataclass
class Checker:
    """Answers rows as `Storer` would; what earlier chunks would have made is remembered by its keys."""

    storer: Storer
    tally: Tally = field(default_factory=Tally)
    _made: set[int] = field(default_factory=set)

    def check(self, rows: Iterable[Row]) -> Tally:
        """The sums over all `rows`; everything done meanwhile is undone again."""
        for chunk in batched(rows, CHUNK):
            trial = session.begin_nested()
            try:
                self._check(chunk)
            finally:
                trial.rollback()
        return self.tally

    def _check(self, rows: Sequence[Row]) -> None:
        also: Also = Counter()
        grouping = self.storer.prepare(self.storer.drafts(rows), self.storer.maker(also))
        plan = self.storer.plan
        answers = grouping.answers
        answers += doubts.set_aside(self.storer.actor, plan, grouping)
        wanted = [writing.Row(each.values, each.record_id) for each in grouping.groups]
        outcomes = writing.check_many(self.storer.actor, plan.object, wanted, quiet=plan.is_quiet)
        for each, outcome in zip(grouping.groups, outcomes, strict=True):
            problems = [self.storer.named(problem, each.first) for problem in outcome.problems]
            answers.append(self._seen_before(each) or Answer(each.first, outcome.state, problems))
            answers += [
                Answer(draft, "updated" if changes else "skipped") for draft, changes in each.followers
            ]
        for answer in sorted(answers, key=lambda answer: answer.draft.row.number):
            self.tally.add(answer)
        self.tally.also.update({f"{name} {state}": count for (name, state), count in also.items()})

    def _seen_before(self, each: Group) -> Answer | None:
        """The answer to a row about something that an earlier chunk would have made."""
        tokens = _tokens(each.first)
        is_known = each.record_id is None and not tokens.isdisjoint(self._made)
        self._made |= tokens
        if not is_known:
            return None
        ends = {"create": "failed", "skip": "skipped"}
        return Answer(each.first, ends.get(self.storer.plan.mode, "updated"))  # type: ignore[arg-type]


def _tokens(draft: Draft) -> set[int]:
    return {hash((key, text.casefold())) for key, text in draft.keys}
