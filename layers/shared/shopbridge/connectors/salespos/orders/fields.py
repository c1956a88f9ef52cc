"""The fields of an order and of a product that a merchant's rules may fill."""

from shopbridge.connectors.salespos.wire import OrderInput
from shopbridge.connectors.salespos.wire_products import CatalogueInput
from shopbridge.mapping.rules import TargetField, fields_of

NOT_FOR_RULES = frozenset({"reservationnumber", "orderrows[].auto_create_deposit_rows"})
"""The number an order is found again by, and the switch that adds rows nobody ordered."""
IDENTITY = frozenset({"productnumber", "stocktype", "variants[].product_number"})
"""What a product and its variants are found again by, and where their stock lies."""


def order_fields() -> dict[str, TargetField]:
    """Every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(OrderInput) if field.path not in NOT_FOR_RULES}


def product_fields() -> dict[str, TargetField]:
    """Every field of a product and its variants that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(CatalogueInput) if field.path not in IDENTITY}
