"""The authorization server on the base host: how an app gets its tokens (RFC 6749, OAuth 2.1)."""

from app.api.oauth import consent, device, metadata, token

# Importing a feature hangs its routes on the door.
FEATURES = (consent, device, metadata, token)
