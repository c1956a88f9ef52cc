"""What orders do to stock (platform file, chapter Stock).

These are SQL statements in a real shop: they neither move ``product.updatedAt`` nor raise an event.
"""

from collections import Counter
from typing import Any

from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row

DONE = frozenset({"completed", "cancelled"})


def quantities(shop: Shop, order: Row) -> Counter[str]:
    """How many of each product the order takes."""
    lines = shop.store.children("order_line_item", "orderId", order.id)
    taken: Counter[str] = Counter()
    for line in lines:
        if line.values["type"] == "product" and line.values["productId"]:
            taken[line.values["productId"]] += line.values["quantity"]
    return taken


def order_placed(shop: Shop, order: Row) -> None:
    """From 6.6 placing an order takes its stock; before, it only becomes less available."""
    sign = -1 if shop.stock_falls_when_placed else 0
    _move(shop, quantities(shop, order), sign)


def order_edited(shop: Shop, before: Counter[str], after: Counter[str]) -> None:
    """Lines of an order were changed or deleted: from 6.6 the difference moves."""
    if shop.stock_falls_when_placed:
        _move(shop, before, +1)
        _move(shop, after, -1)
    else:
        _move(shop, before + after, 0)


def order_moved(shop: Shop, order: Row, old: str, new: str) -> None:
    """An order changed its state.

    From 6.6 the code looks at the state left first: a second ``cancel`` of a cancelled order takes the
    stock once more.
    """
    if shop.stock_falls_when_placed:
        sign = -1 if old == "cancelled" else int(new == "cancelled")
    else:
        sign = (old == "completed") - (new == "completed")
    _move(shop, quantities(shop, order), sign)


def _move(shop: Shop, amounts: Counter[str], sign: int) -> None:
    if not shop.manages_stock:
        return
    for product_id, amount in amounts.items():
        product = shop.store.get("product", product_id)
        if product is not None:
            shop.store.write(product, {"stock": product.values["stock"] + sign * amount})
            refresh(shop, product)


def refresh(shop: Shop, product: Row, *, indexed: bool = True) -> None:
    """Set what follows from ``stock``: ``availableStock`` and ``available``.

    Args:
        indexed: False: indexing is off, so that ``available`` stays as it is. [inferred]: up to 6.5
            ``availableStock`` does, too, as it is no mirror yet.
    """
    stock, mirrored = product.values["stock"], shop.stock_falls_when_placed
    if not indexed and not mirrored:
        return
    left = stock if mirrored else stock - _open(shop, product.id)
    known = {"availableStock": left, "available": _sellable(shop, product, left)}
    wanted = known if indexed else {"availableStock": left}
    if any(product.values[name] != value for name, value in wanted.items()):
        shop.store.write(product, wanted)


def inherited(shop: Shop, product: Row, name: str) -> Any:
    """A product's value, or its parent's."""
    own = product.values[name]
    if own is not None or not product.values["parentId"]:
        return own
    parent = shop.store.get("product", product.values["parentId"])
    return None if parent is None else parent.values[name]


def _sellable(shop: Shop, product: Row, left: int) -> bool:
    return not inherited(shop, product, "isCloseout") or left >= (inherited(shop, product, "minPurchase") or 1)


def _open(shop: Shop, product_id: str) -> int:
    """Up to 6.5: how many of a product the orders hold that are neither completed nor cancelled."""
    lines = shop.store.children("order_line_item", "productId", product_id)
    orders = [(shop.store.get("order", line.values["orderId"]), line) for line in lines]
    return sum(
        int(line.values["quantity"])
        for order, line in orders
        if order is not None and shop.state_name(order) not in DONE
    )
