"""Addresses of workspaces: what is suggested may always be taken, and nothing naughty gets through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import slugs

SAFE = re.compile(r"[a-z0-9](?:-?[a-z0-9])+")


@pytest.mark.parametrize(
    ("company", "slug"),
    [
        ("Nordwind GmbH", "nordwind"),
        ("Müller & Söhne GmbH & Co. KG", "mueller-soehne"),
        ("Ærø Rederi A/S", "aero-rederi-a-s"),
        ("Łódź Meble", "lodz-meble"),
        ("Straße 7", "strasse-7"),
        ("O'Brien's", "obriens"),
        ("Die Wandernde Kuh", "die-wandernde-kuh"),
        ("www", "www-co"),
        ("Help-Portal", "help-portal-co"),
        ("株式会社", ""),
        ("", ""),
        ("GmbH", "gmbh"),
    ],
)
def test_suggestion_reads_like_the_company(company: str, slug: str) -> None:
    assert slugs.suggest(company) == slug


@pytest.mark.parametrize(
    ("slug", "fault"),
    [
        ("acme", None),
        ("acme-2", None),
        ("", "empty"),
        ("a", "short"),
        ("a" * 41, "long"),
        ("Acme", "characters"),
        ("acme corp", "characters"),
        ("acme.corp", "characters"),
        ("müller", "characters"),
        ("xn--mller-kva", "hyphens"),
        ("-acme", "hyphens"),
        ("acme-", "hyphens"),
        ("127-0-0-1", "digits"),
        ("www", "reserved"),
        ("files", "reserved"),
        ("acme-portal", "reserved"),
        ('x"; DROP SCHEMA kith; --', "characters"),
        ("pg_catalog", "characters"),
        ("public", "reserved"),
        ("аcme", "characters"),
        ("acme\n", "characters"),
    ],
)
def test_fault_of_an_address(slug: str, fault: str | None) -> None:
    assert slugs.fault(slug) == fault


@given(st.text(max_size=80))
def test_suggestion_has_no_fault(company: str) -> None:
    suggested = slugs.suggest(company)

    assert suggested == "" or slugs.fault(suggested) is None


@given(st.text(max_size=60))
def test_faultless_address_is_one_label_of_a_host(slug: str) -> None:
    if slugs.fault(slug) is None:
        assert SAFE.fullmatch(slug)
        assert len(slug) <= slugs.LONGEST


@given(st.from_regex(SAFE, fullmatch=True).filter(lambda slug: slugs.fault(slug) is None))
def test_variants_are_faultless_and_differ(slug: str) -> None:
    few = [variant for variant, _ in zip(slugs.variants(slug), range(12), strict=False)]

    assert len(set(few)) == 12
    assert all(slugs.fault(variant) is None for variant in few)
