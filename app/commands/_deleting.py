"""tenant delete: a company is closed, may be opened again for some weeks, and is then removed."""

from datetime import datetime
from typing import Any

import click

from app.commands import _output
from app.commands._taking import Told, at_work, find
from app.domain.lifecycle import closing, deleting
from stack.errors import StackError
from tenants import removal
from tenants.context import Tenant
from tenants.session import unit_of_work


@click.command()
@click.argument("slug")
@click.option("--days", type=click.IntRange(1, 365), default=closing.GRACE_DAYS, show_default=True,
              help="How long it can be opened again.")  # fmt: skip
@click.option("--reason", default="", help="What its members read.")
@click.option("--keep", is_flag=True, help="Open it again: nothing is removed.")
@click.option("--now", is_flag=True, help="Remove it at once, for good.")
@click.option("--yes", is_flag=True, help="Do not ask before --now.")
@_output.json_option
def delete(*, slug: str, days: int, reason: str, keep: bool, now: bool, yes: bool, as_json: bool) -> None:
    """Close a company; after its days of grace everything of it is removed, and its owners get a receipt.

    Its owners are told by mail at once, seven days and one day before; they too can open it again. The same
    command with --now goes on with a removal that was killed.
    """
    if keep and now:
        raise StackError("Say one of --keep and --now.")
    with at_work(as_json) as (_, told):
        tenant = find(slug)
        if now:
            receipt = _remove(tenant, told, is_sure=yes)
            _output.show(as_json, receipt, _receipt(receipt))
        elif keep:
            with unit_of_work():
                closing.undo(tenant)
            _output.show(as_json, {"slug": slug, "state": find(slug).state}, f"{tenant.name} is open again.")
        else:
            with unit_of_work():
                until = closing.begin(tenant, days, reason)
            document = {"slug": slug, "state": "deleting", "delete_after": until}
            _output.show(as_json, document, _closed(tenant, until))


def _closed(tenant: Tenant, until: datetime) -> str:
    return (
        f"{tenant.name} is closed and will be removed on {until:%Y-%m-%d %H:%M} UTC; its owners are told."
        f" ./kith tenant delete {tenant.slug} --keep opens it again."
    )


def _remove(tenant: Tenant, told: Told, *, is_sure: bool) -> dict[str, Any]:
    if not is_sure:
        typed = click.prompt(f"All of {tenant.name} goes for good. Write {tenant.slug} to go on", err=True)
        if typed.strip() != tenant.slug:
            raise StackError("Nothing was removed.")
    with unit_of_work():
        if tenant.state == "deleting":
            closing.hasten(tenant)
        else:
            closing.begin(tenant, days=0)
    ending = next((each for each in removal.due(100_000) if each.id == tenant.id), None)
    receipt = deleting.remove(ending, told) if ending else None
    if receipt is None:
        raise StackError(f"{tenant.name} is being removed by somebody else just now.")
    return receipt


def _receipt(receipt: dict[str, Any]) -> str:
    removed = receipt["removed"]
    rows, people = sum(removed["rows"].values()), removed["catalogue"].get("identities", 0)
    return (
        f"Removed: {rows:,} rows, {removed['files']:,} files, {people} people."
        f" Backups hold it until {receipt['backups_until'][:10]}."
        f" Receipt {receipt['id']}: {receipt['digest']}"
    )
