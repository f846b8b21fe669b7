"""Jinja as our pages use it: many small macros out of many files."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment


class Environment(FlaskEnvironment):
    """Flask's environment whose templates take the globals as they are when the template is first loaded.

    Jinja's own chain of maps is walked key by key for each import of each page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}
