"""The part of an address that names an object."""

import re

from werkzeug.routing import BaseConverter, Map

from app.records import registry
from app.records.types import ObjectType


class ObjectConverter(BaseConverter):
    """An object by its name, as in `/companies`; what is none matches no rule, whatever the method."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map)
        self.regex = "|".join(re.escape(each.name) for each in registry.every())

    def to_python(self, value: str) -> ObjectType:
        return registry.get(value)

    def to_url(self, value: ObjectType | str) -> str:
        return value if isinstance(value, str) else value.name
