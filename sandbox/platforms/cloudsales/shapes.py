"""The fields of an order as a connector sends it (platform file, "Writing through a connector": B1, B3)."""

from sandbox.platforms.cloudsales.fields import (
    AMOUNT,
    DAY,
    FILLED,
    MOMENT,
    NOT_NEGATIVE,
    NOTHING,
    POSITIVE,
    TEXT,
    listed,
    one_of,
)
from sandbox.platforms.cloudsales.inferred import Assumed
from sandbox.platforms.kit.fields import CURRENCY, PERCENT, Field, Shape, nested

_ADDRESS_NAMES = (
    "street",
    "number",
    "building",
    "stair",
    "floor",
    "apartment",
    "city",
    "county",
    "zip",
    "country",
    "GLN",
)
ADDRESS: Shape = dict.fromkeys(_ADDRESS_NAMES, TEXT)
DELIVERY_ADDRESS: Shape = {**ADDRESS, **dict.fromkeys(("shipping_contact_name", "shipping_contact_phone"), TEXT)}

CLIENT: Shape = {
    **dict.fromkeys(("representative", "email", "phone", "vat_id", "registration_number"), TEXT),
    "name": FILLED,
    "invoice_address": nested(ADDRESS),
    "delivery_address": nested(DELIVERY_ADDRESS),
}


def item_shape(assumed: Assumed) -> Shape:
    """A line; prices are JSON numbers."""
    return {
        "type": one_of(assumed.item_types),
        "code": FILLED,
        "item_name": FILLED,
        "item_quantity": POSITIVE,
        "item_price": AMOUNT,
        "item_vat_percent": PERCENT,
        "item_price_with_vat": AMOUNT,
        "line_value_with_vat": AMOUNT,
    }


def order_shape(assumed: Assumed) -> Shape:
    """The order; entries of ``payments`` have never been seen, so none is taken."""
    choices: dict[str, Field] = {
        "order_status": one_of(("new", "cancelled")),
        "order_cancelled": one_of((0, 1)),
        "shipping_method": one_of(assumed.shipping_methods),
        "payment_method": one_of(assumed.payment_methods),
    }
    return {
        **choices,
        "order_unique_id": FILLED,
        "order_reference": FILLED,
        "order_date": DAY,
        "order_updated_at": MOMENT,
        "order_mentions": TEXT,
        "order_currency_code": CURRENCY,
        "cod_amount": NOT_NEGATIVE,
        "cod_currency": CURRENCY,
        "client": nested(CLIENT),
        "items": listed(item_shape(assumed)),
        "payments": NOTHING,
    }
