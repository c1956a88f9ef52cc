"""What an order may cost: calls and units by pair and path, exactly; ``tests/integration/costs/test_orders.py`` asks.

``python -m benchmarks.orders.budget`` writes ``budget.json`` anew, after a change that makes orders cheaper, or dearer
for a reason that was thought about.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.orders.paths import WALKED, costs

BUDGET = Path(__file__).with_name("budget.json")
ORDERS = 20
"""Of each path, at once: two parcels of ten."""
Counts = Mapping[str, Mapping[str, float]]


def read_budget() -> Mapping[str, Counts]:
    """What is allowed, by pair, path and kind, of one order."""
    found: Mapping[str, Counts] = json.loads(BUDGET.read_text())
    return found


def count(pair: str) -> Counts:
    """What the code at hand takes."""
    return {path: cost.per_order() for path, cost in costs(pair, dict.fromkeys(WALKED[pair], ORDERS)).items()}


def main() -> None:
    """Write what the code at hand takes into the budget, and tell it."""
    text = json.dumps({pair: count(pair) for pair in WALKED}, indent=2)
    BUDGET.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
