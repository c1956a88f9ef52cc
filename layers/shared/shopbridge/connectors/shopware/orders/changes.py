"""Which orders changed: one search for each table that an order is made of, each by its own times.

A single search over all of them joins the order with every line, payment, delivery and address, groups the result and
sorts it, before it takes a page: seconds a page at 100,000 orders (platform file, "Corrections and additions").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, TypeAdapter

from shopbridge.connectors.kit.rows import Row, read_row
from shopbridge.connectors.shopware.api import (
    NO_HEADERS,
    Entity,
    any_of,
    by_key,
    either,
    equals,
    next_position,
    strict,
)
from shopbridge.connectors.shopware.facts import ShopFacts, is_id
from shopbridge.connectors.shopware.orders.map import MARKING, TO_MANY, TO_ONE, mark_of, revision
from shopbridge.connectors.shopware.wire import OddRow, Wire, WireOrder
from shopbridge.mapping.identity import readable
from shopbridge.model.base import OrderId
from shopbridge.ports import KnownRows, none_known

TABLES = ("order", "order-transaction", "order-delivery", "order-line-item", "order-customer", "order-address")
"""The order itself first. ``order.updatedAt`` stays when a row of another table alone is written, as payments and
deliveries are; a retried payment is a new row (platform file, C8, C12, C20)."""

ORDER_PAGE = 50
"""Orders read at once. One is 20 to 40 KB with its associations, so a page is 1 to 2 MB and takes the shop a few
seconds. An order of 675 lines is about 1 MB: the page size is what keeps a run of such orders within the time-out
and the memory of a function, so it is far below the 500 that Shopware would give."""

SMALL_PAGE = 5
"""Orders read at once where more were too much."""

LISTED_PAGE = 200
"""Orders listed at once: one is 2 KB of ids and times."""

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
    "deliveries": {"associations": {"stateMachineState": {}, "shippingMethod": {}, "shippingOrderAddress": _ADDRESS}},
    "transactions": {"associations": {"stateMachineState": {}, "paymentMethod": {}}},
}
"""All an order is made of; the states too, since from 6.6 on they do not come unasked. The primary delivery and
payment (6.7.1) need no association of their own: the order names them, and they are among the others."""

WITH_PRODUCTS: Mapping[str, Any] = {**ASSOCIATIONS, "lineItems": {"associations": {"product": {}}}}
"""The same with each line's product, for codes the order itself does not keep."""

INHERITED: Mapping[str, str] = {"sw-inheritance": "1"}
"""The header that fills in what a variant has from its parent, EAN and manufacturer number among it; its mere presence
counts (C3)."""

_NAMED = ("id", "technicalName", "name", "translated")

INCLUDES: Mapping[str, Sequence[str]] = {
    "product": ("id", "ean", "manufacturerNumber"),
    "customer": ("id", "guest"),
    **dict.fromkeys(("state_machine_state", "payment_method", "shipping_method", "sales_channel", "tag"), _NAMED),
    "language": ("id", "locale"),
    "locale": ("code",),
    "currency": ("isoCode",),
    "country": ("iso", "name"),
    "country_state": ("shortCode", "name"),
    "salutation": ("salutationKey", "displayName"),
}
"""What an order shares with others is cut down to the fields that we use: each line's whole product, or the currency
and the language with every order, would be half of a page. The order's own rows are whole, for its revision."""

MARKED: Mapping[str, Any] = {
    "associations": {
        **{name: {} for name in ("orderCustomer", "billingAddress", "lineItems", "transactions")},
        "deliveries": {"associations": {"shippingOrderAddress": {}}},
    },
    "includes": {
        "order": (*MARKING, "autoIncrement", "orderNumber", *TO_ONE, *TO_MANY),
        "order_delivery": (*MARKING, *TO_ONE),
        **dict.fromkeys(("order_customer", "order_address", "order_transaction", "order_line_item"), MARKING),
    },
}
"""What makes a search a list of orders by name, with what their marks are made of."""


class ReadOrder(WireOrder):
    """An order with the revision and the mark that its row has."""

    revision: str
    mark: str


class ListedOrder(OddRow):
    """What names an order of which no more was asked for."""

    order_number: Annotated[str, BeforeValidator(readable)] = ""
    mark: str


class OddOrder(ListedOrder):
    """What names an order that is not what we know."""

    revision: str


OrderRow = ReadOrder | OddOrder


def _read_order(row: Row) -> OrderRow:
    dated = {**row, "revision": revision(row), "mark": mark_of(row)}
    read = read_row(ReadOrder, dated)
    return OddOrder.of(dated, read) if isinstance(read, str) else read


def _listed(row: Row) -> ListedOrder:
    return ListedOrder.of({**row, "mark": mark_of(row)}, "id")


ORDERS: Entity[OrderRow] = Entity("order", lambda found: [_read_order(row) for row in found])
"""Whole orders, of which an odd one spoils no other."""
LISTED = Entity("order", lambda found: [_listed(row) for row in found])


def _order_of(part: Any) -> ListedOrder | None:
    return _listed(part) if isinstance(part, dict) else None


class _Part(Wire):
    order: Annotated[ListedOrder | None, PlainValidator(_order_of)] = None


_PARTS = TypeAdapter(list[_Part])


@dataclass(frozen=True)
class Place:
    """How far the changed orders were read.

    Attributes:
        table: One of ``TABLES``.
        behind: The ``autoIncrement`` of the last order found there; None at its beginning.
    """

    table: str = TABLES[0]
    behind: str | None = None

    @classmethod
    def parse(cls, position: str | None) -> "Place":
        """Return what ``following`` made; a text of an older release counts within the orders themselves."""
        table, _, behind = (position or "").rpartition(":")
        return cls(table if table in TABLES else TABLES[0], behind if behind.isdigit() else None)

    def following(self, behind: str | None) -> str | None:
        """Return where the next page begins, None after the last table.

        Args:
            behind: Where the next page of this table begins; None when it is done.
        """
        if behind:
            return f"{self.table}:{behind}"
        rest = TABLES[TABLES.index(self.table) + 1 :]
        return f"{rest[0]}:" if rest else None


def read_changed(
    facts: ShopFacts, since: datetime, position: str | None, limit: int, known: KnownRows = none_known
) -> tuple[list[OrderRow], str | None]:
    """Return whole orders changed at or after ``since``, but for those known, and where the next page begins.

    Args:
        limit: The most orders that are read whole, and the most rows of another table that a page is read from.
    """
    place = Place.parse(position)
    if place.table != TABLES[0]:
        rows, behind = _changed_in_parts(facts, since, place, limit, known)
    elif known is none_known:
        rows, behind = _changed_themselves(facts, since, place, limit)
    else:
        rows, behind = _unknown_themselves(facts, since, place, limit, known)
    return rows, place.following(behind)


def read_by_id(facts: ShopFacts, ids: Sequence[OrderId]) -> list[OrderRow]:
    """Return these orders, but for those of channels that were not chosen; limit and page do not apply to ids."""
    return facts.api.search(ORDERS, {**_with_ids(facts, ids), **_whole(facts)}, _headers(facts))


def read_by_number(facts: ShopFacts, number: str) -> list[OrderRow]:
    """Return the orders of this number, of any channel: a number is no identity (platform file, "Corrections")."""
    search = {"page": 1, "limit": SMALL_PAGE, "filter": [equals("orderNumber", number)], **_whole(facts)}
    return facts.api.search(ORDERS, search, _headers(facts))


def _changed_themselves(
    facts: ShopFacts, since: datetime, place: Place, limit: int
) -> tuple[list[OrderRow], str | None]:
    filters, whole = _filters(facts, since), _whole(facts)
    rows, most = facts.api.page(
        ORDERS, limit, lambda most: {**by_key(place.behind, most, filters), **whole}, _headers(facts)
    )
    return rows, next_position(rows, place.behind, most, "orders")


def _unknown_themselves(
    facts: ShopFacts, since: datetime, place: Place, limit: int, known: KnownRows
) -> tuple[list[OrderRow], str | None]:
    """A poll sees the orders of the polls before it again: all are listed, and the others alone are read."""
    filters = _filters(facts, since)
    listed, most = facts.api.page(LISTED, LISTED_PAGE, lambda most: {**by_key(place.behind, most, filters), **MARKED})
    taken = list(_up_to(limit, listed, known))
    behind = next_position(taken, place.behind, most if len(taken) == len(listed) else len(taken), "orders")
    return _read_unknown(facts, taken, known), behind


def _up_to(unknown: int, listed: Sequence[ListedOrder], known: KnownRows) -> Iterator[ListedOrder]:
    """The first of a list, of which no more than this many are not known."""
    for row in listed:
        unknown -= not known(row.mark)
        if unknown < 0:
            return
        yield row


def _read_unknown(facts: ShopFacts, listed: Sequence[ListedOrder], known: KnownRows) -> list[OrderRow]:
    unknown = [row for row in listed if not known(row.mark)]
    ids = _ids(unknown)
    # One whose id is none cannot be asked for; what is there of it is told.
    odd = [OddOrder(**dict(row), revision=row.mark) for row in unknown if not is_id(row.id)]
    return [*(read_by_id(facts, ids) if ids else []), *odd]


def _changed_in_parts(
    facts: ShopFacts, since: datetime, place: Place, limit: int, known: KnownRows
) -> tuple[list[OrderRow], str | None]:
    channels, table = facts.settings.sales_channels, strict(place.table, _PARTS, "orders")
    found, most = facts.api.page(table, limit, lambda most: changed_children(place, since, channels, limit=most))
    orders = [part.order for part in found if part.order]
    # A row without its order takes a place on the page, which is full all the same.
    behind = next_position(orders, place.behind, len(orders), "orders") if len(found) == most else None
    return _read_unknown(facts, _marked(facts, orders, known), known), behind


def _marked(facts: ShopFacts, orders: Sequence[ListedOrder], known: KnownRows) -> Sequence[ListedOrder]:
    """The same with their marks: what another table's row tells of its order is not enough for one."""
    ids = _ids(orders)
    if known is none_known or not ids:
        return orders
    odd = [order for order in orders if not is_id(order.id)]
    return [*facts.api.search(LISTED, {**_with_ids(facts, ids), **MARKED}), *odd]


def _ids(orders: Sequence[ListedOrder]) -> list[OrderId]:
    """Each once, as far as the shop could have given it."""
    return [OrderId(each) for each in dict.fromkeys(order.id for order in orders) if is_id(each)]


def _with_ids(facts: ShopFacts, ids: Sequence[OrderId]) -> dict[str, Any]:
    return {"ids": list(ids), "filter": of_channels(facts.settings.sales_channels)}


def _filters(facts: ShopFacts, since: datetime) -> list[Mapping[str, Any]]:
    return [changed_since(since), *of_channels(facts.settings.sales_channels)]


def _headers(facts: ShopFacts) -> Mapping[str, str]:
    """A line's variant mostly has its codes from its parent, which the order does not name."""
    return INHERITED if facts.settings.product_codes else NO_HEADERS


def _whole(facts: ShopFacts) -> dict[str, Any]:
    return {"associations": WITH_PRODUCTS if facts.settings.product_codes else ASSOCIATIONS, "includes": INCLUDES}


def changed_since(since: datetime, of: str = "") -> dict[str, Any]:
    """Return the filter for rows that were made or changed at or after ``since``.

    Args:
        of: The way to another table's times, with its dot.
    """
    return either([_range(f"{of}{field}", "gte", since) for field in ("updatedAt", "createdAt")])


def changed_children(place: Place, since: datetime, channels: Sequence[str], *, limit: int) -> dict[str, Any]:
    """Return the search for changed rows of one table, whose orders did not change themselves.

    Those were found by their own times. Rows come by their order's key, which stays, and of the last order of a page
    one row is enough: so nothing is missed that is added, changed or deleted meanwhile. Every way leads to the one
    order of a row, so nothing is joined that would have to be grouped.
    """
    search = by_key(
        place.behind, limit, [changed_since(since), *_unchanged(since), *of_channels(channels, "order.")], "order."
    )
    includes = {place.table.replace("-", "_"): ["id", "order"], "order": ["id", "autoIncrement"]}
    return {**search, "associations": {"order": {}}, "includes": includes}


def _unchanged(since: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the opposite of ``changed_since`` for a row's order; a time that is null is found by no range."""
    yield _range("order.createdAt", "lt", since)
    yield either([_range("order.updatedAt", "lt", since), equals("order.updatedAt", None)])


def _range(field: str, bound: str, moment: datetime) -> dict[str, Any]:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return {"type": "range", "field": field, "parameters": {bound: text}}


def of_channels(channels: Sequence[str], of: str = "") -> list[dict[str, Any]]:
    """Return orders of these sales channels, ``of`` being the way to the order; of all when none is named."""
    return [any_of(f"{of}salesChannelId", channels)] if channels else []
