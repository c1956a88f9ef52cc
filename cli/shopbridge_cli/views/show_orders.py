"""The list of all orders as people read it, two lines for each, which fits into 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.explain import meant
from shopbridge_cli.lines import below, head, money, orders, when

Record = Mapping[str, Any]
GROUPS = {
    "imported": "imported",
    "on_the_way": "on the way",
    "held": "held",
    "skipped": "skipped",
    "refused": "refused",
}
"""Where an order is, in an operator's words."""


def listed(result: Record) -> RenderableType:
    """Counts that add up, then the page."""
    counts = ", ".join(f"{result['counts'][group]} {words}" for group, words in GROUPS.items())
    counted = Text(f"{orders(result['total'])}: {counts}.")
    return Group(counted, *_remarks(result), *(part for order in result["orders"] for part in _order(order)))


def _remarks(result: Record) -> Iterator[RenderableType]:
    if result["matching"] is None:
        yield Text("More match than these." if result["next"] else "These match; there are no more behind them.")
    elif result["matching"] != result["total"]:
        meant_ones = "" if result["matching"] else meant(result.get("code", ""))
        yield Text(f"Of these {result['matching']} match.{meant_ones}")
    if not result["complete"]:
        yield Text("The time ended before all were read: name a connection, or a shorter time with --since.")
    if result["next"]:
        yield Text(f"The next page: --after {result['next']!r}")


def _order(order: Record) -> Iterator[RenderableType]:
    office = f" as {order['office_order']}" if order["office_order"] else ""
    total = f", {money(order['total'], order.get('currency', ''))}" if order["total"] else ""
    yield head(f"{order['order'] or order['id']}  {GROUPS[order['group']]}{office}{total}")
    why = f"  {order['code']}: {order['reason']}" if order["code"] else ""
    yield from below(f"{when(order['found_at'])}  {order['connection']}{why}")
