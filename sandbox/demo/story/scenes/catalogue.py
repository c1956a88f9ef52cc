"""The story's scenes of products that come from the shop into the back office."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.demo.judgement.brought import Brought, Delivery
from sandbox.demo.judgement.goods import Idle, changes
from sandbox.demo.story.phases import Checks, Phase
from sandbox.demo.story.scenes.goods import BOUGHT, BY, ask_for, check_told
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs import catalogue
from sandbox.pairs.orders import Product
from sandbox.pairs.sides.protocols import Catalogue, Merchant

SCARF = Product("SCARF-6", "Scarf", Decimal("32.50"), Decimal(21))
NEW_PRODUCTS = (catalogue.POLO, catalogue.TEA, catalogue.VASE, SCARF)
"""In the shop only."""
RENAMED, DEARER = "Assam, loose, 125 g", Decimal("7.35")
DROPPED = f"{catalogue.POLO.sku}-L"


@dataclass
class CatalogueScenes:
    """Plays them and keeps what was seen.

    Args:
        settle: Waits until nothing moves any more.
    """

    world: World
    checks: Checks
    settle: Callable[[], bool]
    _gone: set[str] = field(default_factory=set)
    _created: set[str] = field(default_factory=set)
    _updated: set[str] = field(default_factory=set)
    _ended: Counter[str] = field(default_factory=Counter)
    _idle: Idle = field(default_factory=lambda: Idle(0, 0, {}))

    def prepare(self) -> None:
        """Put what only the shop has into its catalogue."""
        self._merchant.offer(self.world.here(self._new))

    def opening(self) -> Iterator[Phase]:
        """Before anybody orders."""
        alone = ", each variant as one of its own" if self.world.shop.makes_variants else ""
        yield Phase(f"products of the shop come into the back office by a run{alone}", self._import)
        yield Phase("the merchant changes a name and a price: both travel", self._change)

    def closing(self) -> Iterator[Phase]:
        """After all orders."""
        yield Phase("a product that came is ordered, and is there once", self._order)
        yield Phase("products are switched off and deleted in the shop: they go off sale", self._leave)
        yield Phase("what was switched off comes back", self._return)
        yield Phase("one more look at all products: nothing is written", self._look_again)

    def compare_stock(self, moment: str) -> None:
        """Nothing: no stock travels."""
        del moment

    def judge(self) -> Brought:
        """How everything stands in the end."""
        problems = self._run()["problems"]
        self.checks.that(not problems, f"No product should wait, but these do: {problems}.")
        there = self._delivery()
        return Brought(
            in_shop=len(there.offered),
            created=len(self._created),
            updated=len(self._updated),
            taken_off=sum(not there.lists(sku) for sku in self._gone),
            held=dict(Counter(problem["reason"]["code"] for problem in problems)),
            fixes={problem["reason"]["code"]: problem["reason"]["fix"] for problem in problems},
            missing=there.missing([problem["item"] for problem in problems]),
            doubled=there.doubled(),
            mispriced=there.mispriced(),
            unlisted=there.unlisted(),
            left=there.left(),
            idle=self._idle,
            runs=dict(self._ended),
        )

    def _import(self) -> None:
        self._products()
        wanted = set(_skus(self._new))
        self.checks.that(wanted <= self._created, f"{sorted(wanted - self._created)} should come from the shop.")

    def _change(self) -> None:
        self._merchant.reprice(catalogue.TEA.sku, RENAMED, DEARER)
        seen = self._products()
        (tea,) = (each for each in self.world.office.shelf() if each.sku == catalogue.TEA.sku)
        self.checks.that(
            (tea.name, tea.price, seen) == (RENAMED, DEARER, {catalogue.TEA.sku}),
            f"The tea alone should have another name and price, but it is {tea}, and {sorted(seen)} changed.",
        )

    def _order(self) -> None:
        self.world.place([BOUGHT])
        self.world.listen()

    def _leave(self) -> None:
        """What is missing is believed at the second look."""
        self._merchant.switch(catalogue.VASE.sku, on=False)
        gone = [SCARF.sku, *([DROPPED] if self.world.shop.makes_variants else [])]
        for sku in gone:
            self._merchant.discard(sku)
        for _ in range(2):
            self._products()
        self._gone |= {catalogue.VASE.sku, *gone}
        left = self._delivery().left()
        self.checks.that(not left, f"{left} should be off sale in the back office.")

    def _return(self) -> None:
        self._merchant.switch(catalogue.VASE.sku, on=True)
        self._products()
        self._gone.remove(catalogue.VASE.sku)
        self.checks.that(self._catalogue.lists(catalogue.VASE.sku), "The vase should be on sale again.")

    def _look_again(self) -> None:
        writes, calls = self._writes(), self.world.calls()
        self._products()
        made = {name: count - calls[name] for name, count in self.world.calls().items()}
        self._idle = Idle(self._run()["counts"]["unchanged"], self._writes() - writes, made)

    @property
    def _new(self) -> list[Product]:
        return [each for each in NEW_PRODUCTS if not each.options or self.world.shop.makes_variants]

    @property
    def _merchant(self) -> Merchant:
        shop = self.world.shop
        if not isinstance(shop, Merchant):
            raise TypeError(f"{shop.platform} has no catalogue that a merchant of the story could change")
        return shop

    @property
    def _catalogue(self) -> Catalogue:
        office = self.world.office
        if not isinstance(office, Catalogue):
            raise TypeError(f"{office.platform} has no catalogue that products of the story could come into")
        return office

    def _delivery(self) -> Delivery:
        placed = set(_skus(self._new))
        shop, office = self.world.shop.shelf(), self.world.office.shelf()
        return Delivery(shop, office, frozenset(self._gone), placed, self._catalogue.lists)

    def _writes(self) -> int:
        return self.world.shop.writes + self.world.office.writes

    def _products(self) -> set[str]:
        """Run products to the end; the SKUs that it changed in the back office."""
        before = self.world.office.shelf()
        ask_for(self.world, self.checks, "products")
        settled, run = self.settle(), self._run()
        self._ended[run["state"]] += 1
        fine = settled and run["state"] == "done" and run["started_by"] == BY
        self.checks.that(fine, f"A run of products should be done, but is {run['state']}: {run['reason']}.")
        check_told(self.world, self.checks, "products")
        seen = changes(before, self.world.office.shelf())
        self._created |= seen.created
        self._updated |= seen.updated
        return set(seen.updated)

    def _run(self) -> Any:
        runs = self.world.operations.ask("runs", connection=CONNECTION)
        return next(run for run in runs if run["kind"] == "products")


def _skus(products: Iterable[Product]) -> Iterator[str]:
    return (sku for product in products for sku in product.skus)
