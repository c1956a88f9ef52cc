"""Stock, prices and texts on the move while the storm rages, and what shop and back office have of them in the end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.demo.judgement.goods import Stocktaking, check_stock, mispriced, missing, overwritten, pending_units
from sandbox.pairs import catalogue
from sandbox.pairs.orders import Product
from sandbox.quick.scenery import BETWEEN, Linked, Scenery
from shopbridge.model.base import ConnectionId

BUFFER = Decimal(2)
SPARE = 30
"""Units of every product beyond what buyers are likely to take: towards the end there are few left."""
TEXT = "Written by the shop's own people: {}."
RUNS = ("products", "stock_comparison", "stock")
"""What an operator lets run when the storm is over."""
PATIENT = 12
"""How often one looks again whether a run has ended."""
LOOKS = 3
"""Looks at all stock that a figure may need which was read while an order moved; it may be too low until then."""


def parts(link: Linked) -> Mapping[str, Any]:
    """What the connection's settings say of stock and products."""
    return {
        "stock": {"active": True, "safety_buffer": str(BUFFER), **(link.pair.stock or {})},
        "products": {"active": True, "attributes": _attributes(link), **(link.pair.products or {})},
    }


def _attributes(link: Linked) -> Mapping[str, str]:
    return {"Size": "="} if link.office.keeps.variants and link.shop.makes_variants else {}


@dataclass
class Shelves:
    """What became of stock and products: names of articles with what is wrong.

    Attributes:
        articles: How many were compared.
        oversold: Offered although nobody has them, or somebody else ordered them.
        doubled: Whose sales were taken off twice.
        lost: Whose newest figure, price, text or whole product never came.
        emptied: Whose text is gone, or written over.
    """

    articles: int = 0
    oversold: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Every promise is kept."""
        return not (self.oversold or self.doubled or self.lost or self.emptied)


@dataclass
class Trade:
    """Both sides of all connections, and the people who work there."""

    stage: Scenery
    random: Random
    had: dict[ConnectionId, Mapping[str, Decimal]] = field(default_factory=dict)
    products: dict[ConnectionId, dict[str, Product]] = field(default_factory=dict)
    texts: dict[ConnectionId, dict[str, str]] = field(default_factory=dict)

    def open(self, link: Linked, buyers: int) -> None:
        """Put the catalogue on both sides, and more into the back office; the shop has texts of its own."""
        both = [replace(link.pair.market.product(each), stock=Decimal(SPARE + buyers)) for each in catalogue.PRODUCTS]
        new = [link.pair.market.product(each) for each in (catalogue.POLO, catalogue.TEA)]
        new = [each for each in new if link.office.keeps.takes(each) and _is_made(link, each)]
        link.shop.add_products(both)
        link.office.add_products([*both, *new])
        self.had[link.id] = {each.sku: each.stock for each in link.office.shelf()}
        self.products[link.id] = {each.sku: each for each in (*both, *new)}
        self.texts[link.id] = {}
        self._enrich(link)

    def offered(self, link: Linked) -> Mapping[str, Decimal]:
        """What buyers can buy."""
        return {each.sku: each.stock for each in link.shop.shelf()}

    def move(self, link: Linked) -> None:
        """Something happens on one of the sides."""
        self.random.choice((self._sell, self._sell, self._reprice, self._rewrite, self._enrich, self._add))(link)

    def start(self, link: Linked, job: str) -> None:
        """An operator starts a run, when the one of the schedule has ended. Raises RuntimeError with the problems."""
        self._await(link, job)
        told = self.stage.ask("start_run", connection=link.id, job=job, by="chaos")
        if "consent" in told:
            self.stage.ask("start_run", connection=link.id, job=job, by="chaos", consent=told["consent"])

    def _await(self, link: Linked, job: str) -> None:
        """Time passes until the run has ended: one that a tick began goes on at the next, when it broke off."""
        for _ in range(PATIENT):
            if not self._is_active(link, job):
                return
            self.stage.let_pass(BETWEEN)

    def _is_active(self, link: Linked, job: str) -> bool:
        runs = self.stage.ask("runs", connection=link.id)
        return any(run["kind"] == job and run["state"] == "running" for run in runs)

    # --- people ---------------------------------------------------------------------------------------

    def _sell(self, link: Linked) -> None:
        """Over the counter, what lies there."""
        there = {each.sku: each.stock for each in link.office.shelf()}
        wanted = {each.sku: self.random.randint(1, 3) for each in self.random.sample(catalogue.PRODUCTS, 2)}
        units = {sku: count for sku, count in wanted.items() if there[sku] >= count}
        if units:
            link.office.sell_at_till(units)

    def _reprice(self, link: Linked) -> None:
        product = self._any(link)
        self._change(link, replace(product, price=Decimal(self.random.randint(500, 9900)) / 100))

    def _rewrite(self, link: Linked) -> None:
        product = self._any(link)
        self._change(link, replace(product, name=f"{product.name.partition(' (')[0]} ({self.random.randint(1, 99)})"))

    def _change(self, link: Linked, product: Product) -> None:
        self.products[link.id][product.sku] = product
        link.office.change(product)

    def _enrich(self, link: Linked) -> None:
        sku = self.random.choice(catalogue.PRODUCTS).sku
        text = self.texts[link.id][sku] = TEXT.format(self.random.randint(1, 9_999))
        link.shop.enrich(sku, text)

    def _add(self, link: Linked) -> None:
        """The back office gets one more product."""
        number = len(self.products[link.id])
        made = Product(f"NEW-{number}", f"Novelty {number}", Decimal("9.95"), Decimal(21), Decimal(number))
        link.office.add_products([link.pair.market.product(made)])
        self.products[link.id][made.sku] = made
        self.had[link.id] = {**self.had[link.id], made.sku: Decimal(number)}

    def _any(self, link: Linked) -> Product:
        return self.random.choice(list(self.products[link.id].values()))

    # --- the end --------------------------------------------------------------------------------------

    def finish(self) -> Shelves:
        """Let everything run once more in calm weather, and judge."""
        shelves = Shelves()
        for job in RUNS:
            for link in self.stage.links.values():
                self.start(link, job)
            self.stage.settle()
        for link in self.stage.links.values():
            self._judge(shelves, link)
        return shelves

    def _judge(self, shelves: Shelves, link: Linked) -> None:
        named = _named(link)
        check = check_stock("in the end", self._taken(link))
        for _ in range(LOOKS):
            if check.oversold or not check.differing:
                break
            self.start(link, "stock")
            self.stage.settle()
            check = check_stock("in the end", self._taken(link))
        shop, office = link.shop.shelf(), link.office.shelf()
        shelves.articles += len(shop)
        shelves.oversold += map(named, check.oversold)
        shelves.doubled += map(named, check.doubled)
        shelves.lost += map(named, (*check.differing, *_missing(shop, office), *self._held(link)))
        shelves.emptied += map(named, overwritten(shop, self.texts[link.id]))
        shelves.emptied += [named(each.sku) for each in shop if not each.text and _has_text(each.sku, office)]

    def _held(self, link: Linked) -> Iterator[str]:
        """Nothing here is wrong with any product, so runs have nothing to tell, and none stands still for ever.

        Each is looked at when it was waited for: while others are, a tick of the schedule may begin it anew.
        """
        for job in RUNS:
            self._await(link, job)
            runs = self.stage.ask("runs", connection=link.id)
            yield from _unwell([run for run in runs if run["kind"] == job])

    def _taken(self, link: Linked) -> Stocktaking:
        return Stocktaking(
            shop=link.shop.shelf(),
            office=link.office.shelf(),
            pending=pending_units(link.shop.ordered(), (order.reference for order in link.office.booked())),
            had=self.had[link.id],
            sold=link.office.sold(),
            buffer=BUFFER,
            whole_units=link.shop.whole_units,
        )


def _is_made(link: Linked, product: Product) -> bool:
    """The shop can be given the product."""
    return link.shop.makes_variants or not product.options


def _named(link: Linked) -> Callable[[str], str]:
    return lambda what: f"{link.id}: {what}"


def _unwell(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for run in runs:
        yield from (f"{run['kind']}: {one['item']} {one['reason']['code']}" for one in run["problems"])
        if run["state"] != "done":
            yield f"the run of {run['kind']} is {run['state']}: {run['reason']}"


def _missing(shop: Any, office: Any) -> Iterator[str]:
    yield from (f"{name} is not in the shop" for name in missing(shop, office, ()))
    yield from (f"{sku} costs something else in the shop" for sku in mispriced(shop, office))


def _has_text(sku: str, office: Any) -> bool:
    return any(each.sku == sku and each.text for each in office)
