"""Which conversation a mail belongs to: the chain of Message-IDs, within one customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.ids import new_id
from tenants.session import session

# The later mail of a conversation may come first: it is found by what it refers to as well.
_RELATED = text("""
SELECT m.mail_id, m.refs, m.in_reply_to, t.id AS thread_id, t.contact_id, t.company_id
  FROM messages m JOIN threads t ON t.id = m.thread_id
 WHERE t.deleted_at IS NULL AND m.deleted_at IS NULL
   AND (m.mail_id = ANY(:ids) OR m.refs && CAST(:ids AS text[]))
 ORDER BY m.sent_at, m.id
""")


@dataclass(frozen=True)
class Link:
    """A mail in its chain, and the customer that it is talked about with."""

    mail_id: str
    refs: tuple[str, ...]
    contact_id: UUID | None
    company_id: UUID | None

    @property
    def customer(self) -> UUID | None:
        """Whose conversation it is: a mail that was passed on to somebody else begins another."""
        return self.contact_id or self.company_id

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id of the chain that this mail tells."""
        return (self.mail_id, *self.refs)


def threads_of(links: Sequence[Link]) -> tuple[dict[str, UUID], frozenset[UUID]]:
    """The thread of each mail by its id, and which of these threads have to be made."""
    heads = _Heads()
    for row in _related({each for link in links for each in link.ids}):
        told = (row.mail_id, row.in_reply_to, *row.refs)
        heads.join(row.contact_id or row.company_id, [each for each in told if each], row.thread_id)
    for link in links:
        heads.join(link.customer, link.ids)
    chosen = {link.mail_id: heads.thread(link.customer, link.mail_id) for link in links}
    return chosen, frozenset(heads.made)


def _related(ids: Iterable[str]) -> Sequence[Any]:
    return session.execute(_RELATED, {"ids": sorted(ids)}).all()


Node = tuple[UUID | None, str]


class _Heads:
    """Sets of ids that belong together, each with the thread that it has or will have."""

    def __init__(self) -> None:
        self._parent: dict[Node, Node] = {}
        self._threads: dict[Node, UUID] = {}
        self.made: set[UUID] = set()

    def join(self, customer: UUID | None, ids: Sequence[str], thread_id: UUID | None = None) -> None:
        """All of these ids are one conversation; of two threads that turn out as one, the first goes on."""
        first = self._head((customer, ids[0]))
        for each in ids[1:]:
            other = self._head((customer, each))
            if other != first:
                self._parent[other] = first
                known = self._threads.pop(other, None)
                if known is not None:
                    self._threads.setdefault(first, known)
        if thread_id is not None:
            self._threads.setdefault(first, thread_id)

    def thread(self, customer: UUID | None, mail_id: str) -> UUID:
        """The thread of a mail, a new one where it has none."""
        head = self._head((customer, mail_id))
        if head not in self._threads:
            self._threads[head] = new_id()
            self.made.add(self._threads[head])
        return self._threads[head]

    def _head(self, node: Node) -> Node:
        while (above := self._parent.get(node, node)) != node:
            self._parent[node] = self._parent.get(above, above)
            node = above
        return node
