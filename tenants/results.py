"""Results of statements that are sent as they are written: what follows from their columns' names is kept."""

from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGExecutionContext_psycopg
from sqlalchemy.engine.cursor import CursorResult, CursorResultMetaData

MOST = 4096

_Names = tuple[str, ...]
_known: dict[_Names, CursorResultMetaData] = {}


class Context(PGExecutionContext_psycopg):
    """An execution; compiled statements keep their columns themselves."""

    def _setup_result_proxy(self) -> Any:
        if self.compiled is None and not self.execution_options and (names := self._names()):
            return _Result(self, self.cursor_fetch_strategy, names)  # type: ignore[arg-type]
        return super()._setup_result_proxy()  # type: ignore[no-untyped-call]

    def _names(self) -> _Names:
        told: Any = getattr(self.cursor, "pgresult", None)
        return tuple(told.fname(number) for number in range(told.nfields)) if told else ()


class _Result(CursorResult[Any]):
    """Rows as the driver gives them: without types of ours, names are all there is to know of a column."""

    def _init_metadata(self, context: Any, cursor_description: Any) -> CursorResultMetaData:
        names: _Names = cursor_description
        known = _known.get(names)
        if known is None:
            known = CursorResultMetaData(self, context.cursor.description)
            if len(_known) < MOST:
                _known[names] = known
        self._metadata = known
        return known
