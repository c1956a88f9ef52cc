"""What becomes of an order in the shop, told to RO App: its status, its lines, and how it travels.

Once goods are written off, RO App's own link applies no change of the shop any more (doc H4, H5): then nothing is
forced, and a person is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopbridge.connectors.roapp.api import get, order_path, patch, post
from shopbridge.connectors.roapp.orders.lines import PlannedItem, plan_items
from shopbridge.connectors.roapp.orders.payload import WORDS, changed_item, dealt_to, delivery_text, item_body
from shopbridge.connectors.roapp.outcomes import TITLE, is_gone
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import ITEMS, ORDER, ItemInput, LineRead, OrderRead
from shopbridge.errors import Held, NeedsAttention, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rounding import CENT
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderParts, OrderUpdate
from shopbridge.model.order import Order

TAKES = frozenset[OrderChange]({"status", "cancelled", "lines", "address", "delivery"})
SPELLINGS = ("comment", "message")
"""[inferred] What the text of a comment is called: a client and the older documents disagree (client L2, doc L1)."""


@dataclass(frozen=True)
class RoAppChanges:
    """Tells what becomes of the orders of one connection."""

    settings: RoAppSettings
    client: PlatformClient
    takes: frozenset[OrderChange] = field(default=TAKES)

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Bring the order there to where the shop's stands.

        Raises:
            Held: Its goods are written off (``written_off``), or its lines cannot be what they are in the shop.
            Rejected: There is no such order, or RO App does not take it.
            OutcomeUnknown: It may be told.
        """
        if change in ("status", "cancelled"):
            return self._status(order_id, parts.status, first=first)
        if change == "lines":
            return self._lines(order_id, order, parts)
        return self._delivery(order_id, order, parts, first=first)

    # --- status -------------------------------------------------------------------------------------------------------

    def _status(self, order_id: ExternalId, status: str, *, first: bool) -> OrderUpdate:
        """Two calls, and one more where it may be told already."""
        if not status.isdecimal():
            said = f"says {status!r}, which is no number of a status in {TITLE}" if status else "has no entry for it"
            raise Held(
                f"The status map {said}",
                code="unknown_status",
                where=f"{TITLE}, order {order_id}",
                fix="Use the numbers that verifying the connection names in orders.maps.status, then resend the order.",
            )
        if not first and str(self._read(order_id).status.id) == status:
            return OrderUpdate(text=f"Its status in {TITLE} is {status} already.")
        refuse_written_off(self._items(order_id), order_id)
        self.client.send(post(order_path(order_id, "status"), {"status_id": int(status)}))
        return OrderUpdate(text=f"Its status in {TITLE} is {status}.")

    # --- lines --------------------------------------------------------------------------------------------------------

    def _lines(self, order_id: ExternalId, order: Order, parts: OrderParts) -> OrderUpdate:
        """Change, add and take away lines until the order is what it is in the shop; its total is read back."""
        there = self._items(order_id)
        refuse_written_off(there, order_id)
        known = parts.model_copy(update={"product_ids": {**parts.product_ids, **_products_of(order, there)}})
        _refuse_unknown(order, known)
        wanted = plan_items(order, known, self.settings, WORDS[self.settings.language]["delivery"])
        edit = edits(wanted, there, self.settings)
        if edit.removed and not self.settings.zero_removed_lines:
            raise _removed(edit.removed, order_id)
        done = [*self._changed(order_id, edit), *self._added(order_id, order, edit)]
        self._check_total(order_id, order)
        return OrderUpdate(text=f"{len(done)} of its lines in {TITLE} were changed.")

    def _changed(self, order_id: ExternalId, edit: "Edit") -> Iterator[int]:
        bodies: list[tuple[LineRead, dict[str, Any]]] = [
            (row, {**changed_item(item.quantity, item.price), "comment": item.comment}) for row, item in edit.changed
        ]
        for row, body in [*bodies, *((row, {"quantity": 0}) for row in edit.removed)]:
            self.client.send(patch(order_path(order_id, "items", row.id), body))
            yield row.id

    def _added(self, order_id: ExternalId, order: Order, edit: "Edit") -> Iterator[int]:
        if not edit.added:
            return
        manager = self._read(order_id).manager_id or (
            dealt_to(self.settings.managers, order.number) if self.settings.managers else None
        )
        if manager is None:
            raise NeedsAttention(
                "A line needs somebody who is assigned to it, and the order has no manager",
                where=f"{TITLE}, managers",
                fix="Choose managers in the settings, or give the order one in RO App.",
            )
        for item in edit.added:
            entity, line = int(item.entity), item
            made = ItemInput(entity_id=entity, quantity=line.quantity, price=line.price, comment=line.comment)
            self.client.send(post(order_path(order_id, "items"), item_body(made, manager)))
            yield entity

    def _check_total(self, order_id: ExternalId, order: Order) -> None:
        total = self._read(order_id).total
        if total is not None and abs(total - order.totals.gross) >= CENT:
            raise Held(
                f"Its lines were changed, and its total is {total:f} where the shop has {order.totals.gross:f}",
                code="totals_differ",
                where=f"{TITLE}, order {order_id}",
                fix="Somebody may have added a line there: compare the two orders and correct the one in RO App.",
            )

    # --- delivery -----------------------------------------------------------------------------------------------------

    def _delivery(self, order_id: ExternalId, order: Order, parts: OrderParts, *, first: bool) -> OrderUpdate:
        """Write a comment, as RO App's own link does (doc H2); where that is not known to work, into the notes.

        After a try that may have told it, the notes are looked into: a comment would stand there twice.
        """
        words = WORDS[self.settings.language]
        text = f"{words['delivery']}: {delivery_text(order, parts.shipping)}"
        if first and self._commented(order_id, text):
            return OrderUpdate(text=f"A comment in {TITLE} tells how it travels now.")
        notes = self._read(order_id).manager_notes
        if text not in notes:
            self.client.send(patch(order_path(order_id), {"manager_notes": f"{notes}\n{text}".strip()}))
        return OrderUpdate(text=f"The notes of the order in {TITLE} tell how it travels now.")

    def _commented(self, order_id: ExternalId, text: str) -> bool:
        """Whether RO App took a comment, however it is spelt there; a refused one changed nothing."""
        for name in SPELLINGS:
            try:
                self.client.send(post(order_path(order_id, "comments"), {name: text, "is_private": True}))
            except Rejected as error:
                if is_gone(error):
                    return False
            else:
                return True
        return False

    def _read(self, order_id: ExternalId) -> OrderRead:
        return self.client.read(get(order_path(order_id)), ORDER)

    def _items(self, order_id: ExternalId) -> Sequence[LineRead]:
        return self.client.read(get(order_path(order_id, "items")), ITEMS)


# --- what an edit comes to --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """What makes an order's lines those of the shop."""

    changed: Sequence[tuple[LineRead, PlannedItem]]
    added: Sequence[PlannedItem]
    removed: Sequence[LineRead]


def edits(wanted: Sequence[PlannedItem], there: Sequence[LineRead], settings: RoAppSettings) -> Edit:
    """Return what is to be changed, added and taken away; what people added there by hand stays.

    A line is the same one if it names the same product and says the same; the nearest first.
    """
    rest, added, pairs = list(there), list[PlannedItem](), list[tuple[LineRead, PlannedItem]]()
    for item in sorted(wanted, key=lambda item: not any(_is_as_wanted(row, item) for row in there)):
        row = next((row for row in rest if _is_as_wanted(row, item)), None)
        row = row or next((row for row in rest if _is_of(row, item)), None)
        if row is None:
            added.append(item)
            continue
        rest.remove(row)
        pairs.append((row, item))
    changed = [(row, item) for row, item in pairs if not _is_as_wanted(row, item)]
    ours = [row for row in rest if row.quantity and _is_ours(row, settings)]
    return Edit(changed, added, ours)


def _is_of(row: LineRead, item: PlannedItem) -> bool:
    return str(row.entity.id) == item.entity and row.comment == item.comment


def _is_as_wanted(row: LineRead, item: PlannedItem) -> bool:
    return _is_of(row, item) and (row.quantity, row.price) == (item.quantity, item.price)


def _is_ours(row: LineRead, settings: RoAppSettings) -> bool:
    """Whether it came from the shop: a product says its SKU, and an entry of the settings its name."""
    says_its_sku = bool(row.comment) and row.comment == row.entity.sku
    return says_its_sku or (bool(row.comment) and row.entity.id in settings.entries.values())


def _products_of(order: Order, there: Sequence[LineRead]) -> dict[str, ExternalId]:
    """What lines are known as by the order itself: each says its SKU."""
    known = {row.comment: ExternalId(str(row.entity.id)) for row in there if row.comment}
    return {line.id: known[line.sku] for line in order.lines if line.kind == "product" and line.sku in known}


def _refuse_unknown(order: Order, parts: OrderParts) -> None:
    unknown = [line for line in order.lines if line.kind == "product" and line.id not in parts.product_ids]
    if unknown:
        raise Held(
            f"The order has a new line, and what {TITLE} calls {unknown[0].sku or unknown[0].name!r} is not known",
            code="missing_product",
            where=f"order {order.number}",
            fix=f"Add it to the order in {TITLE} by hand.",
        )


def refuse_written_off(there: Sequence[LineRead], order_id: ExternalId) -> None:
    """Raise Held (code ``written_off``) for an order whose goods have left the stock."""
    if any(row.write_offs for row in there):
        raise Held(
            f"Goods of the order are written off in {TITLE}, so that no change of the shop is forced on it",
            code="written_off",
            where=f"{TITLE}, order {order_id}",
            fix=f"Change the order in {TITLE} by hand, and its write-off with it.",
        )


def _removed(rows: Sequence[LineRead], order_id: ExternalId) -> Held:
    names = ", ".join(row.comment for row in rows)
    return Held(
        f"Lines were removed from the order in the shop ({names}), and {TITLE} is not known to delete one",
        code="line_not_expressible",
        where=f"{TITLE}, order {order_id}",
        fix=f"Bring the lines in {TITLE} to what the shop has by hand, or set zero_removed_lines in its settings.",
    )
