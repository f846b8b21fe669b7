"""Headers that every answer carries."""

from flask import Flask, Response, g, request

from app.config import Settings
from app.core import storage

HSTS = "max-age=63072000; includeSubDomains"
PERMISSIONS = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=(), browsing-topics=()"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

# For the few answers that are given before the application is asked.
PLAIN = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Security-Policy", NOTHING),
    ("Cache-Control", "no-store"),
    *FIXED.items(),
)


def register(app: Flask, settings: Settings) -> None:
    """Add the headers to each answer of `app`."""
    fixed = [*FIXED.items(), ("Content-Security-Policy", content_policy(settings))]
    fixed += [("Strict-Transport-Security", HSTS)] if settings.secure else []
    told = [(name.lower(), name, value) for name, value in fixed]

    def add(response: Response) -> Response:
        # Looking each of them up in a list of headers would cost more than the rest of an answer's end.
        given = set(response.headers.keys(lower=True))
        for lowered, name, value in told:
            if lowered not in given:
                response.headers.add(name, value)
        if "x-request-id" not in given:
            response.headers.add("X-Request-Id", g.get("request_id", ""))
        if "cache-control" not in given and request.endpoint not in {"assets", "workspace_assets"}:
            response.headers.add("Cache-Control", "no-store")
        return response

    app.after_request(add)


def mail_policy(*, pictures: bool) -> str:
    """What a stranger's mail may do in its frame: be read, and lead elsewhere in a window of its own.

    With `pictures` it loads those that its sender keeps on a server.
    """
    return "; ".join(
        (
            "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
            "default-src 'none'",
            "style-src 'self'",
            "img-src https:" if pictures else "img-src 'none'",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def content_policy(settings: Settings, form_targets: str = "") -> str:
    """What a page may load: its own, and from the file store pictures and uploads' answers.

    Forms may also lead to the workspaces and back to the base host.

    `form_targets` are further places where the answer to a form may send the browser.
    """
    files = storage.public_place(settings)
    hosts = f"{settings.base_url} {settings.scheme}://*.{settings.server_name}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: {files}",
            "font-src 'self'",
            f"connect-src 'self' {files}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
            f"form-action 'self' {hosts} {form_targets}".rstrip(),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
