"""The story's scenes of stock, prices and products: what happens on both sides, and what is counted meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sandbox.demo.judgement.goods import (
    Changes,
    Goods,
    Idle,
    Shelf,
    StockCheck,
    Stocktaking,
    changes,
    check_stock,
    mispriced,
    missing,
    overwritten,
    pending_units,
)
from sandbox.demo.story.phases import Checks, Phase
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs import catalogue
from sandbox.pairs.catalogue import item
from sandbox.pairs.orders import Order, Product

BY = "demo"
"""In whose name the runs are started."""
WIDEST = 80
"""Letters in a line of a message."""
BUFFER = Decimal(2)
LOOKS = 3
"""How many looks at all stock a figure may need."""
MAPPED, FORGOTTEN = {"Size": "="}, {"Scent": "="}
"""``products.attributes``, and the entry an operator forgets at first."""
BOUGHT = Order("10020", (item(catalogue.TEA, 2),), catalogue.JOHN, catalogue.LONDON)
BOUGHT_VARIANT = replace(BOUGHT, items=(item(catalogue.POLO_M, 2),))
HELD = {"duplicate_sku": 1}
"""What is held in the end, by the reason's code."""


def settings(world: World, *, complete: bool) -> dict[str, Any]:
    """The connection's parts ``stock`` and ``products``, with what the pair needs besides."""
    mapped = {**MAPPED, **(FORGOTTEN if complete else {})} if maps_attributes(world) else {}
    parts: dict[str, Any] = {}
    if world.pair.stock is not None:
        parts["stock"] = {"active": True, "safety_buffer": str(BUFFER), **world.pair.stock}
    if world.pair.products is not None:
        parts["products"] = {"active": True, "attributes": mapped, "gone": "deactivate", **world.pair.products}
    return parts


def carries_variants(world: World) -> bool:
    """Whether the back office keeps variants: in a shop that does not, each is a product of its own."""
    return world.office.keeps.variants


def maps_attributes(world: World) -> bool:
    """Whether what variants differ in has to be named: where they stay together."""
    return carries_variants(world) and world.shop.makes_variants


@dataclass
class GoodsScenes:
    """Plays them and keeps what was seen.

    Args:
        settle: Waits until nothing moves any more.
    """

    world: World
    checks: Checks
    settle: Callable[[], bool]
    _had: dict[str, Decimal] = field(default_factory=dict)
    _stock: list[StockCheck] = field(default_factory=list)
    _created: set[str] = field(default_factory=set)
    _updated: set[str] = field(default_factory=set)
    _ended: Counter[str] = field(default_factory=Counter)
    _idle: Idle = field(default_factory=lambda: Idle(0, 0, {}))

    def prepare(self) -> None:
        """Put what only the back office has into its catalogue."""
        self.world.office.add_products(self.world.here(filter(self._keeps, catalogue.NEW_PRODUCTS)))
        self._had = {each.sku: each.stock for each in self.world.office.shelf()}

    def opening(self) -> Iterator[Phase]:
        """Before anybody orders."""
        yield Phase("products of the back office come into the shop by a run; bad ones are held", self._import)
        yield Phase("stock comes from the back office, less a safety buffer", self._send_stock, "first_run")
        yield Phase("the shop enriches a text; changed prices come from the back office", self._change)

    def closing(self) -> Iterator[Phase]:
        """After all orders."""
        if maps_attributes(self.world):
            yield Phase("the forgotten attribute is mapped, and its product goes", self._complete)
        yield Phase("an imported product is ordered in the shop", self._order_imported, "import")
        yield Phase("something is sold over the counter", self._till_sale, "till_sale")
        yield Phase("an imported order is cancelled in the shop", self._cancel, "cancelled_order")
        yield Phase("somebody counts wrong in the shop, and a comparison repairs it", self._compare, "comparison")
        if self._keeps(catalogue.POLO):
            yield Phase("a variant is taken out of its product: it goes off sale, or is named", self._drop_variant)
        yield Phase("one more look at everything: nothing is written", self._look_again)

    def compare_stock(self, moment: str) -> None:
        """Compare the stock of both sides as it is now, or as the next looks at all stock leave it.

        A figure that is read while an order's record moves may be too low until then; never too high.
        """
        check = check_stock(moment, self._stocktaking())
        for _ in range(LOOKS):
            if check.oversold or not check.differing:
                break
            self.world.operations.ask("start_run", connection=CONNECTION, job="stock", by=BY)
            self.settle()
            check = check_stock(moment, self._stocktaking())
        self._stock.append(check)

    def judge(self) -> Goods:
        """How everything stands in the end."""
        shop, office = self.world.shop.shelf(), self.world.office.shelf()
        problems = self._run("products")["problems"]
        held = dict(Counter(problem["reason"]["code"] for problem in problems))
        wanted = self._held()
        self.checks.that(held == wanted, f"Held products should be {wanted}, but are {held}.")
        return Goods(
            in_office=len(office_products(office)),
            created=len(self._created),
            updated=len(self._updated),
            held=held,
            fixes={problem["reason"]["code"]: problem["reason"]["fix"] for problem in problems},
            missing=missing(shop, office, [problem["item"] for problem in problems]),
            mispriced=mispriced(shop, office),
            overwritten=overwritten(shop, {catalogue.BOOK.sku: catalogue.ENRICHED}),
            checks=tuple(self._stock),
            idle=self._idle,
            runs=dict(self._ended),
        )

    def _held(self) -> dict[str, int]:
        """A variant that is gone waits for a person where the shop's API cannot take a single one off sale."""
        named = maps_attributes(self.world) and not self.world.shop.switches_variants_off
        return {**HELD, **({"no_version_switch": 1} if named else {})}

    def _import(self) -> None:
        self._products()
        found = {problem["reason"]["code"] for problem in self._run("products")["problems"]}
        bad = len(HELD) + maps_attributes(self.world) + self._taxed_otherwise
        self.checks.that(len(found) == bad, f"There should be {bad} kinds of bad products, but there are {found}.")
        new = [each for each in (catalogue.POLO, catalogue.TEA) if self._keeps(each)]
        self.checks.that(self._are_in_shop(new), f"These should come into the shop: {new}.")

    @property
    def _taxed_otherwise(self) -> bool:
        """Something has another rate in the shop than the one that the back office has for all: a person is told."""
        rates = {each.tax for each in self.world.here(catalogue.PRODUCTS)}
        return len(rates) > 1 and not self.world.office.keeps.taxes

    def _send_stock(self) -> None:
        self._start("stock")

    def _change(self) -> None:
        self.world.shop.enrich(catalogue.BOOK.sku, catalogue.ENRICHED)
        dearer = [each for each in (catalogue.DEARER_LAMP, catalogue.POLO_ON_SALE) if self._keeps(each)]
        for product in self.world.here((*dearer, catalogue.REWRITTEN_BOOK)):
            self.world.office.change(product)
        seen = self._products()
        changed = self._products_in_shop(dearer)
        self.checks.that(
            seen.updated == changed, f"{sorted(changed)} should be updated, but were {sorted(seen.updated)}."
        )

    def _complete(self) -> None:
        self._products()
        self.checks.that(self._are_in_shop([catalogue.CANDLE]), "The product whose attribute was mapped should come.")
        self._start("stock")

    def _order_imported(self) -> None:
        self.world.place([BOUGHT_VARIANT if self._keeps(catalogue.POLO) else BOUGHT])
        self.world.listen()

    def _till_sale(self) -> None:
        self.world.office.sell_at_till({catalogue.MUG.sku: 3, catalogue.TEA.sku: 1})
        self._start("stock")

    def _cancel(self) -> None:
        self.world.shop.cancel(BOUGHT.number)
        self.world.listen()

    def _compare(self) -> None:
        self.world.shop.miscount(catalogue.SOAP.sku, 999)
        run = self._start("stock_comparison")
        repaired = run["counts"]["updated"]
        self.checks.that(repaired == 1, f"One figure should be repaired, but the run says {repaired}.")

    def _drop_variant(self) -> None:
        """What is missing is believed at the second look."""
        dropped = f"{catalogue.POLO.sku}-L"
        self.world.office.drop_variant(catalogue.POLO, dropped)
        for _ in range(2):
            self._products()
        problems = {problem["item"]: problem["reason"]["code"] for problem in self._run("products")["problems"]}
        named = any(dropped in name for name in problems)
        gone = not self.world.shop.sells(dropped) or named
        self.checks.that(gone, f"{dropped} should be off sale or named, but is sold, and named are {problems}.")

    def _look_again(self) -> None:
        writes, calls = self._writes(), self.world.calls()
        self._start("stock")
        run = self._start("products")
        made = {name: count - calls[name] for name, count in self.world.calls().items()}
        self._idle = Idle(run["counts"]["unchanged"], self._writes() - writes, made)

    def _keeps(self, product: Product) -> bool:
        fits = not product.options or carries_variants(self.world)
        return fits and self.world.office.keeps.takes(product)

    def _are_in_shop(self, products: Iterable[Product]) -> bool:
        there = {each.sku for each in self.world.shop.shelf()}
        return all(sku in there for product in products for sku in product.skus)

    def _products_in_shop(self, products: Iterable[Product]) -> set[str]:
        """How the shop numbers these products."""
        skus = {sku for product in products for sku in product.skus}
        return {each.product for each in self.world.shop.shelf() if each.sku in skus}

    def _writes(self) -> int:
        return self.world.shop.writes + self.world.office.writes

    def _products(self) -> Changes:
        """A run of products, and what it did to the shop."""
        before = self.world.shop.shelf()
        self._start("products")
        seen = changes(before, self.world.shop.shelf())
        self._created |= seen.created
        self._updated |= seen.updated
        return seen

    def _start(self, kind: str) -> Mapping[str, Any]:
        """Start a run, wait for its end, and return it."""
        ask_for(self.world, self.checks, kind)
        settled = self.settle()
        run = self._run(kind)
        self._ended[run["state"]] += 1
        fine = settled and run["state"] == "done" and run["started_by"] == BY
        self.checks.that(fine, f"A run of {kind} should be done, but is {run['state']}: {run['reason']}.")
        check_told(self.world, self.checks, kind)
        return run

    def _run(self, kind: str) -> Mapping[str, Any]:
        runs = self.world.operations.ask("runs", connection=CONNECTION)
        return next(run for run in runs if run["kind"] == kind)

    def _stocktaking(self) -> Stocktaking:
        shop, office = self.world.shop, self.world.office
        taken = office.booked() if self.world.pair.takes_stock else ()
        return Stocktaking(
            shop=shop.shelf(),
            office=office.shelf(),
            pending=pending_units(shop.ordered(), (order.reference for order in taken)),
            had=self._had,
            sold=office.sold(),
            buffer=BUFFER,
            whole_units=shop.whole_units,
        )


def office_products(shelf: Shelf) -> set[str]:
    """The numbers of the products on a shelf."""
    return {each.product for each in shelf}


def ask_for(world: World, checks: Checks, kind: str) -> None:
    """Start a run; what products overwrite is told before anything is started, and agreed to."""
    world.inbox.new()  # what was told before is not looked at
    asked = {"connection": CONNECTION, "job": kind, "by": BY}
    told = world.operations.ask("start_run", **asked)
    if kind == "products":
        checks.that(not told["started"], "A run of products should not start before somebody has agreed.")
        world.operations.ask("start_run", **asked, consent=told["consent"])


def check_told(world: World, checks: Checks, kind: str) -> None:
    """Whoever started a run is told once how it ended, in lines that a mail shows as they are."""
    what = f"run of {kind.replace('_', ' ')}"
    told = [text for subject, text in world.inbox.new() if subject == f"Shopbridge {CONNECTION}: {what} done"]
    fits = all(f"Started by {BY} " in text and max(map(len, text.splitlines())) <= WIDEST for text in told)
    checks.that(len(told) == 1 and fits, f"The end of the {what} should be told once, but was: {told}.")
