"""What a sign-up must bring along. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.core.errors import Problem
from app.core.text import N_
from app.domain.identities.rules import clean_name, email_problem, name_problem, password_problem
from app.domain.workspace.rules import Workspace
from app.domain.workspace.rules import problems as setting_problems
from tenants import slugs

# Who comes with an older form is asked to send it again.
LONGEST_OPEN_SECONDS = 7 * 24 * 3600

FAULTS = {
    "empty": N_("Choose an address."),
    "short": N_("Use at least two characters."),
    "long": N_("Use at most 40 characters."),
    "characters": N_("Use small letters, digits and hyphens only."),
    "hyphens": N_("Begin and end with a letter or digit, and use single hyphens."),
    "digits": N_("Use at least one letter."),
    "reserved": N_("Kith keeps this address for itself. Choose another."),
    "taken": N_("Another company has this address. Choose another."),
    "full": N_("There is no room in this place just now. Choose another."),
}


@dataclass(frozen=True)
class Request:
    """What a company tells when it signs up; `workspace` holds the guessed or chosen settings.

    `region` is where its data is to lie, empty for wherever there is most room.
    """

    company: str
    name: str
    email: str
    password: str = field(repr=False)
    slug: str = ""
    workspace: Workspace = field(default_factory=Workspace)
    region: str = ""

    def settled(self) -> "Request":
        """The same with clean names and the company's own in the settings."""
        company = clean_name(self.company)
        return replace(
            self, company=company, name=clean_name(self.name), slug=self.slug.strip().lower(),
            workspace=replace(self.workspace, company=company),
        )  # fmt: skip


def problems(request: Request) -> list[Problem]:
    """Everything that is wrong, each at its field."""
    found = [
        name_problem(request.company, "company", N_("Enter your company's name."), 120),
        name_problem(request.name, "name", N_("Enter your name.")),
        email_problem(request.email),
        password_problem(request.password, (request.company, request.name, request.email, request.slug)),
        slug_problem(request.slug),
    ]
    settings = {
        key: getattr(request.workspace, key) for key in ("time_zone", "language", "currency", "week_start")
    }
    return [problem for problem in found if problem] + setting_problems(settings)


def robot_problem(trap: str, signup_id: UUID, at: datetime, least_seconds: float) -> Problem | None:
    """What tells that no person has filled the form: the field that nobody sees, or that it took no time.

    The id of the sign-up is a UUIDv7 (RFC 9562) and tells when the form was opened.
    """
    if trap:
        return Problem(
            "form", "robot", N_("This form was filled by a program. Leave the hidden field empty.")
        )
    opened = signup_id.int >> 80
    took = at.timestamp() - opened / 1000
    if least_seconds and not least_seconds <= took < LONGEST_OPEN_SECONDS:
        return Problem("form", "hasty", N_("That was very quick. Please send it once more."))
    return None


def slug_problem(slug: str, path: str = "slug") -> Problem | None:
    """What is wrong with an address that a company chose."""
    fault = slugs.fault(slug)
    return Problem(path, fault, FAULTS[fault]) if fault else None
