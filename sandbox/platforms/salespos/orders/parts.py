"""The rows and notes of an order, as resources of their own."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.salespos.errors import NO_SUCH_RECORD, RESOURCE_READ_ONLY, ApiError
from sandbox.platforms.salespos.orders.calls import put_rows, recalculate
from sandbox.platforms.salespos.orders.record import Order, Row
from sandbox.platforms.salespos.orders.rows import kept_price, move_stock, row_view
from sandbox.platforms.salespos.paging import page
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import NOTE_POST, ROW_PATCH, ROWS_PUT
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record, moment


def list_rows(shop: Shop, call: Call) -> Answer:
    """The rows of an order, paged like every collection."""
    order = existing(shop.orders, call, "order")
    path = f"/orders/{order.id}/orderrows/"
    return page(call, path, order.rows, partial(row_view, shop, call.root, order.id))


def show_row(shop: Shop, call: Call) -> Answer:
    """One row."""
    order, row = _row(shop, call)
    return found(row_view(shop, call.root, order.id, row))


def patch_row(shop: Shop, call: Call) -> Answer:
    """Change count, price or discount while the order is not completed.

    Raises:
        ApiError: It is completed; the code for that is [inferred].
    """
    order, row = _row(shop, call)
    if order.is_completed:
        raise ApiError(RESOURCE_READ_ONLY, "the order is completed, its rows can no longer be patched")
    changes: dict[str, Any] = {name: Decimal(value) for name, value in call.body.items()}
    if "price" in changes:
        changes["price"] = kept_price(shop, changes["price"])
    changed = replace(row, **changes)
    if order.stock_deducted:
        move_stock(shop, [row], 1)
        move_stock(shop, [changed], -1)
    order.rows[order.rows.index(row)] = changed
    recalculate(order)
    return DONE


def list_notes(shop: Shop, call: Call) -> Answer:
    """The notes of an order."""
    order = existing(shop.orders, call, "order")
    return page(call, f"/orders/{order.id}/ordernotes/", order.notes, partial(_note_view, call.root))


def post_note(shop: Shop, call: Call) -> Answer:
    """A new internal note."""
    order = existing(shop.orders, call, "order")
    note = {
        "id": shop.new_id("ordernotes"),
        "note": call.body["note"],
        "type": "internal",
        "create_date": moment(shop.now()),
    }
    order.notes.append(note)
    shop.note_orders[note["id"]] = order.id
    return created(_note_view(call.root, note))


def show_note(shop: Shop, call: Call) -> Answer:
    """One note."""
    return found(_note_view(call.root, _note(shop, call)[1]))


def delete_note(shop: Shop, call: Call) -> Answer:
    """Remove a note."""
    order, note = _note(shop, call)
    order.notes.remove(note)
    del shop.note_orders[call.id]
    return DONE


def _row(shop: Shop, call: Call) -> tuple[Order, Row]:
    if call.id not in shop.row_orders:
        raise ApiError(NO_SUCH_RECORD, f"orderrow {call.id} does not exist")
    order = shop.orders[shop.row_orders[call.id]]
    return order, next(row for row in order.rows if row.id == call.id)


def _note(shop: Shop, call: Call) -> tuple[Order, Record]:
    if call.id not in shop.note_orders:
        raise ApiError(NO_SUCH_RECORD, f"ordernote {call.id} does not exist")
    order = shop.orders[shop.note_orders[call.id]]
    return order, next(note for note in order.notes if note["id"] == call.id)


def _note_view(root: str, note: Record) -> Record:
    return {"href": f"{root}/ordernotes/{note['id']}/", **note}


ROUTES: Routes = {
    "/orders/{id}/orderrows": {
        "GET": Endpoint(list_rows, PAGING),
        "PUT": Endpoint(put_rows, shape=ROWS_PUT),
    },
    "/orderrows/{id}": {
        "GET": Endpoint(show_row),
        "PATCH": Endpoint(patch_row, shape=ROW_PATCH),
    },
    "/orders/{id}/ordernotes": {
        "GET": Endpoint(list_notes, PAGING),
        "POST": Endpoint(post_note, shape=NOTE_POST),
    },
    "/ordernotes/{id}": {
        "GET": Endpoint(show_note),
        "DELETE": Endpoint(delete_note),
    },
}
