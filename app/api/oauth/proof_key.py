"""Proof keys (RFC 7636) as OAuth 2.1 wants them: S256, from every app."""

import hmac
import re
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class ProofKey(CodeChallenge):
    """Authlib asks public clients only, takes `plain`, and by default; here everybody owes S256."""

    def validate_code_challenge(self, grant: Any, _redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge_method of S256 is needed.")
        if not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
            raise InvalidRequestError("A code_challenge of 43 characters is needed.")

    def validate_code_verifier(self, grant: Any, _result: Any) -> None:
        verifier = grant.request.form.get("code_verifier", "")
        if not _VERIFIER.fullmatch(verifier):
            raise InvalidRequestError("A code_verifier of 43 to 128 characters is needed.")
        expected = grant.request.authorization_code.challenge
        if not hmac.compare_digest(create_s256_code_challenge(verifier), expected):
            raise InvalidGrantError("The code_verifier does not belong to this code.")
