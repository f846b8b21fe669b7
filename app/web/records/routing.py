"""The part of an address that names an object."""

from werkzeug.routing import BaseConverter, ValidationError

from app.core.errors import NotFound
from app.records import registry
from app.records.types import ObjectType


class ObjectConverter(BaseConverter):
    """An object by its name, as in `/companies`; what is no object matches no rule."""

    regex = r"[a-z][a-z0-9_]*"

    def to_python(self, value: str) -> ObjectType:
        try:
            return registry.get(value)
        except NotFound:
            raise ValidationError from None

    def to_url(self, value: ObjectType | str) -> str:
        return value if isinstance(value, str) else value.name
