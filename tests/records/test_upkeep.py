"""What the planner knows after an import."""

from psycopg import Connection

from app.core.actor import Actor
from app.records import registry, upkeep
from tenants.driver import run_string
from tenants.engines import engines
from tenants.session import session
from tests.cast import Workspace


def test_tenant_may_count_its_own_tables_afresh(ann: Actor) -> None:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    complaints: list[str] = []
    driver.add_notice_handler(lambda notice: complaints.append(notice.message_primary or ""))

    for described in registry.every():
        upkeep.analyse(described.name)

    # What autovacuum is at just now is left to it.
    assert [each for each in complaints if "lock not available" not in each] == []


def test_table_that_is_counted_already_holds_nobody_up(office: Workspace, ann: Actor) -> None:
    with engines().tenant(office.tenant).begin() as other:
        driver = other.connection.driver_connection
        assert isinstance(driver, Connection)
        run_string(driver, "LOCK TABLE contacts IN SHARE UPDATE EXCLUSIVE MODE")
        upkeep.analyse("contacts")
