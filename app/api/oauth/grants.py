"""The four ways to a token: a code, a refresh token, an app by itself, a device."""

from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidScopeError, UnauthorizedClientError

from app.api.oauth.server import answer
from app.api.oauth.tenancy import by_id_if_open
from app.domain.apps import codes, consents, tokens
from app.domain.apps.codes import Code
from app.domain.apps.rules import REFRESH_TOKEN
from app.domain.members.models import Grant
from tenants.context import entered, maybe_current

BY_SECRET = ["client_secret_basic", "client_secret_post"]
BY_SECRET_OR_NONE = [*BY_SECRET, "none"]
Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class HeldCode:
    """A code as Authlib wants it."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.challenge = code.challenge

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.code.scopes)


class CodeGrant(grants.AuthorizationCodeGrant):
    """A person consents in the browser, the app fetches its tokens; `request.user` is the consent."""

    TOKEN_ENDPOINT_AUTH_METHODS = BY_SECRET_OR_NONE

    def generate_authorization_code(self) -> str:
        return tokens.fresh()

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload
        codes.store(
            code,
            request.user,
            request.scope.split(),
            asked.redirect_uri or "",
            asked.data["code_challenge"],
        )

    def query_authorization_code(self, code: str, client: Any) -> HeldCode | None:
        found = codes.redeemable(code, client.app) if maybe_current() else None
        return HeldCode(found) if found else None

    def create_token_response(self) -> Answer:
        code = self.request.authorization_code.code
        codes.spend(code)
        issued = tokens.issue(
            code.consent,
            code.scopes,
            family_id=code.grant.family_id,
            renewable=code.scopes if self.client.check_grant_type(REFRESH_TOKEN) else None,
        )
        return answer(issued)


class RefreshGrant(grants.RefreshTokenGrant):
    """Tokens for a refresh token, which is good once: no grace, the second use ends the family."""

    TOKEN_ENDPOINT_AUTH_METHODS = BY_SECRET_OR_NONE

    def _validate_request_token(self, client: Any) -> Grant:
        token = self.request.form.get("refresh_token", "")
        found = tokens.redeemable(token, client.app) if maybe_current() else None
        if found is None:
            raise InvalidGrantError("This refresh_token is not good, or no longer.")
        return found

    def _validate_token_scope(self, token: Grant) -> None:
        asked = (self.request.payload.scope or "").split()
        if not set(asked) <= set(token.data["scopes"]):
            raise InvalidScopeError()
        self.request.scope = " ".join(dict.fromkeys(asked)) or " ".join(token.data["scopes"])

    def create_token_response(self) -> Answer:
        return answer(tokens.exchange(self.request.refresh_token, self.request.scope.split()))


class ClientGrant(grants.ClientCredentialsGrant):
    """An app acts by itself, in the company that registered it, as far as that company lets it."""

    TOKEN_ENDPOINT_AUTH_METHODS = BY_SECRET

    def create_token_response(self) -> Answer:
        app = self.client.app
        tenant = by_id_if_open(app.tenant_id) if app.tenant_id else None
        if tenant is None:
            raise UnauthorizedClientError("The company of this app is closed.")
        with entered(tenant):
            consent = consents.of_company(app)
            if consent is None:
                raise UnauthorizedClientError("The company does not let this app in any more.")
            asked = dict.fromkeys((self.request.payload.scope or "").split() or consent.data["scopes"])
            if not set(asked) <= set(consent.data["scopes"]):
                raise InvalidScopeError("The company did not give the app all of these scopes.")
            return answer(tokens.issue(consent, tuple(asked)))
