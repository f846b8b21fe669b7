"""Tokens for a device that a person has let in (RFC 8628 section 3.4)."""

from typing import Any, NoReturn

from authlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError
from authlib.oauth2.rfc8628 import (
    AuthorizationPendingError,
    DeviceCodeGrant,
    ExpiredTokenError,
    SlowDownError,
)

from app.api.oauth.grants import BY_SECRET_OR_NONE, Answer
from app.api.oauth.server import answer
from app.api.oauth.tenancy import by_id_if_open
from app.domain.apps import devices, tokens
from app.domain.apps.devices import Polled
from app.domain.apps.rules import REFRESH_TOKEN
from app.domain.members.models import Grant
from tenants.context import entered
from tenants.session import session

_REFUSALS = {
    "expired": ExpiredTokenError,
    "refused": AccessDeniedError,
    "waiting": AuthorizationPendingError,
    "early": SlowDownError,
}


class DeviceGrant(DeviceCodeGrant):
    """The device polls until somebody has typed its code."""

    TOKEN_ENDPOINT_AUTH_METHODS = BY_SECRET_OR_NONE

    def query_device_credential(self, device_code: str) -> Any:
        return _Held(devices.poll(device_code, self.request.polling.app), self.request.polling)

    def authenticate_token_endpoint_client(self) -> Any:
        self.request.polling = super().authenticate_token_endpoint_client()
        return self.request.polling

    def validate_device_credential(self, credential: Any) -> Polled:
        polled: Polled = credential.polled
        if polled.state != "allowed":
            _refuse(polled)
        return polled

    def create_token_response(self) -> Answer:
        polled: Polled = self.request.user
        tenant = by_id_if_open(polled.tenant_id) if polled.tenant_id else None
        if tenant is None:
            raise InvalidGrantError("The company is closed.")
        with entered(tenant):
            consent = session.get(Grant, polled.consent_id)
            if consent is None or consent.revoked_at is not None:
                raise InvalidGrantError("What was allowed was taken back.")
            devices.spend(self.request.payload.data["device_code"])
            renewable = polled.scopes if self.client.check_grant_type(REFRESH_TOKEN) else None
            return answer(tokens.issue(consent, polled.scopes, renewable=renewable))


class _Held:
    """A device's code as Authlib wants it."""

    def __init__(self, polled: Polled, client: Any) -> None:
        self.polled = polled
        self._client = client

    def get_client_id(self) -> str:
        client_id: str = self._client.get_client_id()
        return client_id


def _refuse(polled: Polled) -> NoReturn:
    refusal = _REFUSALS.get(polled.state)
    raise refusal() if refusal else InvalidGrantError("This device_code is not good, or no longer.")
