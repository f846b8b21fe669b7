"""Every text that people read is said in every language, and everybody reads their own."""

import os
import re
import time
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from click.testing import CliRunner
from flask import Flask

from app.commands.texts import command
from app.config import ROOT
from app.core.errors import Problem
from app.ui import errors, say, texts
from app.ui.mail import render
from tests.cast import ANN, KIM, Workspace
from tests.visitor import Visitor, host_of, signed_in

LANGUAGE = re.compile(r'<html lang="(\w+)"')
MAIL = {"workspace": "Berg & Söhne", "name": "Ann O'Hara", "inviter": "Kim", "url": "http://localhost/x"}
QUOTED = re.compile(r"[A-Za-z]+(?: [a-z]+)+")


@pytest.fixture(scope="session")
def template() -> Catalog:
    """Every text that is marked in the code."""
    return texts.extract()


@pytest.fixture(params=texts.catalogues(), ids=lambda path: path.parents[1].name)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return texts.read(request.param)


@pytest.fixture
def visitor(app: Flask, ground_floor: None) -> Visitor:
    """Somebody whom Kith does not know."""
    return Visitor(app)


def of(*pairs: tuple[str | tuple[str, str], str | tuple[str, ...]]) -> Catalog:
    """A catalogue of one's own."""
    made = Catalog(locale="de")
    for said, given in pairs:
        made.add(said, given)
    return made


def test_every_text_is_said_in_every_language(catalogue: Catalog, template: Catalog) -> None:
    assert len(template) > 900
    assert list(texts.check(catalogue, template)) == []


def test_the_command_says_that_all_is_translated(template: Catalog) -> None:
    answer = CliRunner().invoke(command, ["check"])
    assert answer.output == f"All {len(template)} texts are translated.\n"
    assert answer.exit_code == 0


def test_german_has_its_own_quotes_and_keeps_units_together() -> None:
    wrong = re.compile(r"“[^“„]*“|”|(?<!„)\B“\w|(?:\d|\)s) (?:%|MB|h)(?!\w)")
    german = texts.read(texts.TRANSLATIONS / "de/LC_MESSAGES/messages.po")
    given = [form for message in german if message.id for form in texts.forms(message.string)]
    assert [form for form in given if wrong.search(form)] == []


@pytest.mark.parametrize(
    ("said", "given", "fault"),
    [
        ("Save", "", "not translated"),
        (("%(num)s day", "%(num)s days"), ("%(num)s Tag", ""), "not translated"),
        (("%(num)s day", "%(num)s days"), ("%(num)s Tag",), "not translated"),
        ("Open %(name)s", "%(nam)s öffnen", "other placeholders"),
        ("added {name}", "hat angelegt", "other placeholders"),
        ("<b>Save</b>", "Speichern", "other tags"),
        ("Save", "Speichern ", "white space at an end"),
    ],
)
def test_finds_what_is_wrong_with_a_text(said: str, given: str, fault: str) -> None:
    assert [told.partition(": ")[0] for told in texts.check(of((said, given)), of((said, "")))] == [fault]


def test_finds_texts_without_code_and_code_without_texts() -> None:
    told = list(texts.check(of(("Gone", "Weg")), of(("New", ""))))
    assert told == ["not in the catalogue: 'New'", "no longer said by the code: 'Gone'"]


def test_update_keeps_what_is_translated(tmp_path: Path) -> None:
    source = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Save"\nmsgstr "Speichern"\n\nmsgid "Gone"\nmsgstr "Weg"\n')
    texts.update(source, of(("Save", ""), ("New", "")))
    found = {message.id: message.string for message in texts.read(source) if message.id}
    assert found == {"Save": "Speichern", "New": ""}


def test_compiles_what_is_missing_or_older(tmp_path: Path) -> None:
    source = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Save"\nmsgstr "Speichern"\n')
    assert texts.compile_all(tmp_path) == [source.with_suffix(".mo")]
    assert texts.compile_all(tmp_path) == []
    source.write_text('msgid "Save"\nmsgstr "Sichern"\n')
    os.utime(source, (time.time() + 5, time.time() + 5))
    [made] = texts.compile_all(tmp_path)
    with made.open("rb") as file:
        assert texts.forms(read_mo(file)["Save"].string) == ("Sichern",)


def test_scripts_bring_no_words_of_their_own() -> None:
    """What scripts show comes from attributes that templates fill."""
    shown = re.compile(r"""(?:textContent|title|placeholder|say\(|ariaLabel)[^\n"'`]*(["'`])(.*?)\1""")
    for path in (ROOT / "app/static/src/js").rglob("*.js"):
        for _, word in shown.findall(path.read_text()):
            assert not QUOTED.search(word), f"{path.name}: {word}"


def test_templates_show_no_unmarked_words() -> None:
    names = {"Kith", "Ctrl K", "Ctrl Enter", "Esc", "Enter", "Tab", "Shift X"}
    hidden = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<(script|style|code).*?</\1>", re.DOTALL)
    tag = re.compile(r"""<(?:"[^"]*"|[^">])*>""")
    attribute = re.compile(r"""(?:aria-label|title|placeholder|alt)="([^"]*)\"""")
    for path in (ROOT / "app/templates").rglob("*.html"):
        text = hidden.sub("", path.read_text())
        bare = tag.sub("\n", text).splitlines() + attribute.findall(text)
        words = {line.strip() for line in bare if re.search(r"[A-Za-z]{3,}", line) and '="' not in line}
        assert words <= names, f"{path.relative_to(ROOT)}: {words - names}"


def test_problems_name_fields_by_their_labels(app: Flask) -> None:
    needed = Problem("name", "required", "%(field)s is needed.", {"field": "Last name"})
    one_of = Problem("name", "required", "Fill at least one of: %(fields)s.", {"fields": "E-mail, Last name"})
    with app.test_request_context("/?lang=de"):
        assert errors.say(needed) == "Bitte ausfüllen: Nachname."
        assert errors.say(one_of) == "Füllen Sie mindestens eins davon aus: E-Mail, Nachname."
    with app.test_request_context("/?lang=en"):
        assert errors.say(needed) == "Last name is needed."


def test_words_with_two_meanings_are_told_apart(app: Flask) -> None:
    with app.test_request_context("/?lang=de"):
        assert (say.gettext("Open"), say.pgettext("act", "Open")) == ("Offen", "Öffnen")
        assert (say.gettext("Owner"), say.pgettext("role", "Owner")) == ("Zuständig", "Inhaber/in")
        assert say.opening("seit 3 Tagen still") == "Seit 3 Tagen still"
        assert say.midway("Firma") == "Firma"
        assert say.closed("Abhilfe fällig 19. Nov.") == "Abhilfe fällig 19. Nov."
        assert say.closed("Abhilfe fällig morgen") == "Abhilfe fällig morgen."


def test_language_of_a_visitor_is_the_browsers_until_chosen(visitor: Visitor) -> None:
    german = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
    assert spoken(visitor.get("/", headers=german).text) == "de"
    assert "Sehen Sie, worauf Ihre Kunden warten" in visitor.get("/", headers=german).text
    assert spoken(visitor.get("/", headers={"Accept-Language": "fr"}).text) == "en"
    page = visitor.get("/?lang=en", headers=german).text
    assert 'hreflang="de"' in page
    assert spoken(page) == spoken(visitor.get("/sign-in", headers=german).text) == "en"


def test_language_of_a_workspace_is_the_companys_until_chosen(
    app: Flask, nordwind: Workspace, kestrel: Workspace
) -> None:
    ann, kim = signed_in(app, nordwind, ANN), signed_in(app, kestrel, KIM)
    assert spoken(kim.get("/companies").text) == "en"
    page = ann.get("/companies", headers={"Accept-Language": "en"}).text
    assert spoken(page) == "de"
    assert "Noch keine Firmen" in page
    assert ann.post("/preferences", {"language": "en"}).status_code == 200
    page = ann.get("/companies", headers={"Accept-Language": "de"}).text
    assert spoken(page) == "en"
    assert "No companies yet" in page
    assert host_of(nordwind) in ann.url("/")


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("de", "Kim lädt Sie zu Berg & Söhne ein", "Guten Tag Ann O'Hara,"),
        ("en", "Kim invites you to Berg & Söhne", "Hello Ann O'Hara,"),
    ],
)
def test_mail_speaks_the_receivers_language(app: Flask, language: str, subject: str, greeting: str) -> None:
    with app.app_context():
        mail = render("mail/invitation", MAIL, language)
    assert mail.subject == subject
    assert greeting in mail.text
    assert spoken(mail.html) == language
    assert "Ann O&#39;Hara" in mail.html
    assert "&amp;#39;" not in mail.html


def spoken(page: str) -> str:
    found = LANGUAGE.search(page)
    assert found
    return found[1]


def test_no_text_stays_no_text(app: Flask) -> None:
    with app.test_request_context("/?lang=de", base_url="http://localhost:8000"):
        assert say.gettext("") == ""
