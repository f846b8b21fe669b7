"""What the error pages say: what happened, what it means, what one can do."""

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A title, a sentence, and whether trying again may help."""

    title: str
    sentence: str
    retry: bool = False


def problem_page(status: int) -> ProblemPage:
    """The words for an HTTP status, in the language of the request; an unknown one gets those of 500."""
    pages = {
        400: (
            _("That did not arrive as expected"),
            _("Go back and try once more; nothing was changed."),
            True,
        ),
        403: (
            _("You may see this, but not do it"),
            _("Your role does not include this. An owner or admin of the workspace can change that."),
            False,
        ),
        404: (
            _("This page is not here"),
            _("It was moved or deleted, the address has a slip, or it is not yours to see."),
            False,
        ),
        409: (
            _("Somebody was faster"),
            _("What you were changing has changed meanwhile. Look at it again; nothing of yours was saved."),
            True,
        ),
        429: (
            _("A moment, please"),
            _("That was many requests in a short time. It goes on in a minute."),
            True,
        ),
        503: (
            _("Back in a moment"),
            _("This workspace is being brought up to date. Nothing is lost; it takes a minute or two."),
            True,
        ),
    }
    unexpected = (
        _("That is our fault"),
        _("Something broke on our side and was recorded. Nothing half-done was saved."),
        True,
    )
    return ProblemPage(*pages.get(status, unexpected))
