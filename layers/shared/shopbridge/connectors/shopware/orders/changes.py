"""Which orders changed: one search for each table that an order is made of, each by its own times.

A single search over all of them joins the order with every line, payment, delivery and address, groups the result and
sorts it, before it takes a page: seconds a page at 100,000 orders (platform file, "Corrections and additions").
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
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
from shopbridge.connectors.shopware.wire import OddRow, Wire, WireOrder
from shopbridge.mapping.identity import readable, sound_id
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

INCLUDES: Mapping[str, Sequence[str]] = {"product": ("id", "ean", "manufacturerNumber"), "customer": ("id", "guest")}
"""What is cut down to the fields named: a whole product with every line, or the customer's whole record, would
multiply the size of a page."""

_TO_ONE = ("orderCustomer", "billingAddress", "shippingOrderAddress")
_TO_MANY = ("transactions", "deliveries", "lineItems")
_NESTED = (dict, list)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ListedOrder(WireOrder):
    """An order with the revision that its row has."""

    revision: str


class OddOrder(OddRow):
    """What names an order that is not what we know, or of which no more was asked for."""

    order_number: Annotated[str, BeforeValidator(readable)] = ""
    revision: str


class PassedOrder(OddOrder):
    """What names an order of which nothing is wanted any more: it only keeps its place on the page."""


OrderRow = ListedOrder | OddOrder


def orders_but(known: KnownRows) -> Entity[OrderRow]:
    """Return orders, of which those that are known are not looked into, and an odd one spoils no other."""
    return Entity("order", lambda listed: [_read_order(row, known) for row in listed])


def _read_order(row: Row, known: KnownRows) -> OrderRow:
    dated = {**row, "revision": revision(row)}
    if known(mark_of_order(sound_id(row.get("id"), row), dated["revision"])):
        return PassedOrder.of(dated, "")
    read = read_row(ListedOrder, dated)
    return OddOrder.of(dated, read) if isinstance(read, str) else read


def mark_of_order(order: str, at: str) -> str:
    """Return what stands for the row of an order at a revision."""
    return f"{order} {at}"


ORDERS = orders_but(none_known)


def _order_of(part: Any) -> OrderRow | None:
    return ORDERS.read([part])[0] if isinstance(part, dict) else None


class _Part(Wire):
    order: Annotated[OrderRow | None, PlainValidator(_order_of)] = None


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
        limit: The most rows of the one table that a page is read from.
    """
    place = Place.parse(position)
    read = _changed_themselves if place.table == TABLES[0] else _changed_in_parts
    rows, behind = read(facts, since, place, limit, known)
    return [row for row in rows if not isinstance(row, PassedOrder)], place.following(behind)


def read_by_id(facts: ShopFacts, ids: Sequence[OrderId], known: KnownRows = none_known) -> list[OrderRow]:
    """Return these orders, but for those of channels that were not chosen; limit and page do not apply to ids."""
    search = {"ids": list(ids), "filter": of_channels(facts.settings.sales_channels), **_whole(facts)}
    return facts.api.search(orders_but(known), search, _headers(facts))


def read_by_number(facts: ShopFacts, number: str) -> list[OrderRow]:
    """Return the orders of this number, of any channel: a number is no identity (platform file, "Corrections")."""
    search = {"page": 1, "limit": SMALL_PAGE, "filter": [equals("orderNumber", number)], **_whole(facts)}
    return facts.api.search(ORDERS, search, _headers(facts))


def _changed_themselves(
    facts: ShopFacts, since: datetime, place: Place, limit: int, known: KnownRows
) -> tuple[list[OrderRow], str | None]:
    filters = [changed_since(since), *of_channels(facts.settings.sales_channels)]
    whole = _whole(facts)
    rows, most = facts.api.page(
        orders_but(known), limit, lambda most: {**by_key(place.behind, most, filters), **whole}, _headers(facts)
    )
    return rows, next_position(rows, place.behind, most, "orders")


def _changed_in_parts(
    facts: ShopFacts, since: datetime, place: Place, limit: int, known: KnownRows
) -> tuple[list[OrderRow], str | None]:
    channels, table = facts.settings.sales_channels, strict(place.table, _PARTS, "orders")
    found, most = facts.api.page(table, limit, lambda most: changed_children(place, since, channels, limit=most))
    orders = [part.order for part in found if part.order]
    # A row without its order takes a place on the page, which is full all the same.
    behind = next_position(orders, place.behind, len(orders), "orders") if len(found) == most else None
    ids = [OrderId(each) for each in dict.fromkeys(order.id for order in orders) if is_id(each)]
    # One whose id is none cannot be asked for; what is there of it is told.
    odd = [order for order in orders if not is_id(order.id)]
    return [*(read_by_id(facts, ids, known) if ids else []), *odd], behind


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


def revision(order: Mapping[str, Any]) -> str:
    """Return a text such as ``2026-03-01T10:00:00.000Z-1a2b3c4d``, from an order as read (any shape is taken).

    The time is the newest ``createdAt`` or ``updatedAt`` of the order and of the rows that belong to it alone,
    since ``order.updatedAt`` stays when only a payment, delivery, line or address row is written (platform file,
    C12, C20). It has a fixed width, so texts compare by time first.

    The suffix hashes the rows' plain columns: two changes within a millisecond still get different revisions,
    though which of the two is the greater is then up to chance.
    """
    rows = list(_rows(order))
    newest = max((moment for row in rows for moment in _moments(row)), default=_NEVER)
    content = json.dumps([_columns(row) for row in rows], default=str, sort_keys=True)
    return f"{_milliseconds(newest)}-{sha256(content.encode()).hexdigest()[:8]}"


def _rows(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The row and its own rows; not what it shares with others (a product, a sales channel)."""
    yield row
    for key in _TO_ONE:
        if isinstance(child := row.get(key), Mapping):
            yield child
    for key in _TO_MANY:
        children = row.get(key)
        for child in children if isinstance(children, list) else ():
            if isinstance(child, Mapping):
                yield from _rows(child)


def _moments(row: Mapping[str, Any]) -> Iterator[datetime]:
    for key in ("createdAt", "updatedAt"):
        try:
            moment = datetime.fromisoformat(str(row.get(key)))
            if moment.tzinfo is not None:
                yield moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, _NESTED)}
