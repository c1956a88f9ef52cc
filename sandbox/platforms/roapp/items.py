"""Lines of orders: of a product or service that exists, all fields given (M1).

A line cannot be taken away, and one that was written off cannot be changed by a call [inferred].
"""

from typing import Any

from sandbox.platforms.kit.fields import requiring
from sandbox.platforms.roapp.errors import ApiError, refused
from sandbox.platforms.roapp.fields import ITEM
from sandbox.platforms.roapp.order_view import item_view
from sandbox.platforms.roapp.routing import Call, Route, Routes, created, found, get
from sandbox.platforms.roapp.state import Account, Item, Order
from sandbox.platforms.roapp.webhooks import announce_order
from sandbox.platforms.roapp.wire import Record, amount_of

REQUIRED = frozenset({"entity_id", "assignee_id", "quantity", "price", "cost", "discount", "warranty"})


def listed(account: Account, call: Call) -> list[Record]:
    """All lines, without an envelope."""
    order: Order = found(account.orders, call.id(), "Order")
    return [item_view(account, item) for item in order.items]


def make(account: Account, call: Call) -> Any:
    """One line more; it moves no stock (L4, H2)."""
    order: Order = found(account.orders, call.id(), "Order")
    values = call.body
    _check(account, values)
    item = Item(
        id=account.new_id("item"),
        product=values["entity_id"],
        assignee=values["assignee_id"],
        quantity=amount_of(values["quantity"]),
        price=amount_of(values["price"]),
        cost=amount_of(values["cost"]),
        discount=dict(values["discount"]),
        warranty=dict(values["warranty"]),
        created=account.now(),
        comment=values.get("comment", ""),
        taxes=tuple(values.get("tax_ids", ())),
    )
    order.items.append(item)
    _changed(account, order)
    return created(account, item_view(account, item))


def change(account: Account, call: Call) -> Record:
    """Other values of a line."""
    order: Order = found(account.orders, call.id(), "Order")
    item: Item = found({each.id: each for each in order.items}, call.id("item"), "Item")
    _check(account, call.body)
    if item.written_off:
        raise refused("id", "the line was written off")
    write(item, call.body)
    _changed(account, order)
    return item_view(account, item)


def write(item: Item, values: Record) -> None:
    """Put values on a line."""
    for name in ("quantity", "price", "cost"):
        if name in values:
            setattr(item, name, amount_of(values[name]))
    item.product = values.get("entity_id", item.product)
    item.assignee = values.get("assignee_id", item.assignee)
    item.discount = dict(values.get("discount", item.discount))
    item.warranty = dict(values.get("warranty", item.warranty))
    item.comment = values.get("comment", item.comment)
    item.taxes = tuple(values.get("tax_ids", item.taxes))


def _check(account: Account, values: Record) -> None:
    """Nothing, when all that a line names exists. Raises ApiError."""
    known: dict[str, Any] = {"entity_id": account.products, "assignee_id": account.employees}
    wrong = [name for name, ids in known.items() if name in values and values[name] not in ids]
    if not set(values.get("tax_ids", ())) <= set(account.taxes):
        wrong.append("tax_ids")
    if wrong:
        raise ApiError(400, {"validation": {name: ["unknown"] for name in wrong}})


def _changed(account: Account, order: Order) -> None:
    account.touch(order)
    announce_order(account, "Order.Updated", order, account.key_owner)


ROUTES: Routes = {
    "GET /v2/orders/{id}/items": get(listed),
    "POST /v2/orders/{id}/items": Route(make, requiring(ITEM, REQUIRED)),
    "PATCH /v2/orders/{id}/items/{item}": Route(change, ITEM),
}
