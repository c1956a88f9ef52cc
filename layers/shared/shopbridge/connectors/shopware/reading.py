"""From a row of an order search to an order, or to the reason why it cannot be one: no order spoils its page."""

from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from shopbridge.connectors.shopware.maps import to_order
from shopbridge.connectors.shopware.revision import revision
from shopbridge.connectors.shopware.wire import WireOrder
from shopbridge.errors import Held
from shopbridge.mapping.identity import readable, sound_id
from shopbridge.mapping.misfits import first_misfit
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.model.sound_names import check_order

Row = Mapping[str, Any]


def read_orders(
    rows: Iterable[Row], own_states: Mapping[str, bool], zone: tzinfo = UTC
) -> tuple[list[Order], list[UnreadableOrder]]:
    """The rows as orders, each once, and those that could not be read; ``zone`` is the shop's."""
    once = {sound_id(row.get("id"), row): row for row in rows}
    read = [read_order(row, own_states, zone) for row in once.values()]
    return (
        [order for order in read if isinstance(order, Order)],
        [order for order in read if isinstance(order, UnreadableOrder)],
    )


def read_order(row: Row, own_states: Mapping[str, bool], zone: tzinfo = UTC) -> Order | UnreadableOrder:
    """One row."""
    try:
        order = _dated(to_order(WireOrder.model_validate(row), revision(row), own_states), zone)
        check_order(order)
        order.model_dump_json()  # as it will be queued
    except Held as reason:
        return _unreadable(row, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_misfit(error)}"
        return _unreadable(row, "unexpected_form", what, "Look at the order in Shopware; a plugin may have changed it.")
    except PydanticSerializationError:
        # Half of a character, or custom fields nested without end.
        what = "The order holds a text that cannot be written down"
        return _unreadable(row, "unexpected_form", what, "Look at its comment and custom fields in Shopware.")
    return order


def _dated(order: Order, zone: tzinfo) -> Order:
    """With the shop's own day: Shopware tells every time in UTC."""
    try:
        return order.model_copy(update={"placed_at": order.placed_at.astimezone(zone)})
    except OverflowError:  # at an end of the calendar
        return order


def _unreadable(row: Row, code: str, text: str, fix: str) -> UnreadableOrder:
    return UnreadableOrder(
        id=sound_id(row.get("id"), row),
        number=readable(row.get("orderNumber")),
        revision=revision(row),
        code=code,
        text=text,
        fix=fix,
    )
