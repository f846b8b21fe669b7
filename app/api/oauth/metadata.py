"""What the authorization server can do, for programs to find out (RFC 8414)."""

from flask import Response, jsonify, url_for

from app.api.oauth.doors import for_programs, issuer, oauth
from app.core.permissions import SCOPES
from app.domain.apps.rules import GRANT_TYPES

BY_SECRET = ["client_secret_basic", "client_secret_post"]


@oauth.get("/.well-known/oauth-authorization-server")
@for_programs
def metadata() -> Response:
    """Endpoints, grants and scopes."""
    answer = jsonify(
        issuer=issuer(),
        authorization_endpoint=_address("oauth.authorize"),
        token_endpoint=_address("oauth.token"),
        revocation_endpoint=_address("oauth.revoke"),
        introspection_endpoint=_address("oauth.introspect"),
        device_authorization_endpoint=_address("oauth.begin_device"),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=list(GRANT_TYPES),
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=[*BY_SECRET, "none"],
        revocation_endpoint_auth_methods_supported=[*BY_SECRET, "none"],
        introspection_endpoint_auth_methods_supported=BY_SECRET,
        scopes_supported=list(SCOPES),
        authorization_response_iss_parameter_supported=True,
        service_documentation=f"{issuer()}/developers",
        ui_locales_supported=["en", "de"],
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@oauth.get("/.well-known/oauth-protected-resource/api/v1")
@oauth.get("/.well-known/oauth-protected-resource")
@for_programs
def resource_metadata() -> Response:
    """Who gives tokens for the API (RFC 9728)."""
    answer = jsonify(
        resource=f"{issuer()}/api/v1",
        authorization_servers=[issuer()],
        bearer_methods_supported=["header"],
        scopes_supported=list(SCOPES),
        resource_documentation=f"{issuer()}/developers",
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _address(endpoint: str) -> str:
    return f"{issuer()}{url_for(endpoint)}"
