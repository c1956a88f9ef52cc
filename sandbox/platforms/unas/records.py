"""What a shop is furnished with, and what is only read here: statuses, types, methods, warehouses, VAT, groups."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.unas.errors import invalid
from sandbox.platforms.unas.routing import Functions, Handle, Page, reading
from sandbox.platforms.unas.state import Shop
from sandbox.platforms.unas.wire import Record, time_text

MADE = time_text(datetime(2029, 1, 1, 11, 0, tzinfo=UTC))
STATUSES = {
    "Feldolgozásra vár": "open_normal",
    "Feldolgozás alatt": "open_normal",
    "Átadva a futárnak": "open_normal",
    "Teljesítve": "close_ok",
    "Törölve": "close_fault",
}
"""Every shop has its own; these are made up."""
PAYMENTS = {
    "Bankkártya": "bankcard",
    "Átutalás": "transfer",
    "Utánvét": "cod",
    "Készpénz": "cash",
}
SHIPPINGS = ("Csomagpont", "Futárszolgálat", "Személyes átvétel")
ORDER_TYPE = "Webáruház rendelés"
COUNTRY = "hu"
RATES = {"1": Decimal(27), "2": Decimal(18), "3": Decimal(5), "4": Decimal(0)}
"""By id; the file shows the first and the last."""


def add_status(shop: Shop, name: str, kind: str, invoice: str = "default") -> int:
    """Make an order status; its id.

    Raises:
        ValueError: Only the larger plan has statuses before an order.
    """
    if kind == "open_prepare" and shop.plan != "vip":
        raise ValueError("Only VIP shops have statuses of type open_prepare")
    table, status_id = shop.table("OrderStatus"), shop.new_id("status")
    table[status_id] = {
        "Id": str(status_id),
        "Name": name,
        "Type": kind,
        "OrderType": "",
        "Order": str(len(table) + 1),
        "Text": "",
        "Alert": {"Email": "no", "SMS": "no"},
        "InvoiceStatus": invoice,
        "Color": "not_specified",
        "StockColor": "not_specified",
        "Creation": MADE,
        "Modification": MADE,
    }
    return status_id


def add_type(shop: Shop, name: str, *, default: bool = False) -> int:
    """Make an order type; its id."""
    table, type_id = shop.table("OrderType"), shop.new_id("type")
    table[type_id] = {
        "Id": str(type_id),
        "Name": name,
        "Default": "yes" if default else "no",
        "Order": str(len(table) + 1),
        "Creation": MADE,
        "Modification": MADE,
    }
    return type_id


def add_method(shop: Shop, kind: str, name: str, sub_type: str = "", **more: Any) -> int:
    """Make a payment or shipping method, with whatever else it should have; its id."""
    table, method_id = shop.table("Method"), shop.new_id(kind)
    order = sum(method["Type"] == kind for method in table.values()) + 1
    own = {"SubType": sub_type} if sub_type else {}
    record = {"Id": str(method_id), "Name": name, "Active": "yes", "Type": kind, **own, "Order": str(order)}
    table[method_id] = {**record, "Tax": "27", **more, "Creation": MADE, "Modification": MADE}
    return method_id


def add_warehouse(shop: Shop, name: str, *, active: bool = True, own: bool = True) -> int:
    """Make a further warehouse; its id."""
    table, warehouse_id = shop.table("Warehouse"), shop.new_id("warehouse")
    table[warehouse_id] = {
        "Id": str(warehouse_id),
        "Active": "yes" if active else "no",
        "Name": name,
        "PublicName": name,
        "Order": str(len(table) + 1),
        "Type": "own" if own else "external",
        "SyncMainStockDisabled": "no",
        "VisibleOnProductDetails": "yes",
    }
    return warehouse_id


def add_record(shop: Shop, node: str, kind: str, record: Record) -> int:
    """Make a record without rules of its own, such as a ``CustomerGroup``; its id."""
    record_id = shop.new_id(kind)
    shop.table(node)[record_id] = {"Id": str(record_id), **record}
    return record_id


def furnish(shop: Shop) -> None:
    """Make what every shop has."""
    for name, kind in STATUSES.items():
        add_status(shop, name, kind)
    add_type(shop, ORDER_TYPE, default=True)
    for name, sub_type in PAYMENTS.items():
        add_method(shop, "payment", name, sub_type)
    for name in SHIPPINGS:
        add_method(shop, "shipping", name)


def listing(node: str, *names: str) -> Handle:
    """A read that filters by equality of these nodes."""

    def handle(shop: Shop, params: Record) -> Any:
        found = [
            row for row in shop.table(node).values() if all(row.get(n) == params.get(n, row.get(n)) for n in names)
        ]
        return {node: Page.of(params).cut(found)}

    return handle


def show_setting(_: Shop, params: Record) -> Any:
    """VAT rates of a country; nothing else is documented."""
    if params.get("Key") != "vat":
        raise invalid("Key should be vat")
    country = params.get("Country", COUNTRY)
    if country != COUNTRY:
        return {}
    items = [{"Id": at, "Value": rate} for at, rate in RATES.items()]
    setting = {"Key": "vat", "Country": country, "Items": {"Item": items}, "CalculateMode": "fromNetToGross"}
    return {"Setting": [setting]}


def list_subscribers(shop: Shop, params: Record) -> Any:
    """Who takes the newsletter; there are no pages."""
    wanted = {"Type": params.get("Type"), "Email": params.get("Email"), "Authorized": _authorized(params)}
    found = [row for row in shop.subscribers if all(value in (None, row[name]) for name, value in wanted.items())]
    return {"Subscriber": found}


def _authorized(params: Record) -> str | None:
    return {"1": "yes", "0": "no"}.get(params.get("Auth", ""), params.get("Auth"))


FUNCTIONS: Functions = {
    "getOrderStatus": reading(listing("OrderStatus", "Id", "Type"), "OrderStatuses", "Id Type", flat=True),
    "getOrderType": reading(listing("OrderType", "Id"), "OrderTypes", "Id", flat=True),
    "getMethod": reading(listing("Method", "Id", "Type"), "Methods", "Id Type", flat=True),
    "getWarehouse": reading(listing("Warehouse", "Id", "Name"), "Warehouses", "Id Name", "Id"),
    "getSetting": reading(show_setting, "Settings", "Key Country", flat=True),
    "getCustomerGroup": reading(listing("CustomerGroup", "Id", "Name"), "CustomerGroups", "Id Name", "Id Name"),
    "getNewsletter": reading(list_subscribers, "Subscribers", "Type Auth TimeStart TimeEnd Email", flat=True),
    "getProductParameter": reading(
        listing("ProductParameter", "Id", "Name"), "ProductParameters", "Id Name Lang LimitNum LimitStart", "Id"
    ),
}
