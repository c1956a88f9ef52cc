"""Searches as Shopware wants them (platform file, "Search, paging and incremental reads")."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopbridge.model.base import OrderId

ORDER_PAGE = 50
"""Orders read at once. One is 20 to 40 KB with its associations, so a page is 1 to 2 MB and takes the shop a few
seconds. An order of 675 lines is about 1 MB: the page size is what keeps a run of such orders within the time-out
and the memory of a function, so it is far below the 500 that Shopware would give."""

SMALL_PAGE = 5
"""Orders read at once where more were too much."""

_ADDRESS: Mapping[str, Any] = {"associations": {"country": {}, "countryState": {}}}

ASSOCIATIONS: Mapping[str, Any] = {
    "stateMachineState": {},
    "currency": {},
    "language": {"associations": {"locale": {}}},
    "salesChannel": {},
    "tags": {},
    "orderCustomer": {"associations": {"customer": {}, "salutation": {}}},
    "billingAddress": _ADDRESS,
    "lineItems": {},
    "deliveries": {
        "associations": {"stateMachineState": {}, "shippingMethod": {}, "shippingOrderAddress": _ADDRESS},
    },
    "transactions": {"associations": {"stateMachineState": {}, "paymentMethod": {}}},
}
"""All an order is made of; the states too, since from 6.6 on they do not come unasked. The primary delivery and
payment (6.7.1) need no association of their own: the order names them, and they are among the others."""

WITH_PRODUCTS: Mapping[str, Any] = {**ASSOCIATIONS, "lineItems": {"associations": {"product": {}}}}
"""The same with each line's product, for codes the order itself does not keep."""

INHERITED: Mapping[str, str] = {"sw-inheritance": "1"}
"""The header that fills in what a variant has from its parent, EAN and manufacturer number among it; its mere presence
counts (C3)."""

INCLUDES: Mapping[str, Sequence[str]] = {
    "product": ("id", "ean", "manufacturerNumber"),
    "customer": ("id", "guest"),
}
"""What is cut down to the fields named: a whole product with every line, or the customer's whole record, would
multiply the size of a page."""


def orders_by_id(ids: Sequence[OrderId], channels: Sequence[str], *, products: bool) -> dict[str, Any]:
    """These orders; limit and page do not apply to a search by ids."""
    return {"ids": list(ids), "filter": of_channels(channels), **whole_orders(products=products)}


def one_order(order: OrderId) -> dict[str, Any]:
    """An order's own columns only."""
    return {"ids": [order]}


def listing(page: int, limit: int, **more: Any) -> dict[str, Any]:
    """A page of a short list, such as the payment methods."""
    return {"page": page, "limit": limit, "sort": [{"field": "id", "order": "ASC"}], **more}


def any_of(field: str, values: Sequence[str]) -> dict[str, Any]:
    """A filter; Shopware refuses an empty list of values (C4)."""
    return {"type": "equalsAny", "field": field, "value": list(values)}


def equals(field: str, value: Any) -> dict[str, Any]:
    """A filter; null is a value, an empty text is refused (C4)."""
    return {"type": "equals", "field": field, "value": value}


def either(queries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """At least one of these filters."""
    return {"type": "multi", "operator": "or", "queries": list(queries)}


def of_channels(channels: Sequence[str], of: str = "") -> list[dict[str, Any]]:
    """Orders of these sales channels, ``of`` being the way to the order; of all when none is named."""
    return [any_of(f"{of}salesChannelId", channels)] if channels else []


def whole_orders(*, products: bool) -> dict[str, Any]:
    """What is loaded with each order.

    Args:
        products: Also each line's product, for codes the order itself does not keep.
    """
    return {"associations": WITH_PRODUCTS if products else ASSOCIATIONS, "includes": INCLUDES}
