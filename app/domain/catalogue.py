"""Every object and every kind of notice there is: importing this module registers them all."""

from app.domain.activities.models import ACTIVITIES
from app.domain.cases.behaviour import CaseBehaviour
from app.domain.cases.models import CASES
from app.domain.companies.models import COMPANIES
from app.domain.contacts.models import CONTACTS
from app.domain.deals.behaviour import DealBehaviour
from app.domain.deals.models import DEALS
from app.domain.deliveries.actions import LATE
from app.domain.deliveries.behaviour import DeliveryBehaviour
from app.domain.deliveries.models import DELIVERIES
from app.domain.files.fields import Keeper
from app.domain.identities import trust
from app.domain.incidents.behaviour import IncidentBehaviour
from app.domain.incidents.models import INCIDENTS
from app.domain.jobs.ending import DONE, FAILED
from app.domain.notices.kinds import Kind
from app.domain.orders.behaviour import OrderBehaviour, OrderLineBehaviour
from app.domain.orders.models import ORDER_LINES, ORDERS
from app.domain.plans import queries, records
from app.domain.products.models import PRODUCTS
from app.records import attached, room
from app.records.registry import behave
from app.records.types import ObjectType

# In the order in which people see them.
OBJECTS: tuple[ObjectType, ...] = (
    COMPANIES,
    CONTACTS,
    DEALS,
    ACTIVITIES,
    ORDERS,
    ORDER_LINES,
    DELIVERIES,
    INCIDENTS,
    CASES,
    PRODUCTS,
)

# Pages word them though only jobs tell them.
NOTICES: tuple[Kind, ...] = (LATE, DONE, FAILED)

# New records ask the plan for room.
room.ask(records.check)
# Fields name files.
attached.kept_by(Keeper())
queries.cap("mails", trust.mails)
behave("deals", DealBehaviour())
behave("orders", OrderBehaviour())
behave("order_lines", OrderLineBehaviour())
behave("deliveries", DeliveryBehaviour())
behave("incidents", IncidentBehaviour())
behave("cases", CaseBehaviour())
