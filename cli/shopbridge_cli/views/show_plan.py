"""A plan as people read it: what importing a connection's orders would do."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, trouble

Record = Mapping[str, Any]


def planned(result: Record) -> RenderableType:
    """How many orders would be imported, skipped and held, by reason with examples."""
    counts = {
        "would be imported": result["to_import"],
        "imported already": result["imported_already"],
        "skipped": _total(result["skipped"]),
        "held": _total(result["held"]),
    }
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    nothing = "No order was read" if result["stopped"] else "There is nothing to import"
    head = f"{_read(result)}{said}" if said else nothing
    return Group(
        Text(f"{head}. Nothing was written."),
        *_stopped(result),
        *_reasons("Skipped", result["skipped"]),
        *_reasons("Held", result["held"]),
    )


def _read(result: Record) -> str:
    if result["stopped"]:
        return f"Of the first {result['read']} orders that were read: "
    return f"Of all {result['read']} orders: " if result["read"] else ""


def _stopped(result: Record) -> Iterable[RenderableType]:
    if result["stopped"]:
        yield Text(f"Not all orders were read. {result['stopped']}")


def _reasons(what: str, reasons: Iterable[Record]) -> Iterable[RenderableType]:
    for reason in reasons:
        examples = ", ".join(reason["examples"])
        more = ", …" if reason["count"] > len(reason["examples"]) else ""
        yield from trouble(f"{what}: {reason['count']}  {reason['code']}", reason["reason"], reason["fix"])
        yield Indented(Text(f"Orders: {examples}{more}"), 2, hanging=2)


def _total(reasons: Iterable[Record]) -> int:
    return sum(reason["count"] for reason in reasons)
