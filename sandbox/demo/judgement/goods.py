"""What became of stock, prices and products, judged by what shop and back office have."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from sandbox.pairs.sides.protocols import Listed, Ordered

Shelf = Sequence[Listed]
SHOWN = 5
"""How many articles a sentence names."""


@dataclass(frozen=True)
class StockCheck:
    """Stock of both sides at one moment.

    Attributes:
        skus: How many are sold on both sides.
        differing: What the shop offers, and what it should, as sentences.
        oversold: SKUs of which the shop offers more than is there and not yet ordered.
        doubled: SKUs whose sales were taken off twice, on either side.
    """

    moment: str
    skus: int
    differing: Sequence[str]
    oversold: Sequence[str]
    doubled: Sequence[str]

    @property
    def agreeing(self) -> int:
        """SKUs whose figure is right."""
        return self.skus - len(self.differing)


@dataclass(frozen=True)
class Idle:
    """Runs that found nothing to do: ``unchanged`` products, and what they called."""

    unchanged: int
    writes: int
    calls: Mapping[str, int]


@dataclass(frozen=True)
class Goods:
    """How stock, prices and products stand in the end.

    Attributes:
        in_office, created, updated: Products.
        held: By the reason's code.
        fixes: What to do, by the reason's code.
        missing: Products that are neither whole in the shop nor held.
        mispriced: SKUs that cost a cent more or less than in the back office.
        overwritten: SKUs whose text somebody wrote in the shop, and that is gone.
        runs: By how they ended.
    """

    in_office: int
    created: int
    updated: int
    held: Mapping[str, int]
    fixes: Mapping[str, str]
    missing: Sequence[str]
    mispriced: Sequence[str]
    overwritten: Sequence[str]
    checks: Sequence[StockCheck]
    idle: Idle
    runs: Mapping[str, int]

    @property
    def oversold(self) -> Sequence[str]:
        """SKUs that were oversold at any moment."""
        return sorted({sku for check in self.checks for sku in check.oversold})

    @property
    def doubled(self) -> Sequence[str]:
        """SKUs whose stock was doubled at any moment."""
        return sorted({sku for check in self.checks for sku in check.doubled})

    @property
    def wrong(self) -> Sequence[str]:
        """All that is wrong, as sentences."""
        kinds = (
            ("are neither in the shop nor held", self.missing),
            ("cost something else in the shop", self.mispriced),
            ("lost the text that somebody wrote in the shop", self.overwritten),
            ("were oversold", self.oversold),
            ("had their stock doubled", self.doubled),
        )
        sentences = [f"Articles that {what}: {few(which)}" for what, which in kinds if which]
        figures = [f"Stock {spoken(check.moment)}: {each}" for check in self.checks for each in check.differing]
        written = [f"A run that found nothing to do made {self.idle.writes} writing calls."] if self.idle.writes else []
        return [*sentences, *figures, *written]


@dataclass(frozen=True)
class Stocktaking:
    """What is there at one moment.

    Attributes:
        pending: Units that buyers ordered in the shop and that still lie in the back office, by SKU.
        had, sold: What the back office had in the beginning, and what its orders have taken since.
        buffer: Units of every SKU that are never offered.
        whole_units: The shop knows no halves.
    """

    shop: Shelf
    office: Shelf
    pending: Mapping[str, Decimal]
    had: Mapping[str, Decimal]
    sold: Mapping[str, Decimal]
    buffer: Decimal
    whole_units: bool

    def should_offer(self, there: Listed) -> Decimal:
        """What the shop's figure has to be; it knows no less than nothing, also where more is ordered than is left."""
        free = max(there.stock - self.buffer, Decimal(0))
        sellable = free.to_integral_value(ROUND_FLOOR) if self.whole_units else free
        return max(sellable - self.pending.get(there.sku, Decimal(0)), Decimal(0))

    def is_oversold(self, there: Listed, offered: Decimal) -> bool:
        """The shop offers units that are not there, or that somebody else has ordered."""
        return offered > max(there.stock - self.pending.get(there.sku, Decimal(0)), Decimal(0))

    def is_doubled(self, there: Listed, offered: Decimal) -> bool:
        """Something was taken off twice: in the shop, or in the back office, where only its own orders may."""
        left = self.had.get(there.sku, there.stock) - self.sold.get(there.sku, Decimal(0))
        return offered < self.should_offer(there) or there.stock != left


def check_stock(moment: str, taken: Stocktaking) -> StockCheck:
    """Hold the figures of everything that is sold on both sides against each other."""
    offered = {each.sku: each.stock for each in taken.shop}
    both = [each for each in once(taken.office) if each.sku in offered]
    return StockCheck(
        moment=moment,
        skus=len(both),
        differing=[
            f"the shop offers {offered[each.sku]} of {each.sku} instead of {taken.should_offer(each)}"
            for each in both
            if offered[each.sku] != taken.should_offer(each)
        ],
        oversold=[each.sku for each in both if taken.is_oversold(each, offered[each.sku])],
        doubled=[each.sku for each in both if taken.is_doubled(each, offered[each.sku])],
    )


def pending_units(ordered: Iterable[Ordered], booked: Iterable[str]) -> Mapping[str, Decimal]:
    """Units of the shop's orders that are neither cancelled nor in the back office, by SKU."""
    known, units = set(booked), defaultdict[str, Decimal](Decimal)
    for order in ordered:
        if not order.cancelled and order.number not in known:
            for sku, count in order.units.items():
                units[sku] += count
    return units


def once(shelf: Shelf) -> Shelf:
    """Articles whose SKU no other one has."""
    times = Counter(each.sku for each in shelf)
    return [each for each in shelf if times[each.sku] == 1]


def mispriced(shop: Shelf, office: Shelf) -> Sequence[str]:
    """SKUs on both sides whose price differs, or whose list price where the shop keeps one."""
    there = {each.sku: each for each in shop}
    return [each.sku for each in once(office) if each.sku in there and _differ(there[each.sku], each)]


def missing(shop: Shelf, office: Shelf, held: Iterable[str]) -> Sequence[str]:
    """Products of the back office that are not whole in the shop.

    Args:
        held: Those that may be missing, each by its own number or by one of its SKUs.
    """
    there, names = {each.sku for each in shop}, set(held)
    excused = {each.product for each in office if {each.sku, each.product} & names}
    return sorted({each.product for each in office if each.sku not in there} - excused)


def overwritten(shop: Shelf, texts: Mapping[str, str]) -> Sequence[str]:
    """SKUs that do not have these texts any more."""
    return [each.sku for each in shop if texts.get(each.sku, each.text) != each.text]


@dataclass(frozen=True)
class Changes:
    """What a run of products did to the shop: numbers of products."""

    created: frozenset[str]
    updated: frozenset[str]


def changes(before: Shelf, after: Shelf) -> Changes:
    """The products that are new, and those of which anything but the stock is new."""
    known = {each.product for each in before}
    created = frozenset(each.product for each in after if each.product not in known)
    seen = {replace(each, stock=Decimal(0)) for each in before}
    updated = frozenset(each.product for each in after if replace(each, stock=Decimal(0)) not in seen)
    return Changes(created, updated - created)


def _differ(shop: Listed, office: Listed) -> bool:
    return shop.price != office.price or (shop.sales and shop.list_price != office.list_price)


def spoken(moment: str) -> str:
    """A moment's name in words."""
    return f"after {moment.replace('_', ' ')}"


def few(names: Sequence[str]) -> str:
    """The first ones, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
