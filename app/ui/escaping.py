"""Escaping where a page does it hundreds of times: what is behind markupsafe, without its wrapping."""

from collections.abc import Callable

from markupsafe._speedups import _escape_inner

# Takes and returns plain text; `&`, `<`, `>`, `"` and `'` become references (tests/ui/test_cells.py).
escape: Callable[[str], str] = _escape_inner
