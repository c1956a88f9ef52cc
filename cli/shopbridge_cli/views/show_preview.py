"""What would be sent of orders, as people read it."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, what_to_do

Record = Mapping[str, Any]
BECOMES = {"sent": "would be sent", "skipped": "would be skipped", "held": "would be held"}
MOST_FIELDS = 60
"""Fields of a draft that are shown; all of them with --json."""


def tried(result: Record) -> RenderableType:
    """Each order with what becomes of it, and what other settings make otherwise."""
    head = [] if result["complete"] else [Text("The time ended before all were tried.")]
    compared = [each for each in result["orders"] if "then" in each]
    if compared:
        head.append(Text(f"Of {len(compared)} orders {result['differ']} would be otherwise."))
    parts = (part for each in result["orders"] for part in (_compared(each) if "then" in each else _alone(each)))
    return Group(*head, *parts)


def _compared(each: Record) -> Iterator[RenderableType]:
    yield from _head(each, each["then"])
    yield from (Indented(Text(change), 2, hanging=2) for change in each["changes"] or ["as now"])
    yield from what_to_do(each["then"]["fix"])


def _alone(each: Record) -> Iterator[RenderableType]:
    yield from _head(each, each)
    if each["there"]:
        there = each["there"]
        known = "" if there["total"] is None else f", total {there['total']}"
        yield Indented(Text(f"The back office has it as {there['number'] or there['id']}{known}."), 2)
    if each["reason"]:
        yield Indented(Text(each["reason"]), 2)
    yield from what_to_do(each["fix"])
    fields = [*_fields(each["draft"] or {})]
    yield from (Indented(Text(line), 2, hanging=4) for line in fields[:MOST_FIELDS])
    if len(fields) > MOST_FIELDS:
        yield Indented(Text(f"and {len(fields) - MOST_FIELDS} more: --json shows all"), 2)
    if each["note"]:
        yield Indented(Text("Note kept with it:"), 2)
        yield from (Indented(Text(line), 4) for line in each["note"].splitlines())


def _head(each: Record, outcome: Record) -> Iterator[RenderableType]:
    code = f" ({outcome['code']})" if outcome["code"] else ""
    yield Indented(Text(f"Order {each['order']}: {BECOMES[outcome['becomes']]}{code}", style="bold"), 0, hanging=2)


def _fields(value: Any, place: str = "") -> Iterator[str]:
    """A line for each single value; what is empty is left out."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _fields(part, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _fields(part, f"{place}[{number}]")
    elif value not in (None, ""):
        yield f"{place}: {value}"
