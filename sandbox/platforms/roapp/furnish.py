"""What an account has at first."""

from decimal import Decimal

from sandbox.platforms.roapp.inferred import CANCELLED_GROUP, CLOSED_GROUP
from sandbox.platforms.roapp.state import (
    Account,
    Branch,
    Category,
    CustomField,
    Employee,
    OrderType,
    Status,
    Warehouse,
)

MAIN, ARCHIVED = 11, 12
WEB_ORDER, REPAIR = 21, 22
OWNER, SECOND, FORMER = 31, 32, 33
NEW, IN_PROGRESS, READY, SHIPPED, COMPLETED, CANCELLED = 51, 52, 53, 54, 55, 56
STOCK, SHOWROOM = 61, 62
RETAIL, WHOLESALE = 81, 82
GOODS, WORKS = 91, 95
VAT = 101
CAMPAIGN = 111
EXTERNAL_ID, TRACKING = 123, 124
STATUSES = {
    NEW: ("New", 1),
    IN_PROGRESS: ("In progress", 2),
    READY: ("Ready", 4),
    SHIPPED: ("Shipped", 5),
    COMPLETED: ("Completed", CLOSED_GROUP),
    CANCELLED: ("Cancelled", CANCELLED_GROUP),
}


def furnish(account: Account) -> None:
    """Two locations, of which one is archived; two types; three people, of whom one has left; and so on."""
    account.branches = {MAIN: Branch(MAIN, "Main"), ARCHIVED: Branch(ARCHIVED, "Old", archived=True)}
    account.statuses = {number: Status(number, name, group) for number, (name, group) in STATUSES.items()}
    account.order_types = {
        WEB_ORDER: OrderType(WEB_ORDER, "Web order", NEW),
        REPAIR: OrderType(REPAIR, "Repair", IN_PROGRESS),
    }
    account.employees = {
        OWNER: Employee(OWNER, "Max", "Demo", "max@example.com", "max"),
        SECOND: Employee(SECOND, "Eva", "Demo", "eva@example.com", "eva"),
        FORMER: Employee(FORMER, "Old", "Hand", "old@example.com", "old", active=False),
    }
    account.custom_fields = {
        EXTERNAL_ID: CustomField(EXTERNAL_ID, "External ID"),
        TRACKING: CustomField(TRACKING, "Tracking number"),
    }
    account.price_types = {RETAIL: "Retail", WHOLESALE: "Wholesale"}
    account.campaigns = {CAMPAIGN: "Web shop"}
    account.taxes = {VAT: ("VAT 19%", Decimal(19))}
    account.categories = {GOODS: Category(GOODS, "Goods")}
    account.service_categories = {WORKS: Category(WORKS, "Works")}
    account.warehouses = {
        STOCK: Warehouse(STOCK, "Main stock", MAIN),
        SHOWROOM: Warehouse(SHOWROOM, "Showroom", MAIN),
    }
    account.key_owner = OWNER
