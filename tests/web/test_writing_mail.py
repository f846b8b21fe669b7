"""Writing a mail from a contact's page: by the keyboard alone, and with files that travel whole."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.config import Settings
from app.core import process
from app.core.ids import new_id
from app.domain.messages.models import Mailbox
from app.records import writing
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests import post
from tests.cast import CAROL, KIM, Workspace
from tests.conftest import S3
from tests.domain.files.sending import bring, png
from tests.post import Post
from tests.visitor import signed_in
from tests.web.test_mail_frames import Outside, outside
from tests.work import work_off

__all__ = ["outside"]


@pytest.fixture
def smtp(settings: Settings, s3: S3) -> Iterator[Post]:
    """Kim's server for outgoing mail, beside the store of the files."""
    near = (ip_network("127.0.0.0/8"),)
    own = replace(settings, s3_endpoint_url=s3.url, s3_public_url=s3.url, egress_allowed=near)
    process.configure(own)
    with post.office() as server:
        yield server


def prepared(app: Flask, kestrel: Workspace, port: int) -> tuple[UUID, UUID]:
    """Kim's mailbox, which sends by this port of ours, and Carol."""
    with app.app_context(), entered(kestrel.tenant), unit_of_work():
        kim, mailbox = kestrel.actor(KIM), new_id()
        server = {"host": "127.0.0.1", "port": port, "security": "none"}
        session.add(
            Mailbox(
                id=mailbox, member_id=kim.id, address=KIM.email, username="kim", state="idle",
                secret_encrypted=engines().vault.seal("secret"), imap={**server, "port": 1}, smtp=server,
            )
        )  # fmt: skip
        carol = writing.create(kim, "contacts", {"last_name": CAROL.last_name, "email": CAROL.email})
        return mailbox, carol.id


def test_control_and_enter_send_the_mail(
    app: Flask, kestrel: Workspace, page: Page, outside: Outside
) -> None:
    mailbox, carol = prepared(app, kestrel, 25)
    page.goto(f"{outside.visitor.host}/mailboxes/mails/new?contact={carol}")
    page.get_by_label("Subject").fill("Hay")
    page.get_by_label("Text").fill("It is here.")
    with page.expect_request(f"{outside.visitor.host}/mailboxes/mails") as told:
        page.keyboard.press("Control+Enter")
    sent = parse_qs(told.value.post_data or "")
    assert told.value.method == "POST"
    assert (sent["mailbox"], sent["subject"], sent["body"]) == ([str(mailbox)], ["Hay"], ["It is here."])


def test_files_travel_with_the_mail_byte_by_byte(app: Flask, kestrel: Workspace, smtp: Post) -> None:
    mailbox, carol = prepared(app, kestrel, smtp.port)
    photo = png(900, 600)
    with app.app_context(), entered(kestrel.tenant):
        file = bring(kestrel.actor(KIM), "Foto – Größe.png", photo, "image/png")
    sent = {"contact": carol, "mailbox": mailbox, "subject": "Hay", "body": "Grüße", "files": file.id}
    kim = signed_in(app, kestrel, KIM)
    assert kim.post("/mailboxes/mails", data=sent).status_code == 303
    work_off(app)
    ((recipients, mail),) = smtp.mails
    (part,) = mail.iter_attachments()
    assert (recipients, mail["From"]) == ([CAROL.email], f"{KIM.name} <{KIM.email}>")
    assert (part.get_filename(), part.get_content_type()) == ("Foto – Größe.png", "image/png")
    assert part.get_content() == photo
    assert "Foto – Größe.png" in kim.get(f"/contacts/{carol}?tab=messages").text
