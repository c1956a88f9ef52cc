"""Stock, prices and products in the table and in ``build/run.json``."""

from collections.abc import Iterator
from typing import Any

from sandbox.demo.goods import Goods, spoken

Row = tuple[str, str, str]
"""What, how many, and a remark."""


def as_json(goods: Goods) -> dict[str, Any]:
    """The parts ``products``, ``stock`` and ``runs`` of a pair."""
    return {
        "products": {
            "in_office": goods.in_office,
            "created": goods.created,
            "updated": goods.updated,
            "held": dict(goods.held),
            "missing": len(goods.missing),
            "unchanged": goods.idle.unchanged,
            "price_mismatches": len(goods.mispriced),
            "texts_overwritten": len(goods.overwritten),
        },
        "stock": {
            "agreeing": {check.moment: [check.agreeing, check.skus] for check in goods.checks},
            "oversold": len(goods.oversold),
            "doubled": len(goods.doubled),
        },
        "runs": dict(goods.runs),
        "idle_runs": {"writes": goods.idle.writes, "calls": dict(goods.idle.calls)},
    }


def product_rows(goods: Goods) -> Iterator[Row]:
    """Products and prices."""
    yield "in the back office", str(goods.in_office), "those that share an SKU count as one"
    yield "created in the shop", str(goods.created), ""
    yield "updated in the shop", str(goods.updated), ""
    for code, count in goods.held.items():
        yield f"held: {code}", str(count), goods.fixes[code]
    calls = ", ".join(f"{count} to {name}" for name, count in _called(goods))
    yield "unchanged on the next run", str(goods.idle.unchanged), f"{goods.idle.writes} writes; calls: {calls}"
    yield "missing", str(len(goods.missing)), ""
    yield "prices that differ", str(len(goods.mispriced)), ""
    yield "texts overwritten", str(len(goods.overwritten)), ""


def stock_rows(goods: Goods) -> Iterator[Row]:
    """Stock at every moment it was compared."""
    for check in goods.checks:
        yield f"right {spoken(check.moment)}", f"{check.agreeing}/{check.skus}", ""
    yield "oversold", str(len(goods.oversold)), ""
    yield "doubled", str(len(goods.doubled)), ""


def run_rows(goods: Goods) -> Iterator[Row]:
    """Runs by how they ended."""
    for state, count in goods.runs.items():
        yield state, str(count), ""


def _called(goods: Goods) -> Iterator[tuple[str, int]]:
    for name, title in (("shop", "the shop"), ("office", "the back office"), ("aws", "AWS")):
        yield title, goods.idle.calls.get(name, 0)
