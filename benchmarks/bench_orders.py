"""What orders cost, in CPU, calls, units and dollars, beside a plain loop and the peers; ``make bench`` prints a table.

``build/bench.json`` has the same for programs, docs/performance.md what it means; ``--docs`` puts the table there.
"""

import json
import re
import sys
from pathlib import Path

from benchmarks.orders.results import SHORT, Size, take_results
from benchmarks.orders.table import table

ROOT = Path(__file__).parents[1]
WRITTEN, PAGE = ROOT / "build" / "bench.json", ROOT / "docs" / "performance.md"
BLOCK = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)
"""Where the page has the table."""


def main() -> None:
    """Measure, all of it or with ``--short`` less of it."""
    size = SHORT if "--short" in sys.argv else Size()
    results = take_results(size, lambda what: print(f"{what} ...", file=sys.stderr, flush=True))
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(results.written(), indent=2) + "\n")
    told = table(results)
    print(told)
    if "--docs" in sys.argv:
        PAGE.write_text(BLOCK.sub(lambda _: f"{told}\n", PAGE.read_text(), count=1))


if __name__ == "__main__":
    main()
