"""The authorization server: each row of what OAuth 2.1 and RFC 9700 ask for."""
