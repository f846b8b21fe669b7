"""A transaction begins without a round trip of its own: what opens it goes out with its first statement."""

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

    def open_with(self, opening: tuple[bytes, ...]) -> None:
        """Send these statements before, or together with, whatever is sent next."""
        self._opening = opening

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
        return self.pgconn.transaction_status == TransactionStatus.IDLE


class OpeningCursor(psycopg.Cursor[TupleRow]):
    """A cursor that sends its connection's opening in one pipeline with the statement it is given.

    The server takes them one after the other and none after one that failed, so a statement runs in the
    transaction that was meant or not at all.
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
        if connection._pipeline or not (opening := connection.take_opening()):
            yield from super()._execute_gen(query, params, prepare=prepare, binary=binary)
            return
        yield from self._start_query(query)
        asked = self._convert_query(query, params)
        prepared, name = self._get_prepared(asked, prepare)
        pgconn, sent = self._pgconn, len(opening) + 1
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
            answers = yield from _answered(pgconn, sent)
        finally:
            _leave_pipeline(pgconn)
        key = connection._prepared.maybe_add_to_cache(asked, prepared, name)
        for answer in answers:
            self._check_results(answer)
        if key is not None:
            connection._prepared.validate(key, prepared, name, answers[-1])
        self._set_results(answers[-1])
        self._last_query = query
        yield from connection._prepared.maintain_gen(cast(Any, connection))


def _answered(pgconn: PGconn, sent: int) -> PQGen[Sequence[list[PGresult]]]:
    """The answers to so many commands of a pipeline, which ends here."""
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    answers = []
    for _ in range(sent):
        answers.append((yield from generators.fetch_many(pgconn)))
    yield from generators.fetch_many(pgconn)
    return answers


def _leave_pipeline(pgconn: PGconn) -> None:
    """A connection whose pipeline broke off midway is of no use to anybody."""
    try:
        pgconn.exit_pipeline_mode()
    except psycopg.OperationalError:
        pgconn.finish()
