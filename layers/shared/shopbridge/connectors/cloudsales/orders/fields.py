"""The fields of an order that a merchant's rules may fill."""

from shopbridge.connectors.cloudsales.orders.wire import OrderInput
from shopbridge.mapping.rules import TargetField, fields_of

NOT_FOR_RULES = frozenset({"order_reference"})
"""The order's address: another one would be another order."""


def order_fields() -> dict[str, TargetField]:
    """Every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(OrderInput) if field.path not in NOT_FOR_RULES}
