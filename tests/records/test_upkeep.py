"""What the planner knows after an import."""

from psycopg import Connection

from app.core.actor import Actor
from app.records import registry, upkeep
from tenants.session import session


def test_tenant_may_count_its_own_tables_afresh(ann: Actor) -> None:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    complaints: list[str | None] = []
    driver.add_notice_handler(lambda notice: complaints.append(notice.message_primary))

    for described in registry.every():
        upkeep.analyse(described.name)

    assert complaints == []
