"""Skipped orders as people read them: by reason, with what would make them go."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.explain import meant
from shopbridge_cli.lines import Indented, below, trouble, when

Record = Mapping[str, Any]


def by_reason(result: Record) -> RenderableType:
    """Each reason with its count, its newest orders and what to do."""
    if not result["count"]:
        return Text("No order is skipped.")
    return Group(*(part for group in result["reasons"] for part in _reason(group)))


def by_code(result: Record) -> RenderableType:
    """All orders of one reason, the newest first."""
    if not result["count"]:
        meant_ones = meant(result.get("code", "")) or " `skipped` shows which reasons there are."
        return Text(f"No order is skipped for that reason.{meant_ones}")
    return Group(*(part for group in result["reasons"] for part in (*_head(group), *_orders(group))))


def _head(group: Record) -> Iterable[RenderableType]:
    yield from trouble(f"{group['code']}: {group['count']}", group["reason"], group["fix"])


def _reason(group: Record) -> Iterable[RenderableType]:
    yield from _head(group)
    numbers = ", ".join(f"{_name(order)} ({when(order['since'])})" for order in group["orders"])
    yield Indented(Text(f"Orders: {numbers}{_more(group)}"), 2, hanging=2)


def _orders(group: Record) -> Iterable[RenderableType]:
    for order in group["orders"]:
        yield from below(f"{_name(order)}, judged {when(order['since'])}: {order['reason']}")
    if _more(group):
        yield Text(_more(group).strip())


def _name(order: Record) -> str:
    return str(order["order"] or order["id"])


def _more(group: Record) -> str:
    more = group["count"] - len(group["orders"])
    return f" and {more} more" if more else ""
