"""How much stock costs: SalesPOS to Shopware, the first sweep, one with a hundredth changed, an idle one, a comparison.

``make bench-stock`` prints a table; the emulators work in a process of their own. ``others`` are calls that do not
grow with the catalogue: tokens, versions, settings, and the back office's open orders.
"""

import sys
from collections.abc import Callable

from benchmarks.catalogues import Shelves, served
from benchmarks.runs import HUNDREDTH, STOCK, Bench, Cost, memory, settings_of
from sandbox.quick.cloud import cloud
from shopbridge.model.run import RunKind

COUNTS = (1_000, 10_000, 100_000)
CALLS = ("pages", "orders", "target", "writes", "others")
COLUMNS = (
    f"{'SKUs':>8} {'run':<11}{''.join(f'{name:>7}' for name in CALLS)}{'read':>8}{'written':>8}{'slices':>7}{'s':>7}"
)


def show(skus: int, what: str, cost: Cost) -> None:
    """A line of the table."""
    calls = "".join(f"{cost.calls[name]:>7,}" for name in CALLS)
    units = f"{cost.dynamodb['read']:>8,}{cost.dynamodb['written']:>8,}"
    print(f"{skus:>8,} {what:<11}{calls}{units}{cost.slices:>7}{cost.seconds:>7.1f}{memory():>6.0f} MB  {cost.found}")


def measure(skus: int, tell: Callable[[int, str, Cost], None]) -> None:
    """All runs; the shop must be right after each."""
    with cloud() as environment, served(skus, Shelves) as sides:
        bench = Bench(environment, sides, {**settings_of(sides.urls["office"], sides.urls["shop"]), **STOCK})
        kinds: list[tuple[str, RunKind, int]] = [
            ("first", "stock", 0),
            ("1 % changed", "stock", HUNDREDTH),
            ("unchanged", "stock", 0),
            ("comparison", "stock_comparison", 0),
        ]
        for what, kind, every in kinds:
            if every:
                sides.change(every)
            tell(skus, what, bench.run(kind))
            if sides.wrong():
                raise RuntimeError(f"{sides.wrong()} SKUs are wrong in the shop")


def main() -> None:
    """Print the table for the counts given, or for 1,000, 10,000 and 100,000 SKUs."""
    print(f"Before: {memory():.0f} MB\n{COLUMNS}")
    for skus in [int(count) for count in sys.argv[1:]] or COUNTS:
        measure(skus, show)


if __name__ == "__main__":
    main()
