"""What people do in RO App: move orders, write goods off, take money, sell over the counter, keep the catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.platforms.roapp import catalogue, items, orders, stock
from sandbox.platforms.roapp.inferred import CANCELLED_GROUP
from sandbox.platforms.roapp.state import Account, Comment, Item, Order, Product, Sale
from sandbox.platforms.roapp.webhooks import announce_order

NO_DISCOUNT = {"type": "value", "percentage": 0, "amount": 0, "sponsor": "company"}
NO_WARRANTY = {"period": "0", "periodUnits": "days"}


def status_of(account: Account, status: int | str) -> int:
    """The id of a status, by id or name. Raises LookupError."""
    for known in account.statuses.values():
        if status in (known.id, known.name):
            return known.id
    raise LookupError(f"There is no status {status!r}")


def set_status(account: Account, order: Order, status: int | str, employee: int) -> None:
    """Somebody moves an order."""
    orders.move(account, order, status_of(account, status), employee)


def cancel(account: Account, order: Order, employee: int) -> None:
    """Somebody ends an order without its having been done."""
    status = next(each.id for each in account.statuses.values() if each.group == CANCELLED_GROUP)
    orders.move(account, order, status, employee)


def write(account: Account, order: Order, values: Mapping[str, Any], employee: int) -> None:
    """Somebody writes other values, ``custom_fields`` among them."""
    orders.check_references(account, dict(values))
    orders.write(account, order, dict(values), employee)


def add_comment(account: Account, order: Order, text: str, employee: int) -> None:
    """Somebody writes into the feed."""
    order.comments.append(Comment(text, private=True, at=account.now()))
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)


def change_item(account: Account, order: Order, item: Item, values: Mapping[str, Any], employee: int) -> None:
    """Somebody changes a line: fields as a call writes them."""
    items.write(item, dict(values))
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)


def add_item(account: Account, order: Order, product: Product, quantity: Decimal, employee: int) -> Item:
    """Somebody adds a line at the product's first price, and does its work."""
    item = _item(account, product, quantity, employee)
    order.items.append(item)
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)
    return item


def _item(account: Account, product: Product, quantity: Decimal, employee: int) -> Item:
    number, price = account.new_id("item"), next(iter(product.prices.values()), Decimal(0))
    return Item(number, product.id, employee, quantity, price, product.cost, NO_DISCOUNT, NO_WARRANTY, account.now())


def remove_item(account: Account, order: Order, item: Item, employee: int) -> None:
    """Somebody takes a line away."""
    order.items.remove(item)
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)


def write_off(account: Account, order: Order, warehouse: int, employee: int) -> None:
    """Somebody writes all goods of an order off: they leave the stock, and its lines are fixed."""
    for item in order.items:
        product = account.article(item.product)
        if product.kind == "product":
            stock.book(product, warehouse, item.written_off - item.quantity)
        item.written_off, item.warehouse = item.quantity, warehouse
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)


def pay(account: Account, order: Order, amount: Decimal | None, employee: int) -> None:
    """Somebody takes money for an order; None is all that is open."""
    order.paid += order.total - order.paid if amount is None else amount
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)


def delete_order(account: Account, order: Order, employee: int) -> None:
    """Somebody deletes an order."""
    del account.orders[order.id]
    announce_order(account, "Order.Deleted", order, employee)


def sell(account: Account, counts: Mapping[int, Decimal], warehouse: int, employee: int) -> Sale:
    """Somebody buys over the counter: products and pieces, at their first price."""
    sold = [_item(account, account.products[number], quantity, employee) for number, quantity in counts.items()]
    for item in sold:
        stock.book(account.products[item.product], warehouse, -item.quantity)
    sale = Sale(account.new_id("sale"), account.now(), sold)
    account.sales[sale.id] = sale
    return sale


def add_product(account: Account, title: str, **values: Any) -> Product:
    """Somebody puts a product in the catalogue: fields of ``Product``."""
    product = catalogue.add_product(account, title=title, kind=values.pop("kind", "product"))
    change_product(product, **values)
    return product


def change_product(product: Product, **values: Any) -> None:
    """Somebody changes a product: fields of ``Product``. Raises AttributeError for one that it does not have."""
    for name, value in values.items():
        if not hasattr(product, name):
            raise AttributeError(f"A product has no {name}")
        setattr(product, name, value)
