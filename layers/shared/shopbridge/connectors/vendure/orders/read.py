"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page.

``updatedAt`` cannot be trusted: a change of state writes the old one back (platform file, "Orders", V1). So a poll
reads what was placed in the last day, what says that it changed, and in turns the orders of the two months before
(``kit/turns.py``), all in one list. What did not change has the same content, and is not handed over again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from pydantic import ValidationError

from shopbridge.connectors.kit.loose import as_text, writable
from shopbridge.connectors.kit.order_rows import mark_of, read_orders_page
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart, sightings
from shopbridge.connectors.kit.turns import REACH, piece_of, revision_of
from shopbridge.connectors.vendure.api import BY_ID, Document, Listing, VendureApi, VendurePlace, is_id, page_from
from shopbridge.connectors.vendure.orders.map import to_order
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import WireOrder
from shopbridge.errors import Held
from shopbridge.mapping.identity import is_sound, readable, sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import Model, OrderId, in_batches
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Clock, KnownRows, Sighting, none_known

_ADDRESS = "{ fullName company streetLine1 streetLine2 city province postalCode country countryCode phoneNumber }"
ORDERS: Final = Document(
    name="orders",
    field="orders",
    text=f"""query orders($options: OrderListOptions) {{
  globalSettings {{ trackInventory serverConfig {{ moneyStrategyPrecision }} }}
  orders(options: $options) {{
    totalItems
    items {{
      id code state orderPlacedAt currencyCode couponCodes total totalWithTax shipping shippingWithTax
      channels {{ code pricesIncludeTax }}
      customer {{ id emailAddress firstName lastName phoneNumber user {{ id }} }}
      billingAddress {_ADDRESS}
      shippingAddress {_ADDRESS}
      lines {{
        id quantity unitPrice unitPriceWithTax linePrice linePriceWithTax proratedLinePrice proratedLinePriceWithTax
        taxRate discounts {{ description }}
        productVariant {{ id sku name options {{ name group {{ code name }} }} }}
      }}
      surcharges {{ id description sku price priceWithTax taxRate }}
      shippingLines {{ shippingMethod {{ code name }} }}
      payments {{ id method amount state refunds {{ total state }} }}
      taxSummary {{ taxRate taxBase taxTotal }}
    }}
  }}
}}""",
)
LATELY = timedelta(days=1)
"""How long after it was placed an order is read by every poll."""
POLL = timedelta(days=4)
"""How far back a poll may ask, once a day with its overlap; whoever asks further is a first import or a run."""
SECOND = timedelta(seconds=1)
"""Moments that the database sets are cut to it, and ``after`` leaves the moment itself out."""
PLACED: Final[Mapping[str, Any]] = {"active": {"eq": False}, "type": {"notEq": "Seller"}}
"""No carts, and of an order that several sellers share only the whole."""


class OrderWalk(Model):
    """Where a reading is.

    Attributes:
        since: The moment from which changes are told; likewise ``placed``, from which orders were placed.
        piece: The beginning and the end of the piece that is read besides; empty for none.
        place: How far the list was read.
    """

    since: str
    placed: str
    piece: tuple[str, ...] = ()
    place: str = ""

    @classmethod
    def first(cls, since: datetime, now: datetime) -> Self:
        """Return where a reading begins: at a moment, or for a poll a day before it, with a piece of older orders."""
        if now - since > POLL:
            return cls(since=as_moment(since - SECOND), placed=as_moment(since - SECOND))
        start, end = piece_of(now)
        piece = (as_moment(start - SECOND), as_moment(end + SECOND))
        return cls(since=as_moment(since - SECOND), placed=as_moment(since - LATELY), piece=piece)

    @classmethod
    def parse(cls, mark: str) -> Self:
        """Read it from a position."""
        return cls.model_validate_json(mark)

    def after(self, place: VendurePlace | None) -> str | None:
        """Return the position of the next page."""
        if place is None:
            return None
        return self.model_copy(update={"place": place.text()}).model_dump_json(exclude_defaults=True)

    def options(self, skip: int, take: int) -> dict[str, Any]:
        """Return what is asked for."""
        ways: list[dict[str, Any]] = [
            {"updatedAt": {"after": self.since}},
            {"orderPlacedAt": {"after": self.placed}},
        ]
        if self.piece:
            ways.append({"orderPlacedAt": {"between": {"start": self.piece[0], "end": self.piece[1]}}})
        filters = {**PLACED, "orderPlacedAt": {"isNull": False}, "_or": ways}
        return {"filter": filters, "sort": BY_ID, "skip": skip, "take": take}


@dataclass(frozen=True)
class VendureOrders:
    """The orders of one shop, or of one of its channels."""

    api: VendureApi
    clock: Clock
    settings: VendureSettings

    def server_time(self) -> datetime:
        """Return our clock, without a call: what a poll reads overlaps by far more than clocks differ."""
        return self.clock()

    @property
    def reach(self) -> timedelta:
        """Return how far back the oldest piece lies that has its turn."""
        return REACH + LATELY

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return a page of the orders that were placed lately, say that they changed, or whose turn it is.

        Raises:
            RetryLater: Also for the page before once more.
        """
        now = self.clock()
        walk = OrderWalk.first(since, now) if position is None else OrderWalk.parse(position)

        def read(skip: int, take: int) -> Listing:
            return self.api.listed(ORDERS, walk.options(skip, take))

        found, place = page_from(VendurePlace.parse(walk.place), self.settings.page_size, read, "orders")
        decimals = found.facts.decimals
        return read_orders_page(
            each_once(found.rows),
            lambda row: read_order(row, self.settings, decimals, now),
            walk.after(place),
            known,
            lambda row: mark_of(row, str(decimals)),
        )

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders; one call for each page of ids."""
        known = [order for order in dict.fromkeys(ids) if is_id(order)]
        orders: list[Order] = []
        unreadable: list[UnreadableOrder] = []
        for some in in_batches(known, self.settings.page_size):
            read, odd = self._found({"id": {"in": list(some)}}, len(some))
            orders += read
            unreadable += odd
        return orders, unreadable

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the order with this code; one call."""
        if not number or not is_sound(number):
            return ()
        return sightings(self._found({"code": {"eq": number}}, self.settings.page_size))

    def _found(self, wanted: Mapping[str, Any], most: int) -> tuple[list[Order], list[UnreadableOrder]]:
        filters = {**PLACED, "orderPlacedAt": {"isNull": False}, **wanted}
        found = self.api.listed(ORDERS, {"filter": filters, "take": most})
        return read_orders(found.rows, self.settings, found.facts.decimals, self.clock())


def as_moment(moment: datetime) -> str:
    """Return a moment as filters take it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def each_once(rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows without those that come once more."""
    return {sound_id(as_text(row.get("id")), row): row for row in rows}.values()


def read_orders(
    rows: Iterable[Row], settings: VendureSettings, decimals: int, now: datetime
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read."""
    return orders_apart(read_order(row, settings, decimals, now) for row in each_once(rows) if row)


def read_order(row: Row, settings: VendureSettings, decimals: int, now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    try:
        order = to_order(WireOrder.model_validate(row), settings, decimals)
        check_order(order)
        content = order.model_dump_json()
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        return _unexpected(row, now, f"The order has an unexpected form at {first_error(error)}")
    except ArithmeticError:
        return _unexpected(row, now, "The order's amounts are beyond all measure")
    return order.model_copy(update={"revision": revision_of(now, content)})


def _unexpected(row: Row, now: datetime, text: str) -> UnreadableOrder:
    return _unreadable(row, now, "unexpected_form", text, "Look at the order in Vendure, then resend it.")


def _unreadable(row: Row, now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    named = as_text(row.get("id"))
    return UnreadableOrder(
        id=OrderId(sound_name(named) or sound_id(named, row)),
        number=readable(as_text(row.get("code"))),
        revision=revision_of(now, json.dumps(row, default=str, sort_keys=True)),
        code=code,
        text=writable(text),
        fix=fix,
    )
