"""What is kept, and what was removed for good, as people read it."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented

Record = Mapping[str, Any]


def kept(result: Record) -> RenderableType:
    """What is kept of a deleted connection, and what forgetting it means."""
    more = "" if result["whole"] else " at least"
    return Group(Text(f"Of the connection {result['id']} is kept{more}:"), *_counts(result), *_remarks(result))


def forgotten(result: Record) -> RenderableType:
    """What became of it."""
    if not result["kept"]:
        return Text(f"Nothing is kept under the id {result['id']}.")
    head = f"The connection {result['id']} is forgotten: {result['removed']} records were removed. Its id is free."
    return Group(Text(head), *_remarks(result))


def about_buyer(result: Record) -> RenderableType:
    """What is kept about a buyer."""
    if not any(result["found"].values()):
        return Text(f"Nothing is kept about this address under the connection {result['id']}.")
    return Group(
        Text(f"About this address is kept under the connection {result['id']}:"),
        *(Indented(Text(f"{kind}: {count}"), 2) for kind, count in result["found"].items()),
        *(Indented(Text(f"customer {found} of the back office"), 2) for found in result["office_customers"]),
        *(Indented(Text(f"order {_order(order)}"), 2, hanging=2) for order in result["orders"]),
        *_remarks(result),
    )


def erased(result: Record) -> RenderableType:
    """What was removed, and what was left."""
    counts = ", ".join(f"{kind}: {count}" for kind, count in result["erased"].items())
    left = [Indented(Text(f"Left: {line}", style="yellow"), 0, hanging=2) for line in result["left"]]
    return Group(Text(f"Removed under the connection {result['id']}: {counts}."), *left, *_remarks(result))


def _order(order: Record) -> str:
    made = f", {order['office_order']} in the back office" if order["office_order"] else ""
    return f"{order['order'] or order['id']} ({order['state']}{made})"


def plain(shown: RenderableType) -> str:
    """As text, to stand on standard error before a question."""
    console = Console(file=io.StringIO(), highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get().rstrip()


def _counts(result: Record) -> Iterator[RenderableType]:
    for kind, count in sorted(result["kept"].items(), key=lambda entry: -entry[1]):
        yield Indented(Text(f"{kind}: {count}"), 2)


def _remarks(result: Record) -> Iterator[RenderableType]:
    yield from (Indented(Text(remark), 0) for remark in result["remarks"])
