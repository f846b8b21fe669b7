"""A transaction that rests for as long as work beside it takes."""

from tenants.opening import OpeningConnection
from tenants.session import session


def resting() -> None:
    """The transaction at hand may rest until its end: the server does not take it for forgotten.

    Costs no round trip: it goes out with the next statement.
    """
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, OpeningConnection)
    driver.precede(b"SET LOCAL idle_in_transaction_session_timeout = 0")
