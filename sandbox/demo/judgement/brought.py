"""What became of the shop's products in the back office, judged by what both have."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.demo.judgement.goods import Idle, Shelf, few, once


@dataclass(frozen=True)
class Brought:
    """How the shop's products stand in the back office in the end.

    Attributes:
        in_shop: SKUs that it sells.
        created, updated, taken_off: SKUs, in the back office.
        held: By the reason's code.
        fixes: What to do, by the reason's code.
        missing: SKUs that the shop sells, that are not in the back office and not held.
        doubled: SKUs that it has more than once.
        mispriced: SKUs that cost a cent more or less there.
        unlisted: SKUs that count as not sold there, although the shop sells them.
        left: SKUs that count as sold there, although the shop sells them no more.
        runs: By how they ended.
    """

    in_shop: int
    created: int
    updated: int
    taken_off: int
    held: Mapping[str, int]
    fixes: Mapping[str, str]
    missing: Sequence[str]
    doubled: Sequence[str]
    mispriced: Sequence[str]
    unlisted: Sequence[str]
    left: Sequence[str]
    idle: Idle
    runs: Mapping[str, int]

    @property
    def wrong(self) -> Sequence[str]:
        """All that is wrong, as sentences."""
        kinds = (
            ("are neither in the back office nor held", self.missing),
            ("are in the back office twice", self.doubled),
            ("cost something else in the back office", self.mispriced),
            ("count as not sold in the back office, though the shop sells them", self.unlisted),
            ("count as sold in the back office, though the shop sells them no more", self.left),
        )
        sentences = [f"Articles that {what}: {few(which)}" for what, which in kinds if which]
        written = [f"A run that found nothing to do made {self.idle.writes} writing calls."] if self.idle.writes else []
        return [*sentences, *written]


@dataclass(frozen=True)
class Delivery:
    """What is there at one moment.

    Attributes:
        gone: SKUs that the shop sells no more.
        placed: SKUs that the shop keeps in a category: only of these the back office can tell whether they are sold.
        lists: Tells whether the back office counts an SKU as sold.
    """

    shop: Shelf
    office: Shelf
    gone: Collection[str]
    placed: Collection[str]
    lists: Callable[[str], bool]

    @property
    def offered(self) -> Shelf:
        """What the shop sells."""
        return [each for each in once(self.shop) if each.sku not in self.gone]

    def missing(self, held: Collection[str]) -> Sequence[str]:
        """SKUs that did not arrive, but for those that are held."""
        there = {each.sku for each in self.office}
        return sorted(each.sku for each in self.offered if each.sku not in there and each.sku not in held)

    def doubled(self) -> Sequence[str]:
        """SKUs that arrived more than once."""
        return sorted(sku for sku, times in Counter(each.sku for each in self.office).items() if times > 1)

    def mispriced(self) -> Sequence[str]:
        """SKUs whose price differs from what a buyer pays in the shop."""
        prices = {each.sku: each.price for each in self.office}
        return sorted(each.sku for each in self.offered if prices.get(each.sku, each.price) != each.price)

    def unlisted(self) -> Sequence[str]:
        """SKUs that are sold and count as not sold."""
        there = {each.sku for each in self.office}
        known = (each.sku for each in self.offered if each.sku in self.placed and each.sku in there)
        return sorted(sku for sku in known if not self.lists(sku))

    def left(self) -> Sequence[str]:
        """SKUs that are not sold and count as sold."""
        there = {each.sku for each in self.office}
        return sorted(sku for sku in self.gone if sku in there and self.lists(sku))


def rows(brought: Brought) -> Iterator[tuple[str, str, str]]:
    """What a person reads of it."""
    yield "sold in the shop", str(brought.in_shop), "each variant counts"
    yield "created in the back office", str(brought.created), ""
    yield "updated in the back office", str(brought.updated), ""
    yield "taken off in the back office", str(brought.taken_off), ""
    for code, count in brought.held.items():
        yield f"held: {code}", str(count), brought.fixes[code]
    yield "unchanged on the next run", str(brought.idle.unchanged), f"{brought.idle.writes} writes"
    yield "missing", str(len(brought.missing)), ""
    yield "twice", str(len(brought.doubled)), ""
    yield "prices that differ", str(len(brought.mispriced)), ""
    yield "off, though sold in the shop", str(len(brought.unlisted)), ""
    yield "on, though not sold in the shop", str(len(brought.left)), ""


def as_json(brought: Brought) -> dict[str, object]:
    """The part ``brought`` of a pair, with ``runs`` and ``idle_runs``."""
    return {
        "brought": {
            "in_shop": brought.in_shop,
            "created": brought.created,
            "updated": brought.updated,
            "taken_off": brought.taken_off,
            "held": dict(brought.held),
            "unchanged": brought.idle.unchanged,
            "missing": len(brought.missing),
            "doubled": len(brought.doubled),
            "price_mismatches": len(brought.mispriced),
            "unlisted": len(brought.unlisted),
            "left": len(brought.left),
        },
        "runs": dict(brought.runs),
        "idle_runs": {"writes": brought.idle.writes, "calls": dict(brought.idle.calls)},
    }
