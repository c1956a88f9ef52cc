"""A shop's order as the work order and the lines that are sent; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from shopbridge.connectors.kit.order_lines import payment_note
from shopbridge.connectors.roapp.customers import address_text, contact_of
from shopbridge.connectors.roapp.orders.lines import PlannedItem, plan_items
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.settings import Language, RoAppSettings
from shopbridge.connectors.roapp.wire import ItemInput, OrderInput
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.validation import validated
from shopbridge.model.office import PLANNED, OrderDraft, OrderParts
from shopbridge.model.order import Address, Order

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"order": "order", "delivery": "Delivery", "payment": "Payment", "comment": "Comment", "channel": "Channel"},
    "ro": {"order": "comanda", "delivery": "Livrare", "payment": "Plata", "comment": "Comentariu", "channel": "Canal"},
    "hu": {
        "order": "rendelés",
        "delivery": "Szállítás",
        "payment": "Fizetés",
        "comment": "Megjegyzés",
        "channel": "Csatorna",
    },
}
"""What is written into an order, by the language that is set."""
NOT_FOR_RULES: Final = frozenset({"client_id", "reference", "placed_at", "status_id", "total", "currency"})
"""Whose order it is, and by what it is found again; the status has its map."""
_FIXED: Final = ("items", "buyer", *NOT_FOR_RULES)
_WARRANTY: Final = {"period": "0", "periodUnits": "days"}
_NO_DISCOUNT: Final = {"type": "value", "percentage": 0, "amount": 0, "sponsor": "company"}
_BRACKETS: Final = str.maketrans("[]", "()")
"""No address may look like what was sent: it may stand behind that."""
_SENT: Final = re.compile(r"\[(?P<lines>\d+) \| (?P<total>-?[\d.]+) [A-Z]{3} \| (?P<status>\d+)\]")


@dataclass(frozen=True)
class Sending:
    """What the notes of an order say that was to be sent: how many lines, and the status that comes last."""

    lines: int
    status: int

    @classmethod
    def parse(cls, notes: str) -> "Sending | None":
        """Return it; None where somebody took it out of the notes. A buyer's own words stand before it."""
        found = [*_SENT.finditer(notes)]
        return cls(int(found[-1]["lines"]), int(found[-1]["status"])) if found else None


def sending_text(order: OrderInput) -> str:
    """Return the last line of the notes: lines, total and status as they are sent."""
    return f"[{len(order.items)} | {order.total:f} {order.currency} | {order.status_id}]"


def resent(notes: str, order: OrderInput) -> str:
    """Return the notes of an order with what is sent now in the place of what was to be sent."""
    before, _, after = notes.rpartition(found[-1][0]) if (found := [*_SENT.finditer(notes)]) else (notes, "", "")
    return f"{before}{after}".strip() + f"\n{sending_text(order)}"


def order_fields() -> dict[str, TargetField]:
    """Return every field of the order that a merchant's rule may fill, by its path."""
    found = (field for field in fields_of(OrderInput) if field.path.partition(".")[0] not in NOT_FOR_RULES)
    return {field.path: field for field in found if not field.path.startswith("buyer.")}


def draft_of(order: Order, parts: OrderParts, settings: RoAppSettings) -> OrderDraft:
    """Return the order in RO App's shape.

    Raises:
        Held: It cannot be expressed, is in another currency than the account (``currency_not_taken``), or names no
            buyer (``client_without_name``).
    """
    _check_currency(order, settings)
    reference = parts.reference or settings.reference_prefix + order.number
    items = plan_items(order, parts, settings, WORDS[settings.language]["delivery"])
    body = {
        "branch_id": settings.location,
        "order_type_id": settings.order_type,
        "client_id": None if parts.customer_id == PLANNED else parts.customer_id,
        "buyer": _buyer(order, parts),
        "manager_notes": "\n".join(_notes(order, parts, settings, reference)),
        "reference": reference,
        "placed_at": order.placed_at.isoformat(),
        "status_id": parts.status,
        "total": cents(order.totals.gross),
        "currency": order.currency,
        "items": [_input(item) for item in items],
    }
    made, lines_of_rows = ready(body, f"order {order.number}"), tuple(item.line for item in items)
    return OrderDraft(reference=reference, payload=made.model_dump(), line_of_row=lines_of_rows, checked=made)


def ready(payload: Mapping[str, Any], where: str) -> OrderInput:
    """Return the order as it may be sent. Raises Held with the fields that do not fit (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused=f"{TITLE} cannot take the order as it is mapped",
        where=where,
        fix="Location, order type, status map and default customer are numbers of RO App: verify the connection, which "
        "names them, and look at its own rules; then resend the order.",
    )


def order_body(order: OrderInput, settings: RoAppSettings, client: int, manager: int) -> dict[str, Any]:
    """Return the body that creates the order, without its lines (doc M1); fields without content stay out."""
    fields = order.model_dump(exclude=set(_FIXED))
    fields = {name: value for name, value in fields.items() if value not in ("", None)}
    return {
        **fields,
        "client_id": client,
        "manager_id": manager,
        "manager_notes": f"{order.manager_notes}\n{sending_text(order)}".strip(),
        "custom_fields": {f"f{settings.reference_field}": order.reference},
    }


def item_body(item: ItemInput, assignee: int) -> dict[str, Any]:
    """Return the body that adds a line.

    All of it is required: zeros and defaults stand for what no shop knows (doc M1). [inferred] That these are taken.
    """
    return {
        "entity_id": item.entity_id,
        "assignee_id": assignee,
        **changed_item(item.quantity, item.price),
        "cost": 0,
        "discount": _NO_DISCOUNT,
        "warranty": _WARRANTY,
        "comment": item.comment,
    }


def changed_item(quantity: Decimal, price: Decimal) -> dict[str, Any]:
    """Return the body that changes how much a line is."""
    return {"quantity": json_number(quantity), "price": json_number(price)}


def dealt_to(managers: Sequence[int], reference: str) -> int:
    """Return whose order it is: by its number, so that a second try gives it to the same one."""
    digest = int.from_bytes(blake2b(reference.encode(), digest_size=8).digest(), "big")
    return sorted(managers)[digest % len(managers)]


def delivery_text(order: Order, method: str | None) -> str:
    """Return how and where an order travels, in one line."""
    shipped = method or (order.shipping.method if order.shipping else "")
    parts = [shipped.strip(), *_place(order.shipping_address)]
    further = [", ".join([each.method, *_place(each.address)]) for each in order.further_deliveries]
    return "; ".join(filter(None, (", ".join(filter(None, parts)), *further))).translate(_BRACKETS)


def _place(address: Address) -> Iterator[str]:
    names = (f"{address.first_name} {address.last_name}", address.company, address_text(address), address.phone)
    return (name.strip() for name in names if name.strip())


def _input(item: PlannedItem) -> dict[str, Any]:
    return {
        "entity_id": item.entity,
        "quantity": item.quantity,
        "price": item.price,
        "comment": item.comment,
    }


def _buyer(order: Order, parts: OrderParts) -> dict[str, Any] | None:
    """Who it is for, where the flow found or made no contact: a guest, somebody without an e-mail, or in a plan."""
    if parts.customer_id not in (None, PLANNED):
        return None
    return contact_of(order.customer, order.billing_address, order.shipping_address).model_dump()


def _notes(order: Order, parts: OrderParts, settings: RoAppSettings, reference: str) -> Iterator[str]:
    """What the order has no field for: RO App's own link writes its delivery as text, too (doc H2)."""
    words = WORDS[settings.language]
    yield f"{settings.shop_name} {words['order']} {reference} ({order.placed_at:%Y-%m-%d %H:%M})"
    if travels := delivery_text(order, parts.shipping):
        yield f"{words['delivery']}: {travels}"
    if order.payment:
        yield f"{words['payment']}: {payment_note(order.payment, parts.payment or order.payment.method)}"
    if order.channel:
        yield f"{words['channel']}: {order.channel}"
    if order.comment.strip():
        yield f"{words['comment']}: {order.comment.strip()}"


def _check_currency(order: Order, settings: RoAppSettings) -> None:
    if order.currency != settings.currency:
        raise Held(
            f"The order is in {order.currency}, and RO App keeps {settings.currency}",
            code="currency_not_taken",
            where=f"order {order.number}",
            fix="An account has one currency: book this order by hand, or correct currency in the settings of RO App.",
        )
