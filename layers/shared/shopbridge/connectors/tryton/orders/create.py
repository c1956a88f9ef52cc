"""Orders on their way into Tryton, and finding them again.

A sale is created whole by one call and then quoted and confirmed by two more. Its reference is free text, and not
unique (platform file, "Orders"): so it is searched for after every try in doubt. How far it was to go stands in its
comment. A sale that is not as far is one whose creation broke off: it is not found, it is finished: ``find`` says that
only creating it once more tells, and ``create`` then presses the buttons that are left.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.customers import (
    ADDRESS,
    address_bodies,
    create_party,
    find_party,
    read_party,
)
from shopbridge.connectors.tryton.lookup import PRODUCT, SALABLE
from shopbridge.connectors.tryton.orders.payload import (
    draft_of,
    goal_in,
    order_fields,
    product_ids,
    ready,
    sale_body,
)
from shopbridge.connectors.tryton.orders.read import DRAFT, PROCESSING, QUOTATION, RANK, SALE, sale_of, sale_rows
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.wire import AddressInput, OrderInput, PartyRow, ProductRow, SaleRow
from shopbridge.errors import BridgeError, OutcomeUnknown, Rejected
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order

CLOCKS = timedelta(hours=1)
"""How far the server's clock may be behind ours."""
AT_ONCE = 100


class TrytonOrders:
    """Creates the sales of one connection."""

    def __init__(self, settings: TrytonSettings, api: TrytonApi) -> None:
        self._settings = settings
        self._api = api

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Return the sale and its lines; the addresses of a party are looked for when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return nothing: all of it stands in the sale's comment already."""
        del order, parts
        return ""

    def reference_of(self, name: str) -> str:
        """Return it with the prefix."""
        return self._settings.reference_prefix + name

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Do nothing, see ``plan_note``."""
        del order_id, note, first

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals: one call."""
        return _receipt(sale_of(self._api, order_id))

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Return all sales of this reference that were made at or after ``since``, the newest first: one call.

        Raises:
            OutcomeUnknown: The creation of one broke off: ``create`` finishes it.
        """
        made_since = ["create_date", ">=", since - CLOCKS]
        found = sale_rows(self._api, [["reference", "=", reference], made_since])
        if afresh and any(map(is_unfinished, found)):
            raise OutcomeUnknown(
                f"Tryton has the order {reference} in part; creating it once more finishes it",
                where=f"{TITLE}, order {reference}",
            )
        return [_receipt(row) for row in reversed(found) if row.reference == reference]

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create the sale, quote it, read its total, and confirm it where that is the shop's: a call each.

        Before that, one for its products and one for its party's addresses; more for a party or an address that is new.

        Raises:
            Held: It cannot be sent as it is.
            Rejected: Tryton does not take it, or a product or the party is gone.
            RetryLater: Surely not created.
            OutcomeUnknown: It may be there, whole or in part.
        """
        order: OrderInput = draft.checked or ready(draft.payload, f"order {draft.reference}")
        if again and (begun := self._begun(order.reference)):
            return _receipt(advance(self._api, begun.id, begun.state, order.status, order.total))
        units = self._units(product_ids(order))
        party = self._party(order)
        key = self._api.create(SALE, sale_body(order, party.id, self._addresses(party, order), units))
        try:
            sale = advance(self._api, key, DRAFT, order.status, order.total)
        except BridgeError as error:
            raise OutcomeUnknown(f"The order is in Tryton in part. {error.what}", where=error.where) from error
        return _receipt(sale)

    # --- what has to be there -----------------------------------------------------------------------------------------

    def _units(self, ids: Sequence[int]) -> Mapping[int, int]:
        """In which unit each product is sold. Raises Rejected for one that is not sold any more."""
        found: dict[int, int] = {}
        for batch in in_batches(ids, AT_ONCE):
            rows = self._api.search(PRODUCT, [SALABLE, ["id", "in", list(batch)]], ["sale_uom"])
            read = (read_row(ProductRow, row) for row in rows)
            found |= {row.id: row.sale_uom for row in read if isinstance(row, ProductRow) and row.sale_uom}
        if gone := [key for key in ids if key not in found]:
            raise Rejected(
                f"Tryton sells no product {', '.join(map(str, gone))}",
                code="no_product",
                where=f"{TITLE} products",
                fix="It was deleted, switched off or is not salable any more: correct that in Tryton, then resend.",
            )
        return found

    def _party(self, order: OrderInput) -> PartyRow:
        """The buyer: the one that the flow found, or else one with the same e-mail, or a new one."""
        if order.party is not None:
            return read_party(self._api, order.party)
        buyer = order.buyer
        if buyer is None:
            raise AssertionError("a draft has a party or a buyer")
        if found := find_party(self._api, buyer.email):
            return found
        return read_party(self._api, create_party(self._api, buyer, [*dict.fromkeys((order.billing, order.delivery))]))

    def _addresses(self, party: PartyRow, order: OrderInput) -> tuple[int, int]:
        """Of the bill and of the delivery: those that are there, or new ones."""
        found: dict[str, int] = {}
        for address in dict.fromkeys((order.billing, order.delivery)):
            there = next((row.id for row in party.addresses if address.is_at(row)), None)
            found[address.model_dump_json()] = there if there is not None else self._new_address(party.id, address)
        return found[order.billing.model_dump_json()], found[order.delivery.model_dump_json()]

    def _new_address(self, party: int, address: AddressInput) -> int:
        (body,) = address_bodies(self._api, [address])
        return self._api.create(ADDRESS, {**body, "party": party}, again=True)

    def _begun(self, reference: str) -> SaleRow | None:
        """The newest sale that an earlier try did not finish: one call."""
        found = sale_rows(self._api, [["reference", "=", reference]])
        return next((row for row in reversed(found) if row.reference == reference and is_unfinished(row)), None)


def is_unfinished(row: SaleRow) -> bool:
    """Tell whether a sale is not as far as its comment says that it was to go; one that is called off is."""
    goal = goal_in(row.comment)
    return bool(goal) and row.state in RANK and RANK[row.state] < RANK[goal]


def advance(
    api: TrytonApi, sale: int, state: str, goal: str, total: Decimal | None, *, repeatable: bool = True
) -> SaleRow:
    """Bring a sale as far as it is to go, quoted or confirmed, and return it.

    A sale that comes to another total than the shop's stays a quotation: nothing of it is sent, and a person is told.

    Args:
        state: How far it is.
        total: The shop's; None for any.
    """
    if state == DRAFT and RANK[goal] > RANK[DRAFT]:
        api.press(SALE, "quote", [sale], repeatable=repeatable)
    there = sale_of(api, ExternalId(str(sale)))
    if there.state == QUOTATION and goal == PROCESSING and total in (None, there.total):
        api.press(SALE, "confirm", [sale], repeatable=repeatable)
        return there.model_copy(update={"state": PROCESSING})
    return there


def _receipt(row: SaleRow) -> OrderReceipt:
    return OrderReceipt(id=ExternalId(str(row.id)), number=row.number, total=row.total, tax=row.tax)
