"""What lists are sorted by has an index that gives the order, of every object that Kith brings."""

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.records import registry
from app.records.sources import TEXTS
from tenants.copying.links import opened
from tenants.engines import engines
from tests.cast import Workspace

# Objects that a company has most records of.
MANY = ("companies", "contacts")
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"


def test_sortable_fields_have_an_index(office: Workspace) -> None:
    with opened(engines().cell_url(office.tenant.cell), office.tenant.schema) as owner:
        for described in registry.standard().every():
            made = " ".join(row[0] for row in owner.execute(INDEXES, [described.base.name]).fetchall())
            for field in described.by_name.values():
                key = f"sort_key({field.name})" if field.kind in TEXTS else field.name
                assert not field.sortable or f"({key}, id" in made, f"{described.name}.{field.name}"


def test_orders_of_people_know_what_these_are_filtered_by(office: Workspace) -> None:
    with opened(engines().cell_url(office.tenant.cell), office.tenant.schema) as owner:
        made = [row[0] for name in MANY for row in owner.execute(INDEXES, [name]).fetchall()]
    orders = [each for each in made if ", id" in each and "deleted_at IS NULL" in each]
    assert len(orders) == 11
    for name in ("lifecycle", "country", "owner_id", "created_at", "updated_at"):
        assert all(name in each for each in orders), name
