"""Why an order is where it is, as people read it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, money, what_to_do, when

Record = Mapping[str, Any]
GROUPS = {
    "imported": "imported",
    "on_the_way": "on the way",
    "held": "held",
    "skipped": "skipped",
    "refused": "refused",
    "left_out": "left out",
    "not_read": "not read yet",
    "missed": "missed",
}
"""Where an order is, in an operator's words; the last three never came in."""
SIDES = {"shop": "In the shop", "office": "In the back office"}


def told(result: Record) -> RenderableType:
    """The answer; then each order with what it holds, and where it is on either side."""
    if not result["orders"]:
        return Group(Text(result["answer"]), *what_to_do(result["fix"]))
    several = len(result["orders"]) > 1
    head: list[RenderableType] = [Text(result["answer"]), *what_to_do(result["fix"])] if several else []
    return Group(*head, *(part for order in result["orders"] for part in _order(order, several=several)))


def _order(order: Record, *, several: bool) -> Iterator[RenderableType]:
    code = f" ({order['code']})" if order["code"] else ""
    which = f" (id {order['id']})" if several else ""
    head = f"Order {order['order']}{which}: {GROUPS.get(order['group'], order['group'])}{code}"
    yield Indented(Text(head, style="bold"), 0, hanging=2)
    yield Indented(Text(order["answer"]), 2)
    yield from what_to_do(order["fix"])
    yield from _shop(order)
    yield from _office(order)


def links(result: Record) -> Iterator[str]:
    """The addresses, each on a line of its own as it is: one that is folded leads nowhere."""
    for order in result["orders"]:
        which = f" {order['id']}" if len(result["orders"]) > 1 else ""
        named = [(words, order["links"].get(side)) for side, words in SIDES.items()]
        named.append(("Its document", (order["document"] or {}).get("url")))
        yield from (f"  {words}{which}: {address}" for words, address in named if address)


def _shop(order: Record) -> Iterator[RenderableType]:
    shop = order["shop"]
    if shop is None:
        if order["shop_says"] and order["shop_says"] not in order["answer"]:
            yield Indented(Text(order["shop_says"]), 2)
        return
    channel = f"{order['channel']}, " if order["channel"] else ""
    paid_by = f" by {shop['paid_by']}" if shop["paid_by"] else ""
    placed = datetime.fromisoformat(shop["placed_at"]).astimezone(UTC).isoformat()
    head = f"{channel}placed {when(placed)}, {shop['status']}, {shop['payment']}{paid_by}"
    yield Indented(Text(head), 2, hanging=2)
    for line in shop["lines"]:
        name = f"{line['sku']}  {line['name']}" if line["sku"] else line["name"]
        pieces = f"{Decimal(str(line['quantity'])).normalize():f}"
        yield Indented(Text(f"{pieces} x {name}  {money(line['total'])}"), 4, hanging=4)
    yield Indented(Text(f"Total {money(shop['total'], shop['currency'])}"), 4)


def _office(order: Record) -> Iterator[RenderableType]:
    document = order["document"]
    if document is not None:
        total = f", total {money(document['total'])}" if document["total"] is not None else ""
        yield Indented(Text(f"Back office: {document['number'] or document['id']}{total}"), 2, hanging=2)
    if order["office_says"]:
        yield Indented(Text(order["office_says"]), 2)
