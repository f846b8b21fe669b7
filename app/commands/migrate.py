"""migrate: the control database, the cells and every tenant's schema at their newest revision."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import click
import psycopg

from app.commands import _environment, _guarantees, _output
from app.commands._progress import Bars
from stack.errors import StackError
from tenants import engines, revisions, runner
from tenants.bootstrap import bootstrap

WORKERS = 2
RETRY = "Correct the cause and run ./kith migrate again: it takes up what is behind, and nothing else."
MOST_SHOWN = 20

_Told = TypeVar("_Told")


@click.command()
@click.option("--plan", is_flag=True, help="Tell what there is to do, and do nothing.")
@click.option("--failed", is_flag=True, help="Tell which tenants could not be migrated, and why.")
@click.option("--later", is_flag=True, help="Do what revisions have left for later: indexes of large tables.")
@click.option(
    "--workers", type=click.IntRange(1, 32), default=WORKERS, show_default=True, help="In each cell."
)
@click.option("--check/--no-check", default=True, help="Attack each cell afterwards, as ./kith doctor does.")
@_output.json_option
def command(*, plan: bool, failed: bool, later: bool, workers: int, check: bool, as_json: bool) -> None:
    """Bring all databases to the newest revision; a run that was interrupted goes on where it was."""
    settings = _environment.settings()
    engines.configure(settings.database_url, settings.secret_keys)
    if plan:
        _show_plan(as_json)
    elif failed:
        _show_failed(as_json)
    elif later:
        _later(as_json)
    else:
        if settings.admin_database_url:
            bootstrap(settings.admin_database_url, settings.database_url, settings.secret_keys)
        _migrate(workers, is_checked=check, as_json=as_json)


def _show_plan(as_json: bool) -> None:
    found = _asked(runner.plan)
    document = {"head": revisions.head("tenant"), "cells": [asdict(each) for each in found]}
    _output.show(as_json, document, "\n".join(map(_planned, found)))


def _planned(found: runner.CellPlan) -> str:
    if found.error:
        return f"{found.cell} does not answer: {found.error}"
    left = "".join(f"\n{found.cell}: {count} left for later of {rev}" for rev, count in found.later.items())
    if not found.behind:
        return f"{found.cell}: nothing to do{left}"
    head = revisions.head("tenant")
    each = ", ".join(f"{count} from {rev} to {head}" for rev, count in found.behind.items())
    return f"{found.cell}: {sum(found.behind.values())} tenants and spares, {each}{left}"


def _show_failed(as_json: bool) -> None:
    found = _asked(runner.parked)
    lines = [
        f"{each.cell}  {each.slug or '(spare)'}  {each.schema}  to {each.revision}  {each.at:%Y-%m-%d %H:%M}"
        f"\n    {each.reason}"
        for each in found
    ]
    _output.show(
        as_json, [asdict(each) for each in found], "\n".join([*lines, RETRY] if lines else ["None."])
    )


def _later(as_json: bool) -> None:
    try:
        with Bars(is_quiet=as_json) as bars:
            report = _asked(lambda: runner.later(bars.show))
    except runner.Busy as busy:
        raise StackError(f"{busy}. Wait until it is done, then try again.") from None
    document = {"done": report.migrated, "failed": report.failed, "broken": report.broken}
    _output.show(as_json, document, f"Done in {report.migrated} schemas")
    if report.broken or report.failed:
        raise StackError(_trouble(report, len(report.failed)))


def _migrate(workers: int, *, is_checked: bool, as_json: bool) -> None:
    try:
        with Bars(is_quiet=as_json) as bars:
            report = _asked(lambda: runner.migrate(bars.show, workers))
    except runner.Busy as busy:
        raise StackError(f"{busy}. Wait until it is done, then try again.") from None
    reached = [each.cell for each in report.cells if is_checked and not each.error]
    guarantees = _guarantees.of_cells(reached)
    failed = [each for each in runner.parked() if each.schema in report.failed]
    document: dict[str, Any] = {
        "migrated": report.migrated,
        "failed": {each.schema: {"slug": each.slug, "error": each.error} for each in failed},
        "broken": report.broken,
        "guarantees": guarantees,
    }
    _output.show(as_json, document, "\n".join([*_done(report), *_guarantees.lines(guarantees)]))
    if not as_json:
        for each in failed[:MOST_SHOWN]:
            click.echo(f"  {each.slug or '(spare)'} in {each.cell}: {each.reason}", err=True)
    if report.broken or failed:
        raise StackError(_trouble(report, len(failed)))


def _done(report: runner.Report) -> list[str]:
    if report.broken or report.failed:
        return [f"{report.migrated} tenants were brought to the newest revision"]
    if any(each.later for each in runner.plan()):
        return [f"{report.migrated} tenants were behind. Something is left for later: ./kith migrate --later"]
    return [f"All databases are at their newest revision; {report.migrated} tenants were behind"]


def _trouble(report: runner.Report, failed: int) -> str:
    told = [f"{cell} could not be finished: {why}." for cell, why in report.broken.items()]
    if failed:
        told.append(f"{failed} tenants could not be migrated; ./kith migrate --failed lists them.")
    return " ".join([*told, RETRY])


def _asked(act: Callable[[], _Told]) -> _Told:
    try:
        return act()
    except psycopg.OperationalError as error:
        first = (str(error).strip().splitlines() or ["no answer"])[0]
        raise StackError(f"The control database does not answer: {first}") from None
