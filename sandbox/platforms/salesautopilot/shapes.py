"""Documented bodies that are no fields of a list."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.kit.fields import Field, Shape, is_text, listed, one_of, required, requiring
from sandbox.platforms.salesautopilot.fields import TYPES, is_whole
from sandbox.platforms.salesautopilot.inferred import Assumed, is_vat
from sandbox.platforms.salesautopilot.wire import cents, is_decimal


def _is_country(value: Any) -> bool:
    return is_text(value) and (value == "" or (len(value) == 2 and value.isalpha() and value.islower()))  # noqa: PLR2004


def _is_currency(value: Any) -> bool:
    return is_text(value) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()  # noqa: PLR2004


def _is_money(value: Any) -> bool:
    return is_decimal(value) and Decimal(value) == cents(Decimal(value))


def _filled(value: Any) -> bool:
    return is_text(value) and bool(value.strip())


TEXT = Field("a text", is_text)
FILLED = Field("a text that is not empty", _filled)
NUMBER_OR_TEXT = Field("a text that is not empty, or an integer", lambda value: _filled(value) or is_whole(value))
DECIMAL = Field("a number", is_decimal)
MONEY = Field("a number with 2 decimals at most", _is_money)
NOT_NEGATIVE = Field("a number not below 0", lambda value: is_decimal(value) and Decimal(value) >= 0)
WHOLE = Field("an integer", is_whole)
ID = Field("an id", lambda value: is_whole(value) and int(value) > 0)
IDS = Field("a list of ids", lambda value: isinstance(value, list) and all(map(ID.accepts, value)))
VAT = Field("a percentage such as 27", lambda value: is_decimal(value) and is_vat(Decimal(value)))
COUNTRY = Field("two small letters", _is_country)
CURRENCY = Field("an ISO 4217 code", _is_currency)
EMAIL = Field("a text that is not empty", _filled)


def _quantity(assumed: Assumed) -> Field:
    accepts = is_whole if assumed.whole_quantities else is_decimal
    return Field("a quantity above 0", lambda value: accepts(value) and Decimal(value) > 0)


def _some(shape: Shape) -> Field:
    return Field("a list that is not empty", lambda value: isinstance(value, list) and bool(value), inside=shape)


_ADDRESS = {**dict.fromkeys(("company", "state", "zip", "city", "address"), TEXT), "country": COUNTRY}
_CATEGORY: Shape = {"category_id": FILLED, "category_name": FILLED}
_TEXTS = """
mssys_firstname mssys_lastname mssys_phone mssys_fax mssys_comment mssys_vat_number payment_method payment_code
shipping_method order_status_id mssys_postal_deliverypoint_name mssys_coupon mssys_integration_type
"""


def webshop_order(assumed: Assumed) -> Shape:
    """``processWebshopOrder``: here ``shipping_method`` is a name and ``prod_id`` the shop's SKU."""
    return {
        "order_id": required(NUMBER_OR_TEXT),
        "email": required(EMAIL),
        "products": required(_some(_webshop_line(assumed))),
        **dict.fromkeys(_TEXTS.split(), TEXT),
        "currency": CURRENCY,
        **{f"mssys_{group}_{part}": kind for group in ("bill", "postal") for part, kind in _ADDRESS.items()},
        "mssys_postal_deliverypoint_type": one_of(sorted({"", *assumed.delivery_points})),
        "netshippingcost": MONEY,
        "grossshippingcost": MONEY,
        "mssys_coupon_discount_amount_netto": DECIMAL,
        "mssys_coupon_discount_amount_brutto": DECIMAL,
    }


def _webshop_line(assumed: Assumed) -> Shape:
    needed = {"prod_id": FILLED, "prod_name": TEXT, "qty": _quantity(assumed), "tax": VAT, "prod_price": DECIMAL}
    either = {"category_id": TEXT, "category_name": TEXT, "categories": listed(requiring(_CATEGORY))}
    return {**requiring(needed), **either}


def own_line(assumed: Assumed) -> Shape:
    """A line by SalesAutopilot's own id of the product."""
    needed = {"prod_id": ID, "qty": _quantity(assumed)}
    return {**requiring(needed), "prod_price": DECIMAL, "prod_name": TEXT}


def saved_order(assumed: Assumed) -> Shape:
    """``saveOrder`` but for the fields of the contact: here ``shipping_method`` is an id."""
    return {"shipping_method": required(ID), "prod_id": ID, "products": _some(own_line(assumed))}


def added_lines(assumed: Assumed) -> Shape:
    """``orderaddproduct``."""
    return requiring({"products": _some(own_line(assumed))})


def changed_lines(assumed: Assumed) -> Shape:
    """``ordermodproduct``: which line it is says ``prod_id``, ``prod_sku`` or the address."""
    row = {"prod_id": ID, "prod_sku": FILLED, "qty": _quantity(assumed), "prod_price": DECIMAL}
    return requiring({"products": _some(row)})


def product(assumed: Assumed) -> Shape:
    """``createproduct``."""
    needed = {
        "prod_sku": FILLED,
        "prod_name": FILLED,
        "prod_price": NOT_NEGATIVE,
        "prod_vat_percent": VAT,
        "prod_currency": one_of(sorted(assumed.currencies)),
    }
    return {**requiring(needed), "prodcat_ids": IDS, "prodcat_id": ID}


CATEGORY: Shape = {"prodcat_name": required(FILLED), "prodcat_order": WHOLE}
LIST_FIELD: Shape = {
    "field_name": required(FILLED),
    "field_type": required(one_of(sorted(TYPES))),
    "field_label": TEXT,
    "field_comment": TEXT,
    "scale": WHOLE,
    "options": Field("a list of texts", lambda value: isinstance(value, list) and all(map(is_text, value))),
}
CHANGE: Shape = requiring(
    {
        "id_field": FILLED,
        "id_value": NUMBER_OR_TEXT,
        "data": Field("an object", lambda value: isinstance(value, dict)),
    }
)
"""A row of a batch."""
