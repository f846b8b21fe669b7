"""What lists are sorted by has an index that gives the order."""

import pytest
from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.records import registry
from app.records.sources import TEXTS
from tenants.session import session

SORTED = [
    (described.name, each.name)
    for described in registry.standard().every()
    for each in described.by_name.values()
    if each.sortable
]
# How PostgreSQL writes what an index is made of.
KEY = "\"left\"(lower(ext.unaccent_fixed('ext.unaccent'::regdictionary, NORMALIZE({}, NFKC))), 200)"


@pytest.mark.parametrize(("object_name", "field"), SORTED)
def test_sortable_fields_have_an_index(ann: Actor, object_name: str, field: str) -> None:
    described = registry.get(object_name)
    made = session.scalars(
        text("SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :name"),
        {"name": described.base.name},
    )
    is_text = described.by_name[field].kind in TEXTS
    wanted = (f"ext.sort_key({field})", KEY.format(field)) if is_text else (field,)
    assert any(f"({key}, id)" in each for each in made for key in wanted)
