"""What can be pressed on the pages of shop and back office: orders, payments, cancellations, sales, products."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from sandbox.pairs import catalogue
from sandbox.pairs.catalogue import item
from sandbox.pairs.orders import Order, Product
from sandbox.pairs.pair import Pair
from sandbox.pairs.sides.protocols import Merchant, OfficeSide, ShopSide, Side
from sandbox.platforms.kit.buttons import Absence, Button, Buttons, of_everybody

FIRST_NUMBER = 20001
"""Of orders that are placed by hand: the story's are before it."""
MANY = 2_000
"""Products that are put into a catalogue at once, to see a run at work."""
_PLAIN = Order("", (item(catalogue.MUG, 2),), catalogue.SANNE, catalogue.UTRECHT, shipping=Decimal("4.95"))
KINDS: Mapping[str, Order] = {
    "two mugs": _PLAIN,
    "a company's lamp and books": replace(
        _PLAIN,
        items=(item(catalogue.LAMP), item(catalogue.BOOK, 2)),
        buyer=catalogue.ERIKA,
        billing=catalogue.BERLIN,
        payment="ideal",
    ),
    "not paid yet": replace(_PLAIN, items=(item(catalogue.SOAP, 3),), paid=False),
    "paid by PayPal, which nobody mapped": replace(
        _PLAIN, items=(item(catalogue.TEE),), buyer=catalogue.JOHN, billing=catalogue.LONDON, payment="paypal"
    ),
    "a product nobody made in the back office": replace(_PLAIN, items=(item(catalogue.UNKNOWN), item(catalogue.MUG))),
}


class Parties(Protocol):
    """Who stands on the two sides."""

    pair: Pair
    shop: ShopSide
    office: OfficeSide


def shop_page(world: Parties) -> Buttons:
    """The shop with its buttons."""
    return _page(world.shop, _of_shop(world))


def office_page(world: Parties) -> Buttons:
    """The back office with its buttons."""
    return _page(world.office, _of_office(world))


def _page(side: Side, own: Iterator[Button]) -> Buttons:
    absence = Absence()
    common = of_everybody(lambda refused: side.withhold(on=refused), absence)
    return Buttons(side.app, (*own, *common), absence)


@dataclass
class _Buyers:
    """Place orders, each with a number of its own."""

    world: Parties

    def __post_init__(self) -> None:
        self._numbers = itertools.count(FIRST_NUMBER)
        local = {kind: self.world.pair.market.order(order) for kind, order in KINDS.items()}
        self.kinds = {kind: order for kind, order in local.items() if self.world.shop.takes(order)}

    def place(self, kind: str) -> str:
        """Place one."""
        number = str(next(self._numbers))
        self.world.shop.place(replace(self.kinds[kind], number=number))
        shop = self.world.shop
        told = "told at once where the shop knows the bridge's address, else " if shop.announces else ""
        return f"Order {number} is placed: {told}found by the next poll."

    def numbers(self) -> Iterator[str]:
        """Of all orders, the newest first."""
        return reversed([order.number for order in self.world.shop.placed()])


def _of_shop(world: Parties) -> Iterator[Button]:
    shop, buyers = world.shop, _Buyers(world)

    def pay(number: str) -> str:
        shop.pay(number)
        return f"Order {number} is paid."

    def cancel(number: str) -> str:
        shop.cancel(number)
        return f"Order {number} is cancelled."

    yield Button("order", "Place an order:", buyers.place, lambda: buyers.kinds)
    yield Button("pay", "Pay order", pay, buyers.numbers)
    yield Button("cancel", "Cancel order", cancel, buyers.numbers)
    if world.pair.brings_products and isinstance(shop, Merchant):
        yield _many(shop.offer, world)


def _of_office(world: Parties) -> Iterator[Button]:
    office = world.office

    def sell(sku: str) -> str:
        office.sell_at_till({sku: 1})
        return f"One {sku} is sold over the counter."

    def make(_: str) -> str:
        office.add_products([world.pair.market.product(catalogue.UNKNOWN)])
        return f"{catalogue.UNKNOWN.sku} is made: send what waits for it again."

    def unmade() -> list[str]:
        known = {each.sku for each in office.shelf()}
        return [] if catalogue.UNKNOWN.sku in known else [catalogue.UNKNOWN.sku]

    if office.has_till:
        yield Button("sell", "Sell over the counter: one", sell, lambda: sorted(_left(office)))
    yield Button("make", "Make the product", make, unmade)
    if world.pair.carries_goods:
        yield _many(office.add_products, world)


def _left(office: OfficeSide) -> Iterator[str]:
    return (each.sku for each in office.shelf() if each.stock >= 1)


def _many(add: Callable[[Iterable[Product]], None], world: Parties) -> Button:
    batches = itertools.count(1)

    def act(_: str) -> str:
        batch = next(batches)
        add(world.pair.market.product(_bulk(batch, number)) for number in range(1, MANY + 1))
        return (
            f"{MANY} products are there, {_bulk(batch, 1).sku} and so on: `shopbridge runs start products` sends them."
        )

    return Button("many", f"Put {MANY:,} products into the catalogue", act)


def _bulk(batch: int, number: int) -> Product:
    sku = f"BULK-{batch}-{number:04}"
    return Product(sku, f"Sample {batch}-{number:04}", Decimal("9.90"), Decimal(21), Decimal(5))
