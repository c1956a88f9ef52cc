"""What became of an order since it was imported; pure.

The record keeps an order's facts (``facts_of``); a later version is held against them (``differences``), and the next
one against ``merged_facts``.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b

from shopbridge.model.ledger import BARE_FACTS, KEYED_FACTS, OrderFacts, PaymentFacts, Reason
from shopbridge.model.office import OrderChange
from shopbridge.model.order import Address, Order, OrderLine, Payment, PaymentStanding

DIGEST = 12
"""Bytes: enough that no correction of an address ever goes unnoticed."""
_LONGEST_KEY = 64
_NOT_PAID = frozenset({"open", "authorized"})
"""The back office has both as not paid."""
_WORDS: dict[PaymentStanding, str] = {
    "open": "not paid",
    "authorized": "not paid",
    "paid_in_part": "paid in part",
    "paid": "paid",
    "refunded_in_part": "given back in part",
    "refunded": "given back",
    "charged_back": "taken back by the buyer's bank",
}
_TO_DO: dict[PaymentStanding, str] = {
    "open": "Look at its payments in the shop, and mark order {} as not paid in the back office.",
    "authorized": "Look at its payments in the shop, and mark order {} as not paid in the back office.",
    "paid_in_part": "Collect the rest, and book what was paid on order {} in the back office.",
    "paid": "Mark order {} as paid in the back office.",
    "refunded_in_part": "Book what was given back as a credit on order {} in the back office.",
    "refunded": "Book what was given back as a credit on order {} in the back office.",
    "charged_back": "Settle it with the buyer, and mark order {} as not paid in the back office.",
}
PAYMENT_CHANGED = "payment_changed"
ORDER_CANCELLED = "order_cancelled"
CHANGED = "changed_after_import"
"""The code of an imported order that is not what the back office has, and that a person is to see to."""
_FIELDS: dict[OrderChange, tuple[str, ...]] = {
    "lines": ("lines", "positions", "pieces", "gross", "tax", "currency"),
    "address": ("billing", "shipping", "buyer"),
    "delivery": ("deliveries",),
    "paid": ("payment",),
    "refunded": ("payment",),
    "cancelled": ("cancelled",),
}
"""What the back office has as the shop has it, once a change was told."""
_EDITS: tuple[OrderChange, ...] = ("lines", "address", "delivery")
_CODES: dict[OrderChange, tuple[str, ...]] = {
    "lines": ("total_changed", "lines_changed"),
    "address": ("address_changed", "buyer_changed"),
    "delivery": ("delivery_changed",),
    "paid": (PAYMENT_CHANGED,),
    "refunded": (PAYMENT_CHANGED,),
    "cancelled": (ORDER_CANCELLED,),
    "status": ("order_reopened",),
}
"""Differences that are told with a change."""
_CAME_BACK = {"no": "none", "in_part": "a part", "all": "all"}


@dataclass(frozen=True)
class Difference:
    """One fact of an order that is another one now.

    Attributes:
        code: Which fact, stable.
        text: What it was and what it is, without anybody's data.
        fix: What to do in the back office.
    """

    code: str
    text: str
    fix: str


def facts_of(order: Order, name_key: str = "") -> OrderFacts:
    """Return what is worth remembering of an order as it stands.

    Args:
        name_key: The connection's: without it nobody can try addresses against the digests. Empty to compare with
            facts that were made without.
    """
    digest = _Digest(order.id, name_key)
    goods = [line for line in order.lines if line.kind != "discount"]
    return OrderFacts(
        form=KEYED_FACTS if name_key else BARE_FACTS,
        currency=order.currency,
        gross=order.totals.gross,
        tax=order.totals.tax,
        payment=_payment(order.payment),
        positions=len(order.lines),
        pieces=sum((line.quantity for line in goods), Decimal(0)),
        lines=digest.of(sorted(map(_line, order.lines))),
        billing=digest.of(_address(order.billing_address)),
        shipping=digest.of(_address(order.shipping_address)),
        buyer=digest.of(_buyer(order)),
        deliveries=digest.of(_deliveries(order)),
        returned=order.returned,
        cancelled=order.cancelled,
    )


def facts_alike(order: Order, now: OrderFacts, standing: OrderFacts | None) -> OrderFacts:
    """Return an order's present facts in the form of those that stand, so that both can be compared."""
    return now if standing is None or standing.form == now.form else facts_of(order)


def edits(before: OrderFacts | None, after: OrderFacts) -> frozenset[OrderChange]:
    """Return what was edited since; nothing where nobody noted what it was, or once the order is off."""
    if before is None or after.cancelled:
        return frozenset()
    return frozenset(
        change for change in _EDITS if any(getattr(before, name) != getattr(after, name) for name in _FIELDS[change])
    )


def with_told(before: OrderFacts, after: OrderFacts, told: Collection[OrderChange]) -> OrderFacts:
    """Return what the back office has once it was told these changes; what was not known is learnt."""
    names = {name for change in told for name in _FIELDS.get(change, ())}
    names |= {name for name in ("payment", "cancelled") if getattr(before, name) is None}
    names |= {"cancelled"} if "status" in told and not after.cancelled else set()
    return before.model_copy(update={name: getattr(after, name) for name in names})


def covers(told: Collection[OrderChange], difference: "Difference") -> bool:
    """Tell whether a difference is told, so that nobody has to see to it."""
    return any(difference.code in _CODES.get(change, ()) for change in told)


def standing_difference(had: OrderFacts | None, newer: OrderFacts | None, office_order: str) -> Reason | None:
    """Return the one reason for which an order waits that is not what the back office has; None where it is the same.

    All that differs is gathered in it: what it was, what it is, and what to do there.
    """
    if had is None or newer is None:
        return None
    found = differences(had, newer, office_order)
    if not found:
        return None
    fixes = dict.fromkeys(difference.fix for difference in found)
    text = " ".join(difference.text for difference in found)
    return Reason(code=CHANGED, text=text, fix=f"{' '.join(fixes)} Then skip the order here, as done by hand.")


def differences(before: OrderFacts, after: OrderFacts, office_order: str) -> tuple[Difference, ...]:
    """Return what is different, each fact once; not what was unknown before, and no edit of an order that is off.

    Args:
        office_order: What the order is called in the back office.
    """
    return (
        *(() if after.cancelled else _total(before, after, office_order)),
        *_paid(before, after, office_order),
        *(() if after.cancelled else _edited(before, after, office_order)),
        *_returns(before, after, office_order),
        *_end(before, after, office_order),
    )


def merged_facts(before: OrderFacts, after: OrderFacts) -> OrderFacts:
    """Return the facts that stand from now on: of what the shop does not tell, those of before."""
    if before.payment and after.payment and _only_left_its_status(before.payment, after.payment):
        after = after.model_copy(update={"payment": before.payment})
    if after.cancelled:  # taken up again, it is held against what the back office was told
        return before.model_copy(update={"payment": after.payment, "returned": after.returned, "cancelled": True})
    return after


def facts_after_write_back(facts: OrderFacts) -> OrderFacts:
    """Return the facts after we have moved the order in the shop ourselves.

    Where a payment is read off the order's status (no figures), the next sight of it is an echo of ours.
    """
    payment = facts.payment
    if payment is None or payment.captured is not None or payment.standing not in _NOT_PAID:
        return facts
    return facts.model_copy(update={"payment": None})


class _Digest:
    """Of one order: its id is part of the key, so that equal contents of two orders cannot be told."""

    def __init__(self, order_id: str, name_key: str) -> None:
        self._key = order_id.encode(errors="replace")[-_LONGEST_KEY:]
        if name_key:
            self._key = blake2b(order_id.encode(errors="replace"), key=bytes.fromhex(name_key)).digest()

    def of(self, content: Sequence[Sequence[str]]) -> str:
        """Of texts, whatever separates them."""
        told = json.dumps(content, separators=(",", ":")).encode()
        return blake2b(told, digest_size=DIGEST, key=self._key).hexdigest()


def _line(line: OrderLine) -> tuple[str, ...]:
    """What is sold; its name only where nothing else names it, since a shop may have a product renamed."""
    return line.kind, line.sku or line.name, _plain(line.quantity), _plain(line.total)


def _address(address: Address) -> list[tuple[str, ...]]:
    names = (address.first_name, address.last_name, address.company, address.department)
    place = (address.street, *address.extra, address.postcode, address.city, address.state, address.country)
    return [names, place, (address.phone,)]


def _buyer(order: Order) -> list[tuple[str, ...]]:
    buyer = order.customer
    return [(buyer.email, buyer.first_name, buyer.last_name, buyer.company, buyer.vat_id)] if buyer else []


def _deliveries(order: Order) -> list[tuple[str, ...]]:
    """The method by its most stable name; further deliveries with where they go."""
    keys = order.shipping.method_keys if order.shipping else ()
    method = next(iter(keys), order.shipping.method if order.shipping else "")
    further = [
        (delivery.method, *(part for parts in _address(delivery.address) for part in parts))
        for delivery in order.further_deliveries
    ]
    return [(method,), *sorted(further)]


def _payment(payment: Payment | None) -> PaymentFacts:
    if payment is None:
        return PaymentFacts(standing="open")
    return PaymentFacts(standing=payment.standing, captured=payment.captured, refunded=payment.refunded)


def _total(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    if (before.gross, before.tax, before.currency) != (after.gross, after.tax, after.currency):
        was, now = (f"{facts.gross} {facts.currency} (tax {facts.tax})" for facts in (before, after))
        yield Difference(
            code="total_changed",
            text=f"The order's total was {was} and is {now} now.",
            fix=f"Correct order {office_order} in the back office, or cancel it there and book it anew by hand.",
        )


def _paid(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    was, now = before.payment, after.payment
    if was is None or now is None or _is_same(was, now) or _only_left_its_status(was, now):
        return
    yield Difference(
        code=PAYMENT_CHANGED,
        text=f"The order was {_shown(was, before.currency)} and is {_shown(now, after.currency)} now.",
        fix=_TO_DO[now.standing].format(office_order),
    )


def _is_same(was: PaymentFacts, now: PaymentFacts) -> bool:
    standing = was.standing == now.standing or {was.standing, now.standing} <= _NOT_PAID
    return standing and _same_figure(was.captured, now.captured) and _same_figure(was.refunded, now.refunded)


def _same_figure(was: Decimal | None, now: Decimal | None) -> bool:
    return was is None or now is None or was == now


def _only_left_its_status(was: PaymentFacts, now: PaymentFacts) -> bool:
    """A shop that tells no figures has the payment in the order's status, which moves on once it is paid."""
    return was.standing == "paid" and now.standing in _NOT_PAID and now.captured is None


def _shown(payment: PaymentFacts, currency: str) -> str:
    figures = (
        f"{payment.captured} {currency} paid" if payment.captured else "",
        f"{payment.refunded} {currency} given back" if payment.refunded else "",
    )
    told = ", ".join(filter(None, figures))
    return f"{_WORDS[payment.standing]} ({told})" if told else _WORDS[payment.standing]


def _lines(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    if before.lines != after.lines:
        was, now = _counted(before), _counted(after)
        counted = f"had {was} and has {now} now" if was != now else f"still has {now}, but not the same"
        yield Difference(
            code="lines_changed",
            text=f"The order {counted}.",
            fix=f"Compare the lines of order {office_order} in the back office with those in the shop.",
        )


def _counted(facts: OrderFacts) -> str:
    lines = "1 line" if facts.positions == 1 else f"{facts.positions} lines"
    return f"{lines} of {_plain(facts.pieces)} {'piece' if facts.pieces == 1 else 'pieces'}"


def _addresses(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    kinds = [name for name in ("billing", "shipping") if getattr(before, name) != getattr(after, name)]
    if kinds:
        addresses = f"{kinds[0]} address is" if len(kinds) == 1 else "billing and the shipping address are"
        yield Difference(
            code="address_changed",
            text=f"The {addresses} not what the order was imported with.",
            fix=f"Compare the addresses of order {office_order} in the back office with those in the shop.",
        )


def _edited(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    yield from (*_lines(before, after, office_order), *_addresses(before, after, office_order))
    there = f"order {office_order} in the back office"
    if before.buyer != after.buyer:
        yield Difference(
            code="buyer_changed",
            text="The buyer's name, e-mail, company or VAT id is not what the order was imported with.",
            fix=f"Compare the buyer of {there} with the one in the shop.",
        )
    if before.deliveries != after.deliveries:
        yield Difference(
            code="delivery_changed",
            text="The order travels by another method, or in other parts, than it was imported with.",
            fix=f"Compare the deliveries in the shop with {there} before it is sent.",
        )


def _returns(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    if before.returned != after.returned:
        was, now = _CAME_BACK[before.returned], _CAME_BACK[after.returned]
        yield Difference(
            code="goods_returned",
            text=f"Of its goods {was} had come back before, and {now} now.",
            fix=f"Book on order {office_order} in the back office what came back, and into the stock that it went to.",
        )


def _end(before: OrderFacts, after: OrderFacts, office_order: str) -> Iterator[Difference]:
    if before.cancelled is None or bool(before.cancelled) == bool(after.cancelled):
        return
    if after.cancelled:
        yield Difference(
            code=ORDER_CANCELLED,
            text="The order was cancelled in the shop.",
            fix=f"Cancel order {office_order} in the back office by hand.",
        )
    else:
        yield Difference(
            code="order_reopened",
            text="The order was cancelled in the shop, and is open again.",
            fix=f"Take order {office_order} up again in the back office, or book it anew by hand.",
        )


def _plain(number: Decimal) -> str:
    """A number without the zeros that only say how it was written."""
    return f"{number.normalize() + 0:f}"
