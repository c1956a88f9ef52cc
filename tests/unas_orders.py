"""Orders of UNAS as they are documented, read as the connector reads them."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from shopbridge.connectors.unas.orders.read import read_order
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.recorded import unas_rows

NOW = datetime(2030, 1, 15, 12, tzinfo=UTC)
TYPES: Mapping[str, str] = {
    "41001": "open_normal",
    "41003": "close_ok",
    "41004": "close_fault",
    "41005": "open_prepare",
}


def settings_of(**settings: object) -> UnasSettings:
    return UnasSettings.model_validate({"shop": "https://shop.example.test", **settings})


def row(name: str = "orders_company", **changes: Any) -> dict[str, Any]:
    """A documented order with other values; a name with dots leads into it, and None takes an element out."""
    found: dict[str, Any] = deepcopy(unas_rows(name, "Orders", "Order")[0])
    for place, value in changes.items():
        *way, last = place.split("__")
        at: Any = found
        for step in way:
            at = at[int(step) if step.isdigit() else step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return found


def read(of: dict[str, Any], **settings: object) -> Order:
    order = read_order(of, settings_of(**settings), TYPES, NOW)
    assert isinstance(order, Order), order
    return order


def held(of: dict[str, Any], **settings: object) -> UnreadableOrder:
    order = read_order(of, settings_of(**settings), TYPES, NOW)
    assert isinstance(order, UnreadableOrder), order
    return order
