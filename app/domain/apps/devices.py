"""Devices that cannot show a sign-in page: they wait while a person lets them in elsewhere (RFC 8628)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update

from app.core.clock import now
from app.core.tokens import hashed, new_secret
from app.domain.apps.models import App, DeviceCode
from app.domain.apps.rules import DEVICE_INTERVAL, DEVICE_LIFETIME, new_user_code, plain_user_code
from tenants.context import Mode, transactions
from tenants.engines import engines
from tenants.session import session

State = Literal["unknown", "expired", "early", "waiting", "refused", "allowed"]


@dataclass(frozen=True)
class Begun:
    """What a device gets: the secret it polls with, and the code it shows its person."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


@dataclass(frozen=True)
class Polled:
    """How far a device is; where it is allowed, under which consent of which company."""

    state: State
    scopes: tuple[str, ...] = ()
    tenant_id: UUID | None = None
    consent_id: UUID | None = None


def begin(app: App, scopes: Sequence[str]) -> Begun:
    """A device of `app` asks for `scopes`."""
    secret, user_code = new_secret(), new_user_code()
    session.add(
        DeviceCode(
            app_id=app.id,
            secret_hash=hashed(secret),
            user_code_hash=hashed(user_code),
            scopes=list(scopes),
            created_at=now(),
            expires_at=now() + DEVICE_LIFETIME,
        )
    )
    session.flush()
    return Begun(
        f"0.{secret}",
        user_code,
        int(DEVICE_LIFETIME.total_seconds()),
        int(DEVICE_INTERVAL.total_seconds()),
    )


def poll(device_code: str, app: App) -> Polled:
    """How far the device is; that it asked is remembered although the answer is a refusal."""
    zero, _, secret = device_code.partition(".")
    mine = select(DeviceCode).where(
        DeviceCode.secret_hash == hashed(secret if zero == "0" else ""), DeviceCode.app_id == app.id
    )
    found = session.scalar(mine.with_for_update())
    if found is None or found.state == "spent":
        return Polled("unknown")
    if found.expires_at <= now():
        return Polled("expired")
    if found.state == "refused":
        return Polled("refused")
    if found.state == "allowed":
        return Polled("allowed", tuple(found.scopes), found.tenant_id, found.consent_id)
    return Polled("early" if _is_early(found) else "waiting")


def _is_early(found: DeviceCode) -> bool:
    """Whether the device asks sooner than it was told; noted in a transaction that commits by itself."""
    last, code_id = found.polled_at, found.id
    session.rollback()
    statement = update(DeviceCode).where(DeviceCode.id == code_id).values(polled_at=now())
    with transactions(Mode()), engines().catalogue.begin() as connection:
        connection.execute(statement)
    return last is not None and now() - last < DEVICE_INTERVAL * 0.8


def spend(device_code: str) -> None:
    """The device has its tokens; it gets none again."""
    _, _, secret = device_code.partition(".")
    mine = update(DeviceCode).where(DeviceCode.secret_hash == hashed(secret))
    session.execute(mine.values(state="spent"))


def waiting(typed: str, *, hold: bool = False) -> DeviceCode | None:
    """The device that shows this code, if it still waits; `hold` lets nobody else decide meanwhile."""
    statement = select(DeviceCode).where(
        DeviceCode.user_code_hash == hashed(plain_user_code(typed)),
        DeviceCode.state == "waiting",
        DeviceCode.expires_at > now(),
    )
    return session.scalar(statement.with_for_update() if hold else statement)


def allow(device: DeviceCode, tenant_id: UUID, consent_id: UUID) -> None:
    """Let the device in under a consent."""
    device.state, device.tenant_id, device.consent_id = "allowed", tenant_id, consent_id
    session.flush()


def refuse(device: DeviceCode) -> None:
    """Tell the device no."""
    device.state = "refused"
    session.flush()
