"""Records with something in common, compared: of few each with each, of many those side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from uuid import UUID

from app.domain.duplicates import evidence, pairs
from app.domain.duplicates.bounds import at_most
from app.domain.duplicates.pairs import Pair
from app.domain.duplicates.rules import LISTED, Evidence, Likeness, compare
from app.records.types import ObjectType

# Evidence of so many records is held at once.
HELD = 2_000
# The most records of which each is compared with each; of more, each with so many that come next.
FEW, NEXT = 12, 5


def portions(blocks: Iterable[Sequence[UUID]]) -> Iterator[list[Sequence[UUID]]]:
    """Blocks in portions of about HELD records."""
    portion: list[Sequence[UUID]] = []
    held = 0
    for block in blocks:
        portion.append(block)
        held += len(block)
        if held >= HELD:
            yield portion
            portion, held = [], 0
    if portion:
        yield portion


def likely(
    described: ObjectType, blocks: Sequence[Sequence[UUID]], least: int = LISTED
) -> dict[Pair, Likeness]:
    """Pairs within the blocks with as many points at `least`, without those that are known to be two."""
    ids = sorted({each for block in blocks for each in block})
    known = evidence.load(described, ids)
    apart = pairs.apart(described, ids)
    candidates = {pair for block in blocks for pair in _pairs(block, known)} - apart
    worth = (pair for pair in candidates if at_most(known[pair[0]], known[pair[1]]) >= least)
    alike = ((pair, compare(known[pair[0]], known[pair[1]])) for pair in worth)
    return {pair: likeness for pair, likeness in alike if likeness.score >= least}


def _pairs(block: Sequence[UUID], known: Mapping[UUID, Evidence]) -> Iterator[Pair]:
    """Of what a thousand share not half a million pairs: those who agree in most stand side by side."""
    there = [each for each in block if each in known]
    if len(there) <= FEW:
        yield from (pairs.ordered(*pair) for pair in combinations(there, 2))
        return
    there.sort(key=lambda each: _order(known[each]))
    for place, one in enumerate(there):
        yield from (pairs.ordered(one, other) for other in there[place + 1 : place + 1 + NEXT])


def _order(one: Evidence) -> tuple[str, ...]:
    """By name, first and last in either order; of one name by place, birthday and number."""
    street, postcode, city = one.place
    born = one.birthday.isoformat() if one.birthday else ""
    called = sorted(one.parts) if one.is_person else [one.form_and_rest[1]]
    return (*called, postcode, street, born, city, min(one.phones, default=""), str(one.id))
