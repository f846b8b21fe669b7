"""A registered app as Authlib wants to see clients."""

import hmac

from authlib.oauth2.rfc6749 import ClientMixin

from app.core.tokens import hashed
from app.domain.apps import queries
from app.domain.apps.models import App
from app.domain.apps.rules import AUTHORIZATION_CODE, redirect_matches


class Client(ClientMixin):
    """What an app may do on the way to its tokens."""

    def __init__(self, app: App) -> None:
        self.app = app

    def get_client_id(self) -> str:
        return self.app.client_id

    def get_default_redirect_uri(self) -> str | None:
        """The only address that is registered; where there are several the app must name one."""
        return self.app.redirect_uris[0] if len(self.app.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What is asked, all the app may have where nothing is; None where it asks for more."""
        if not scope or not scope.split():
            return " ".join(self.app.scopes)
        asked = list(dict.fromkeys(scope.split()))
        return " ".join(asked) if set(asked) <= set(self.app.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_matches(self.app.redirect_uris, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        given = hashed(client_secret)
        return any(hmac.compare_digest(given, known) for known in queries.secret_hashes(self.app))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A confidential app shows its secret everywhere; a public one has none and may look at no token."""
        if self.app.kind == "confidential":
            return method in {"client_secret_basic", "client_secret_post"}
        return method == "none" and endpoint != "introspection"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and AUTHORIZATION_CODE in self.app.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.app.grant_types
