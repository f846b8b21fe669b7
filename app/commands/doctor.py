"""doctor: what runs, what is reached, what is behind, what is set wrong, and what to do about it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from app.commands import _check_backups, _check_connections, _check_plans, _environment, _output
from app.commands._checks import CHECKS, Row
from stack import memory

MARKS = {"ok": ("ok", "green"), "warning": ("look", "yellow"), "failed": ("BAD", "red")}


@click.command()
@_output.json_option
def command(as_json: bool) -> None:
    """Look at every part and say what is wrong and what helps; exit code 1 when something has failed."""
    settings = _environment.settings()
    checks = (
        *CHECKS,
        _check_connections.check,
        _check_backups.check,
        _check_backups.agreement,
        _check_plans.check,
    )
    rows = [row for check in checks for row in check(settings)]
    rows += _parts()
    failed = any(row.state == "failed" for row in rows)
    words = "\n".join(_line(row) for row in rows)
    _output.show(as_json, {"ok": not failed, "checks": [asdict(row) for row in rows]}, words)
    sys.exit(1 if failed else 0)


def _parts() -> Iterator[Row]:
    """The memory of the parts that are ours."""
    found = memory.by_part(_environment.data_dir())
    if found:
        each = ", ".join(f"{name} {size:.0f}" for name, size in found.items())
        yield Row("parts", "ok", f"{each}: {sum(found.values()):.0f} MB in all")


def _line(row: Row) -> str:
    mark, colour = MARKS[row.state]
    remedy = f"\n{'':16}-> {row.remedy}" if row.remedy else ""
    return f"{click.style(f'{mark:<4}', fg=colour)}  {row.part:<9} {row.text}{remedy}"
