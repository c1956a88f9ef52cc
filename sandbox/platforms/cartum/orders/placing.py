"""Orders come into being and change: by buyers, by the manager and by ``orders/update``."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from typing import Any

from sandbox.platforms.cartum import stock
from sandbox.platforms.cartum.customers import register
from sandbox.platforms.cartum.hook_bodies import announce_order
from sandbox.platforms.cartum.reference import choice
from sandbox.platforms.cartum.specs import Buyer, Line, OrderSpec
from sandbox.platforms.cartum.state import (
    CANCELLED,
    GIFT,
    GIFT_PARENT,
    NEW,
    PRODUCT,
    SET_ITEM,
    SET_MAIN,
    Order,
    OrderLine,
    Product,
    Shop,
)
from sandbox.platforms.cartum.wire import time_text

FIXED = frozenset({"number", "status", "paid", "placed_at"})
"""What nobody edits: it has ways of its own, or none."""


def place(shop: Shop, spec: OrderSpec) -> Order:
    """Make an order; its goods leave the stock.

    Raises:
        ValueError: The specification names something the shop does not have.
    """
    chosen = settled(shop, spec)
    order = Order(
        id=spec.number or shop.new_id("order"),
        user=_user(shop, spec.buyer),
        placed=(spec.placed_at or shop.now()).astimezone(UTC),
        status=status_of(shop, spec.status),
        paid=spec.paid,
        spec=chosen,
        lines=list(_lines(shop, chosen)),
    )
    shop.orders[order.id] = order
    order.locked = order.status == CANCELLED and shop.assumed.manager_locks
    if order.status != CANCELLED:
        stock.take(shop, order)
    announce_order(shop, "order_created", order)
    return order


def settled(shop: Shop, spec: OrderSpec) -> OrderSpec:
    """The same order with everything named that the shop chooses by itself.

    Raises:
        ValueError: A delivery or payment that the shop does not have.
    """
    return replace(
        spec,
        delivery=choice(shop.deliveries, spec.delivery),
        payment=choice(shop.payments, spec.payment),
        currency=spec.currency or shop.currency,
        language=spec.language or shop.languages[0],
    )


def _user(shop: Shop, buyer: Buyer) -> int:
    """A guest has a number of his own in every order (K1)."""
    return shop.new_id("user") if buyer.guest else register(shop, buyer).id


def _lines(shop: Shop, spec: OrderSpec) -> Iterator[OrderLine]:
    for line in spec.lines:
        if line.parts:
            yield from _set(shop, spec, line)
        else:
            yield _line(shop, spec, line, GIFT_PARENT if line.gifts else PRODUCT)
        for gift in line.gifts:
            yield _line(shop, spec, replace(gift, price=Decimal(0)), GIFT)


def _set(shop: Shop, spec: OrderSpec, line: Line) -> Iterator[OrderLine]:
    """A set and its parts. Which of them carry the money is not documented (``Assumed.set_money``)."""
    main, count = _line(shop, spec, line, SET_MAIN), Decimal(line.quantity)
    parts = [_line(shop, spec, replace(part, quantity=Decimal(part.quantity) * count), SET_ITEM) for part in line.parts]
    money = shop.assumed.set_money
    main.counts, main.price = money != "items", main.price if money != "items" else Decimal(0)
    yield main
    for part in parts:
        part.counts, part.price = money == "items", part.price if money != "main" else Decimal(0)
        yield part


def _line(shop: Shop, spec: OrderSpec, line: Line, kind: str) -> OrderLine:
    found = shop.products.get(line.article)
    price = found.price if line.price is None and found else line.price
    if price is None:
        raise ValueError(f"The line {line.article or line.title!r} needs a price")
    title = line.title or _title(found, spec.language or shop.languages[0]) or line.article
    marker = "PRICE_OLD" if found and found.price_old > price else "NONE"
    return OrderLine(line.article, title, price, Decimal(line.quantity), kind, marker)


def _title(product: Product | None, language: str) -> str:
    """What it is called on the site of that language, with what its variant is called (K2)."""
    if product is None:
        return ""
    texts = (product.titles.get(language, ""), product.mod_titles.get(language, ""))
    return " ".join(filter(None, texts))


def edit(shop: Shop, order: Order, changes: Mapping[str, Any]) -> None:
    """The manager changes an order; no event tells of it.

    Raises:
        ValueError: It is locked, or there is no such thing to change.
    """
    if order.locked:
        raise ValueError(f"Order {order.id} is cancelled and locked")
    if fixed := FIXED & changes.keys():
        raise ValueError(f"An order's {min(fixed)} is not edited")
    held = order.holds_goods
    stock.give_back(shop, order)
    order.spec = settled(shop, replace(order.spec, **changes))
    order.lines = list(_lines(shop, order.spec))
    if held:
        stock.take(shop, order)


def set_status(shop: Shop, order: Order, status: int, *, by_api: bool = False) -> None:
    """Give an order another status; the same one again changes nothing.

    [inferred] Out of a cancelled one the manager takes an order up again: it is free, and takes its goods.
    """
    if order.status == status:
        return
    order.status = status
    order.locked = status == CANCELLED and (by_api or shop.assumed.manager_locks)
    if status != CANCELLED:
        stock.take(shop, order)
    if status != NEW:
        _announce(shop, "order_update", order, by_api=by_api)


def cancel(shop: Shop, order: Order, *, restock: bool) -> None:
    """The manager cancels an order, and may put its goods back, which the API never does (K1)."""
    if restock:
        stock.give_back(shop, order)
    set_status(shop, order, CANCELLED)


def set_paid(shop: Shop, order: Order, *, paid: bool, by_api: bool = False) -> None:
    """Say that an order is paid, or that it is not."""
    if order.paid == paid:
        return
    order.paid = paid
    if paid:
        _announce(shop, "order_paid", order, by_api=by_api)


def _announce(shop: Shop, event: str, order: Order, *, by_api: bool) -> None:
    if shop.assumed.api_changes_are_announced or not by_api:
        announce_order(shop, event, order)


def set_waybill(shop: Shop, order: Order, number: str, status: str, operator: str) -> None:
    """The manager makes a waybill for an order; an empty number takes it away."""
    order.waybill = {
        "deliveryOperatorType": operator,
        "tnNumber": number,
        "tnId": shop.new_id("waybill"),
        "tnStatusName": status,
        "tnTrackingUpdateDate": time_text(shop.now()),
    }
    if not number:
        order.waybill = {}


def delete(shop: Shop, order: Order) -> None:
    """[inferred] The manager deletes an order: its goods return, and nobody is told."""
    stock.give_back(shop, order)
    del shop.orders[order.id]


def status_of(shop: Shop, wanted: int | str) -> int:
    """A status by id, or by its title in any language.

    Raises:
        ValueError: There is none.
    """
    for status in shop.statuses.values():
        if wanted == status.id or wanted in status.titles.values():
            return status.id
    raise ValueError(f"No status is {wanted!r}")
