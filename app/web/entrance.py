"""The landing page and sign-up."""

import uuid
from dataclasses import replace

from flask import Response, current_app, jsonify, make_response, render_template, request
from flask.json import dumps
from werkzeug.wrappers import Response as Answer

from app.core.clock import now
from app.core.errors import Invalid, NotAllowed
from app.core.ids import new_id, parse_id
from app.domain.identities import attempts, queries
from app.domain.identities.rules import normal_email
from app.domain.signup import actions, rules
from app.domain.signup.rules import Request
from app.domain.workspace import rules as workspace
from app.domain.workspace.rules import Workspace
from app.ui.errors import by_field, say
from app.ui.say import gettext as _
from app.ui.signed_in import hand_over, sign_in, signed_in, where
from app.ui.translate import language
from app.web.doors import base
from app.web.landing import example
from tenants import placing, provisioning


@base.get("/")
def landing() -> str:
    """What Kith is, on one screen."""
    who = signed_in()
    return render_template(
        "web/entrance/landing.html",
        who=who,
        workspaces=queries.workspaces(who.identity.id) if who else [],
        example=example(),
        may_sign_up=_is_open(),
    )


@base.get("/sign-up")
def sign_up() -> str:
    """The form, with what the browser tells already filled in."""
    guess = replace(_guessed(), language=language())
    return _form(Request("", "", request.args.get("email", ""), "", "", guess), new_id())


@base.post("/sign-up")
def create_workspace() -> Answer:
    """A workspace for the company and its owner signed in; the same form sent twice makes one."""
    if not _is_open():
        raise NotAllowed("signup")
    wanted, signup_id = _wanted(), parse_id(request.form.get("signup_id", "")) or new_id()
    least = current_app.extensions["kith"].signup_seconds
    if problem := rules.robot_problem(request.form.get("nickname", ""), signup_id, now(), least):
        again = signup_id if problem.code == "hasty" else new_id()
        return make_response(_form(wanted, again, Invalid([problem])), 422)
    email = normal_email(wanted.email) or wanted.email.strip().lower()
    stored = attempts.sign_up(email, where().address)
    try:
        made = actions.create_workspace(wanted, signup_id=signup_id, stored=stored, where=where())
    except Invalid as refused:
        return make_response(_form(wanted, signup_id, refused), 422)
    assert made.entry is not None
    cookie, who = made.entry
    return sign_in(hand_over(who, made.tenant), cookie)


@base.get("/sign-up/address")
def check_address() -> Response:
    """Whether the address of `?slug=` is free; for `?company=` a free one that suits."""
    company = request.args.get("company")
    slug = actions.suggest_address(company) if company is not None else request.args.get("slug", "").strip()
    problem = rules.slug_problem(slug)
    if problem is None and not provisioning.is_free(slug):
        free = actions.next_free(slug)
        told = _("Another company has this address.")
        return jsonify(
            slug=slug, free=False, message=f"{told} " + (_("%(slug)s is free.", slug=free) if free else "")
        )
    return jsonify(
        slug=slug, free=problem is None, message=say(problem) if problem else _("This address is free.")
    )


def _is_open() -> bool:
    return bool(current_app.extensions["kith"].signup == "open")


def _wanted() -> Request:
    form = request.form
    company = form.get("company", "")
    return Request(
        company=company,
        name=form.get("name", ""),
        email=form.get("email", ""),
        password=form.get("password", ""),
        slug=form.get("slug", "").strip() or actions.suggest_address(company),
        workspace=_chosen(),
        region=form.get("region", ""),
    )


def _chosen() -> Workspace:
    """What the form says about place and language, the guess where it says nothing."""
    form, guessed = request.form, _guessed(request.form.get("time_zone", ""))
    return replace(
        guessed,
        time_zone=form.get("time_zone") or guessed.time_zone,
        language=form.get("language") or language(),
        currency=form.get("currency") or guessed.currency,
        week_start=form.get("week_start", type=int) or guessed.week_start,
    )


def _guessed(time_zone: str = "") -> Workspace:
    return workspace.guess(time_zone, [tag for tag, _quality in request.accept_languages])


def _form(wanted: Request, signup_id: uuid.UUID, refused: Invalid | None = None) -> str:
    homes = placing.homes()
    return render_template(
        "web/entrance/sign_up.html",
        wanted=wanted,
        signup_id=signup_id,
        errors=by_field(refused),
        server_name=current_app.config["SERVER_NAME"],
        zones=[(name, name) for name in workspace.time_zones()],
        currencies=[(code, code) for code in workspace.currencies()],
        is_open=_is_open(),
        # Where there is nothing to choose nobody is asked.
        homes=[(home.id, home.label) for home in homes] if len(homes) > 1 else [],
        homes_zones=dumps({home.id: home.time_zone for home in homes}),
    )
