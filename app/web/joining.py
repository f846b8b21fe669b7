"""Accepting an invitation: with the account one has, or a new one; for the invited address only."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.ids import new_id
from app.core.text import N_
from app.domain.identities import actions, attempts, queries, rules
from app.domain.identities.models import Identity
from app.domain.members import invitations
from app.domain.members import queries as members
from app.domain.members.models import Grant
from app.domain.plans import policy
from app.ui.errors import by_field
from app.ui.signed_in import hand_over, sign_in, signed_in, where
from app.ui.translate import language
from app.web.doors import base
from tenants.catalogue import by_id
from tenants.context import Tenant, entered


@base.get("/join/<token>")
def join_page(token: str) -> str:
    """Who invites whom, and what is needed to come in."""
    return _page(token)


@base.post("/join/<token>")
def join(token: str) -> Response:
    """Become a member, and go in."""
    with _entered(token) as (tenant, secret):
        if tenant is not None:
            policy.require(tenant, "enter")
            policy.require(tenant, "write")
        found = members.invitation(secret, hold=True) if tenant else None
        try:
            if tenant is None or found is None:
                raise Invalid.one("code", "spent", invitations.SPENT)
            identity = _identity(found)
            invitations.accept(secret, identity)
        except Invalid as refused:
            attempts.code(where().address)
            return make_response(_page(token, refused), 422)
    present = signed_in()
    if present is not None and present.identity.id == identity.id:
        return hand_over(present, tenant)
    cookie, who = actions.sign_in(identity, where())
    return sign_in(hand_over(who, tenant), cookie)


def _identity(found: Grant) -> Identity:
    """Who accepts: signed in with that address, its owner with the password, or somebody new."""
    email, present = found.email or "", signed_in()
    if present is not None and present.identity.email == email:
        return present.identity
    password = request.form.get("password", "")
    if queries.owner_of(email) is not None:
        return actions.authenticate(email, password, where())
    name = request.form.get("name", "")
    problems = [
        rules.name_problem(name, "name", N_("Enter your name.")),
        rules.password_problem(password, (name, email)),
    ]
    if wrong := [problem for problem in problems if problem]:
        raise Invalid(wrong)
    return actions.register(email, name, password, language(), identity_id=new_id(), is_confirmed=True)


@contextmanager
def _entered(token: str) -> Iterator[tuple[Tenant | None, str]]:
    opaque, _, secret = token.partition(".")
    try:
        tenant = by_id(UUID(hex=opaque))
    except ValueError:
        tenant = None
    with entered(tenant):
        yield tenant, secret


def _page(token: str, refused: Invalid | None = None) -> str:
    with _entered(token) as (tenant, secret):
        found = members.invitation(secret) if tenant else None
        names = members.names([found.created_by]) if found and found.created_by else {}
    return render_template(
        "web/accounts/join.html",
        token=token,
        tenant=tenant,
        found=found,
        inviter=next(iter(names.values()), ""),
        who=signed_in(),
        has_account=bool(found and queries.owner_of(found.email or "")),
        name=request.form.get("name", (found.data.get("name") or "") if found else ""),
        errors=by_field(refused),
    )
