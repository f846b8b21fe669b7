"""Tenants made ahead of need, and claimed by one UPDATE when a company signs up."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, case, exc, func, literal_column, select, update

from tenants import building, catalogue, placing, revisions, slugs
from tenants.breaker import CellDown
from tenants.context import Mode, Tenant, transactions
from tenants.direct import ending
from tenants.engines import engines
from tenants.models import PASSING, SIGNED_UP, SPARE, Bucket, Cell, Plan, TenantRecord

# An inline build may lose its spare to a neighbour; each try builds one more, so nobody starves.
_TRIES = 20


class SlugTaken(Exception):
    """Another tenant has this address, or it is reserved or no address at all."""


class PoolEmpty(RuntimeError):
    """Others were faster again and again."""


def claim(
    slug: str,
    name: str,
    region: str | None = None,
    signup_id: UUID | None = None,
    plan: str | None = None,
) -> Tenant:
    """Give a spare to a company; it is in state 'claimed' until `activate`, and begins with that `plan`.

    It lies in the emptiest cell of `region` (None: of all) that has a spare; where none has, one is built at
    once. Commits by itself, in the control database only. The same `signup_id` gets the same tenant again,
    unless its cell went down before the sign-up was finished. Raises SlugTaken and NoRoom.
    """
    if slugs.fault(slug) is not None:
        raise SlugTaken(slug)
    for _ in range(_TRIES):
        if (tenant := _claim_spare(slug, name, region, signup_id, plan)) is not None:
            if not _is_lost(tenant):
                return tenant
            release(tenant)
            continue
        with suppress(CellDown):  # then the next one is the emptiest
            building.build(placing.emptiest(region))
    raise PoolEmpty(f"no spare could be had for {slug}")


def activate(tenant: Tenant) -> Tenant:
    """The sign-up is complete: the tenant's owner and settings stand."""
    return set_state(tenant, "active")


def activating(tenant: Tenant) -> Update:
    """What `activate` does where the claim still waits for its owner, as a part of another statement.

    Where the plan has a trial it begins. It returns the tenant's `id`. Of several at once one has its turn,
    the others wait and change nothing.
    """
    record = TenantRecord
    mine = update(record).where(record.id == tenant.id, record.state == "claimed")
    days = select(Plan.trial_days).where(Plan.id == record.plan_id, Plan.trial_days > 0).scalar_subquery()
    return mine.values(
        state=case((days.is_not(None), "trial"), else_="active"),
        trial_ends_at=func.now() + func.make_interval(0, 0, 0, days),
        state_changed_at=func.now(),
    ).returning(record.id)


def release(tenant: Tenant) -> None:
    """Give up a claim that will not be finished: its address is free again, its schema waits for removal.

    Nothing happens where it was finished in the meantime.
    """
    _update(
        tenant,
        TenantRecord.state == "claimed",
        slug=None,
        signup_id=None,
        state="deleting",
        state_changed_at=func.now(),
    )


def abandoned_claims(older_than_seconds: int = 600) -> list[Tenant]:
    """Claims that nobody finished."""
    age = func.make_interval(0, 0, 0, 0, 0, 0, older_than_seconds)
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        ids = connection.scalars(
            select(TenantRecord.id).where(
                TenantRecord.state == "claimed", TenantRecord.claimed_at < func.now() - age
            )
        ).all()
    return [tenant for tenant in map(catalogue.by_id, ids) if tenant]


def set_state(
    tenant: Tenant, state: str, reason: str = "", *, only_from: Collection[str] = SIGNED_UP
) -> Tenant:
    """Move a company's tenant to another state, for a `reason` that it reads; every process follows.

    PASSING states remember where they lead back to: see `go_back`. Nothing happens where the tenant is in
    none of `only_from`, whatever this process knew of it.
    """
    with transactions(Mode()), engines().catalogue.begin() as connection:
        connection.execute(changing_state(tenant, state, reason, only_from=only_from))
    catalogue.forget(tenant)
    return _claimed(tenant.id)


def changing_state(
    tenant: Tenant, state: str, reason: str = "", *, only_from: Collection[str] = SIGNED_UP
) -> Update:
    """What `set_state` does, for a transaction that has more to do; the caller forgets the tenant then."""
    if state not in SIGNED_UP:
        raise ValueError(f"not a state of a tenant: {state}")
    record = TenantRecord
    before = case((record.state.in_(PASSING), record.state_before), else_=record.state)
    return (
        update(record)
        .where(record.id == tenant.id, record.state.in_(only_from))
        .values(
            state=state,
            state_reason=reason,
            state_before=before if state in PASSING else None,
            state_changed_at=func.now(),
        )
    )


def go_back(tenant: Tenant) -> Tenant:
    """End a PASSING state: the tenant is again what it was before."""
    record = TenantRecord
    _update(
        tenant,
        record.state.in_(PASSING),
        state=func.coalesce(record.state_before, "active"),
        state_reason="",
        state_before=None,
        delete_after=None,
        state_changed_at=func.now(),
    )
    return _claimed(tenant.id)


def rename(tenant: Tenant, *, slug: str | None = None, name: str | None = None) -> Tenant:
    """Another address or name; nothing in the tenant's database moves. Raises SlugTaken."""
    if slug is not None and slugs.fault(slug) is not None:
        raise SlugTaken(slug)
    changes = {key: value for key, value in (("slug", slug), ("name", name)) if value is not None}
    try:
        _update(tenant, **changes)
    except exc.IntegrityError as error:
        raise SlugTaken(slug) from error
    return _claimed(tenant.id)


def is_free(slug: str) -> bool:
    """Whether the address could be claimed now."""
    if slugs.fault(slug) is not None:
        return False
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return connection.scalar(select(TenantRecord.id).where(TenantRecord.slug == slug)) is None


def ensure_spares(wanted: int) -> int:
    """Build until each open cell has `wanted` spares at the newest revision; how many were built.

    Also finishes or removes what a killed builder left. Several callers at once do not overbuild.
    """
    return sum(building.fill(cell, wanted) for cell in _open_cells())


def build_spare() -> str:
    """Build one spare in the emptiest cell; its schema's name."""
    return building.build(placing.emptiest())


def _claim_spare(
    slug: str, name: str, region: str | None, signup_id: UUID | None, plan: str | None
) -> Tenant | None:
    record, room = TenantRecord, placing.rooms(region)
    spare = (
        select(record.id)
        .join(room, room.c.id == record.cell_id)
        .where(record.state == SPARE, record.schema_rev.not_in(revisions.behind()))
        .order_by(room.c.full, room.c.id, record.created_at)
        .limit(literal_column("1"))
        .with_for_update(skip_locked=True, of=record)
        .scalar_subquery()
    )
    statement = (
        update(record)
        .where(record.id == spare)
        .values(
            slug=slug, name=name, signup_id=signup_id, state="claimed",
            claimed_at=func.now(), state_changed_at=func.now(),
            plan_id=select(Plan.id).where(Plan.id == plan).scalar_subquery(),
        )
        .where(Bucket.id == record.bucket_id)
        .returning(*catalogue.COLUMNS)
    )  # fmt: skip
    try:
        with transactions(Mode()), engines().catalogue.begin() as connection:
            row = ending(connection).execute(statement).one_or_none()
            return Tenant(*tuple(row)) if row else None
    except exc.IntegrityError as error:
        known = catalogue.by_signup(signup_id) if signup_id else None
        if known is None:
            raise SlugTaken(slug) from error
        # Taken up again: the sweeper gives it as long as a new one.
        _update(known, TenantRecord.state == "claimed", claimed_at=func.now())
        return known


def _is_lost(tenant: Tenant) -> bool:
    """Whether an unfinished claim lies in a cell that does not answer: nothing of it was ever used."""
    return tenant.state == "claimed" and engines().breakers.of(tenant.cell).is_open


def _claimed(tenant_id: UUID) -> Tenant:
    tenant = catalogue.by_id(tenant_id)
    if tenant is None:
        raise LookupError(f"no such tenant: {tenant_id}")
    return tenant


def _update(tenant: Tenant, *conditions: ColumnElement[bool], **changes: Any) -> None:
    mine = update(TenantRecord).where(TenantRecord.id == tenant.id, *conditions)
    with transactions(Mode()), engines().catalogue.begin() as connection:
        connection.execute(mine.values(**changes))
    catalogue.forget(tenant)


def _open_cells() -> Sequence[str]:
    with transactions(Mode(read_only=True)), engines().catalogue.begin() as connection:
        return connection.scalars(select(Cell.id).where(Cell.state == "open").order_by(Cell.id)).all()
