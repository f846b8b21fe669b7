"""What a command prints: words for a person, or one JSON document."""

import json
from collections.abc import Callable
from typing import Any

import click

json_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)


def show(as_json: bool, document: Any, words: str) -> None:
    """Prints `document` as JSON or `words`, as the person asked."""
    click.echo(json.dumps(document, indent=2, default=str) if as_json else words)
