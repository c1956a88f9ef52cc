"""Stock, prices and products in the table and in ``build/run.json``, whichever way they travelled."""

from collections.abc import Iterator
from typing import Any

from sandbox.demo.judgement import brought
from sandbox.demo.judgement.brought import Brought
from sandbox.demo.judgement.goods import Goods, spoken

Row = tuple[str, str, str]
"""What, how many, and a remark."""


def as_json(goods: Goods | Brought) -> dict[str, Any]:
    """The parts ``products`` or ``brought``, ``stock`` and ``runs`` of a pair."""
    if isinstance(goods, Brought):
        return brought.as_json(goods)
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


def sections(goods: Goods | Brought) -> Iterator[tuple[str, Iterator[Row]]]:
    """The parts of the table, each with its title."""
    if isinstance(goods, Brought):
        yield "Products", brought.rows(goods)
    else:
        yield "Products", product_rows(goods)
        yield "Stock, SKUs", stock_rows(goods)
    yield "Runs started by hand", run_rows(goods)


def praise(goods: Goods | Brought) -> str:
    """What there is to say when all is well."""
    if isinstance(goods, Brought):
        return "Products and prices are in the back office as in the shop, each once; what it sells no more is off."
    return "Stock, prices and products are what the back office says, and texts what the shop wrote."


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


def run_rows(goods: Goods | Brought) -> Iterator[Row]:
    """Runs by how they ended."""
    for state, count in goods.runs.items():
        yield state, str(count), ""


def _called(goods: Goods) -> Iterator[tuple[str, int]]:
    for name, title in (("shop", "the shop"), ("office", "the back office"), ("aws", "AWS")):
        yield title, goods.idle.calls.get(name, 0)
