"""How much a product run costs: SalesPOS to Shopware, four variants a product, first import, idle run, few changes.

``make bench-products`` prints a table; the emulators work in a process of their own.
"""

import sys
from collections.abc import Callable

from benchmarks.catalogues import served
from benchmarks.runs import HUNDREDTH, PRODUCTS, Bench, Cost, memory, settings_of
from sandbox.quick.cloud import cloud

COUNTS = (1_000, 5_000, 20_000)
SHORT = 75.0
"""Seconds of an invocation of the import: short, so that even this machine needs several slices."""


def show(products: int, what: str, cost: Cost) -> None:
    """A line of the table."""
    calls = " ".join(f"{cost.calls[name]:>7,}" for name in ("source", "target", "writes"))
    units = cost.dynamodb
    print(
        f"{products:>8,} {what:<10} {calls} {units['calls']:>6,} {units['read']:>6,} {units['written']:>7,} "
        f"{cost.slices:>6} {cost.seconds:>8.1f} {memory():>6.0f}  {cost.found}"
    )


def measure(products: int, tell: Callable[[int, str, Cost], None]) -> None:
    """Import, idle run and one with a hundredth changed."""
    with cloud() as environment, served(products) as sides:
        bench = Bench(environment, sides, {**settings_of(sides.urls["office"], sides.urls["shop"]), **PRODUCTS})
        tell(products, "import", bench.run("products", SHORT))
        tell(products, "unchanged", bench.run("products"))
        sides.change(HUNDREDTH)
        tell(products, "1 % dearer", bench.run("products"))


def main() -> None:
    """Print the table for the counts given, or for 1,000, 5,000 and 20,000 products."""
    print(f"Before: {memory():.0f} MB")
    print("products run         source  target  writes  DB op  reads  writes slices  seconds     MB")
    for products in [int(count) for count in sys.argv[1:]] or COUNTS:
        measure(products, show)


if __name__ == "__main__":
    main()
