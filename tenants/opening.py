"""A transaction needs no round trips of its own: it opens with its first statement and ends with its last."""

import select
from collections.abc import Sequence
from typing import Any, cast

import psycopg
from psycopg import generators
from psycopg._preparing import Prepare
from psycopg.abc import Params, PQGen, Query
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow

from tenants import stopwatch


class OpeningConnection(psycopg.Connection[TupleRow]):
    """A connection that keeps what opens a transaction until the transaction has something to do.

    One that has nothing to do costs nothing.
    """

    _opening: tuple[bytes, ...] = ()
    _closing: tuple[bytes, ...] = ()
    _is_over = False

    def open_with(self, opening: tuple[bytes, ...]) -> None:
        """Send these statements before, or together with, whatever is sent next."""
        self._opening, self._closing, self._is_over = opening, (), False

    def precede(self, *statements: bytes) -> None:
        """Send these too before, or together with, whatever is sent next."""
        self._opening += statements

    def close_with_next(self) -> None:
        """The statement that is sent next is the transaction's last: it is committed together with it."""
        self._closing = (b"COMMIT",)

    def take_closing(self) -> tuple[bytes, ...]:
        """What is to be sent after the statement at hand; whoever takes it sends it."""
        closing, self._closing = self._closing, ()
        return closing

    def take_both(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What is to be sent before and after the statement at hand."""
        return self.take_opening(), self.take_closing()

    def is_over(self) -> None:
        """The transaction has been committed: whoever asks more of it is refused."""
        self._is_over = True

    def take_opening(self) -> tuple[bytes, ...]:
        """What is to be sent first; whoever takes it sends it."""
        opening, self._opening = self._opening, ()
        return opening

    def has_ended(self) -> bool:
        """Whether the server has closed this connection, as far as it has been told.

        What a server says to a connection at rest is mostly good-bye; only then it is asked.
        """
        if self.closed:
            return True
        heard = select.poll()
        heard.register(self.pgconn.socket, select.POLLIN)
        if not heard.poll(0):
            return False
        with stopwatch.waiting():
            return self.pgconn.exec_(b"").status != ExecStatus.EMPTY_QUERY

    def _start_query(self) -> PQGen[None]:
        if self._is_over:
            raise psycopg.ProgrammingError("this transaction has ended with its last statement")
        for statement in self.take_opening():
            yield from self._exec_command(statement)
        yield from super()._start_query()

    def commit(self) -> None:
        """As always; nothing is sent where nothing was begun."""
        if not self._is_at_rest():
            super().commit()

    def rollback(self) -> None:
        """As always; nothing is sent where nothing was begun."""
        if not self._is_at_rest():
            super().rollback()

    def _is_at_rest(self) -> bool:
        self.take_opening()
        self.take_closing()
        return self.pgconn.transaction_status == TransactionStatus.IDLE


class OpeningCursor(psycopg.Cursor[TupleRow]):
    """A cursor that sends its connection's opening and closing in one pipeline with what it is given.

    The server takes them one after the other and none after one that failed, so a statement runs in the
    transaction that was meant or not at all, and only what succeeded is committed.
    """

    def _execute_gen(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> PQGen[None]:
        connection = cast(OpeningConnection, self._conn)
        opening, closing = ((), ()) if connection._pipeline else connection.take_both()
        if not opening and not closing:
            yield from super()._execute_gen(query, params, prepare=prepare, binary=binary)
            return
        yield from self._start_query(query)
        asked = self._convert_query(query, params)
        prepared, name = self._get_prepared(asked, prepare)
        pgconn, sent = self._pgconn, len(opening) + 1 + len(closing)
        pgconn.enter_pipeline_mode()
        try:
            for statement in opening:
                pgconn.send_query_params(statement, None)
            if prepared is Prepare.SHOULD:
                sent += 1
                self._send_prepare(name, asked)
            if prepared is Prepare.NO:
                self._execute_send(asked, binary=binary)
            else:
                self._send_query_prepared(name, asked, binary=binary)
            for statement in closing:
                pgconn.send_query_params(statement, None)
            answers = yield from _answered(pgconn, sent)
        finally:
            _leave_pipeline(pgconn)
        key = connection._prepared.maybe_add_to_cache(asked, prepared, name)
        for answer in answers:
            self._check_results(answer)
        told = answers[-1 - len(closing)]
        if key is not None:
            connection._prepared.validate(key, prepared, name, told)
        if closing:
            connection.is_over()
        self._set_results(told)
        self._last_query = query
        yield from connection._prepared.maintain_gen(cast(Any, connection))


def _answered(pgconn: PGconn, sent: int) -> PQGen[Sequence[list[PGresult]]]:
    """The answers to so many commands of a pipeline, which ends here."""
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    answers = []
    for _ in range(sent):
        answers.append((yield from generators.fetch_many(pgconn)))
    # A limit of time that a statement met while it ended is told behind its own answer, and has undone it.
    while (told := (yield from generators.fetch_many(pgconn))) and told[0].status != ExecStatus.PIPELINE_SYNC:
        answers[-1] += told
    return answers


def _leave_pipeline(pgconn: PGconn) -> None:
    """A connection whose pipeline broke off midway is of no use to anybody."""
    try:
        pgconn.exit_pipeline_mode()
    except psycopg.OperationalError:
        pgconn.finish()
