"""A record that was merged into another leads there: 404 as all that is gone, with the id to use now."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response

from app.api.answers import path_of
from app.api.doors import actor, api
from app.api.problems import problem
from app.core.errors import NotFound
from app.records import scope
from app.records.joining import absorbed
from app.records.types import ObjectType

View = Callable[..., Response]


class MergedInto(NotFound):
    """There is no such record any more; `into` is what it was merged into."""

    def __init__(self, object_name: str, into: UUID) -> None:
        super().__init__(object_name)
        self.object_name = object_name
        self.into = into


def leads_on(view: View) -> View:
    """Let a view of one record tell where to go on, to whoever sees the record that stayed."""

    @wraps(view)
    def asked(described: ObjectType, record_id: UUID, **more: Any) -> Response:
        try:
            return view(described, record_id, **more)
        except NotFound:
            into = absorbed.into(described.name, record_id)
            if into is None or into not in scope.visible(actor(), described.name, [into]):
                raise
            raise MergedInto(described.name, into) from None

    return asked


@api.errorhandler(MergedInto)
def _merged(error: MergedInto) -> Response:
    path = path_of(error.into, error.object_name)
    headers = {"Link": f'<{path}>; rel="successor-version"'}
    return problem("merged", headers=headers, merged_into={"id": str(error.into), "path": path})
