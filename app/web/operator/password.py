"""The password once more, before an operator goes on."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.operators import people
from app.ui.errors import by_field
from app.ui.http import own_path, see_other
from app.ui.signed_in import where
from app.web.operator.doors import operator, who


@operator.get("/password")
def ask_password() -> str:
    """Ask for it."""
    return _form()


@operator.post("/password")
def give_password() -> Response:
    """Take it, and go on to where the operator wanted."""
    try:
        people.prove(who(), request.form.get("password", ""), where())
    except Invalid as refused:
        return make_response(_form(refused), 422)
    return see_other(_wish())


def _form(refused: Invalid | None = None) -> str:
    return render_template(
        "web/operator/password.html", email=who().identity.email, wish=_wish(), errors=by_field(refused)
    )


def _wish() -> str:
    path = own_path(request.values.get("next"), "/operator")
    return path if path.startswith("/operator") else "/operator"
