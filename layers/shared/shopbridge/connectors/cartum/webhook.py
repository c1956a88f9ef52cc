"""Which order a call of Cartum is about, apart from the connector: the intake of webhooks imports this alone."""

from collections.abc import Mapping

from shopbridge.connectors.kit.loose import MOST_DIGITS, as_text
from shopbridge.mapping.json_data import JsonError, read_json
from shopbridge.model.basics import OrderId


def hinted_order(raw: bytes) -> OrderId | None:
    """[inferred] Return the order that a call is about; None where it names none.

    What a call carries nobody has published: the order as it is read elsewhere, or its number alone.
    """
    try:
        body = read_json(raw)
    except JsonError:
        return None
    number = as_text(body.get("order_id") if isinstance(body, Mapping) else body)
    return OrderId(number) if isinstance(number, str) and is_number(OrderId(number)) else None


def is_number(order: OrderId) -> bool:
    """Tell whether an order of Cartum can be called so: others are not asked for."""
    return order.isascii() and order.isdecimal() and len(order) <= MOST_DIGITS and str(int(order)) == order
