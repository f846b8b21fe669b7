"""A mail as its sender designed it, as a page of its own for a frame."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core import html
from app.ui.headers import mail_policy


def frame(cleaned: str) -> Response:
    """The page: nothing runs in it, and pictures load only where `?pictures` asks for them."""
    pictures = "pictures" in request.args
    response = make_response(
        render_template(
            "web/mailboxes/designed.html",
            content=html.with_pictures(cleaned) if pictures else cleaned,
            offers_pictures=not pictures and html.has_pictures(cleaned),
            address=request.path,
        )
    )
    response.headers["Content-Security-Policy"] = mail_policy(pictures=pictures)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
