"""The part of an address that names an object."""

import re

from flask import g, request
from werkzeug.routing import BaseConverter, Map

from app.records import registry, scope
from app.records.types import CUSTOM_PREFIX, ObjectType

PLACE = "described"


class ObjectConverter(BaseConverter):
    """An object by its name, as in `/companies`; what cannot be one matches no rule, whatever the method."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map)
        names = [re.escape(each.name) for each in registry.standard().every()]
        self.regex = "|".join((*names, CUSTOM_PREFIX + "[a-z0-9_]{1,60}"))

    def to_url(self, value: ObjectType | str) -> str:
        return value if isinstance(value, str) else value.name


def describe() -> None:
    """Give the view the object that its address names, as the tenant's own model has it; raises NotFound.

    Whose model that is, is known when somebody is in; what is hidden from that one is left out.
    """
    named = (request.view_args or {}).get(PLACE)
    if named is not None:
        assert request.view_args is not None
        described = registry.get(named)
        request.view_args[PLACE] = scope.seen(g.actor, described) if "actor" in g else described
