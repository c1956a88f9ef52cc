"""Proformas, invoices and receipts: what an order leads to, by itself or by a person's hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sandbox.platforms.cloudsales.inferred import DAYS_TO_PAY, SERIES
from sandbox.platforms.cloudsales.records import Document, Line, Order, Receipt, WorkPoint
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.stock import move_lines, reserve_lines

PROFORMA_FOR = "bank_transfer"
"""The payment method whose orders get a proforma by themselves (client B3)."""


def issue_what_is_due(account: Account, order: Order) -> None:
    """What an order gets by itself: a proforma, a receipt. Done again, it does nothing."""
    if order.is_voided:
        return
    if order.body["payment_method"] == PROFORMA_FOR and order.proforma is None:
        order.proforma = new_document(account, "proforma", order.lines, order)
        account.proformas[order.proforma.id] = order.proforma
    if order.receipt is None and _receipt_is_due(account, order):
        _hand_over(account, order, order.connector.work_point)
        order.receipt = new_receipt(account, order.lines, order.connector.work_point, order.reference)


def invoice(account: Account, order: Order, extra: Sequence[Line] = (), day: date | None = None) -> Document:
    """Invoice an order and let its goods go; ``extra`` are lines a person adds, ``day`` may be in the past.

    Raises:
        ValueError: It is cancelled.
    """
    if order.is_voided:
        raise ValueError(f"order {order.reference} is cancelled")
    _hand_over(account, order, order.connector.work_point)
    move_lines(account, extra, order.connector.work_point, -1)
    made = new_document(account, "invoice", (*order.lines, *extra), order, day)
    account.invoices[made.id] = made
    order.invoices.append(made)
    order.modified = account.now()
    return made


def take_back(account: Account, order: Order, original: Document) -> Document:
    """A return: an invoice with quantities below zero, and the goods come back."""
    lines = tuple(Line(each.name, -each.quantity, -each.value, each.product) for each in original.lines)
    made = new_document(account, "invoice", lines, order)
    account.invoices[made.id] = made
    order.invoices.append(made)
    move_lines(account, original.lines, order.connector.work_point, 1)
    return made


def pay(account: Account, document: Document, amount: Decimal) -> None:
    """Note a payment."""
    document.paid += amount
    document.last_payment = account.today()
    document.modified = account.now()


def cancel(account: Account, document: Document) -> None:
    """A person cancels a document; goods are not moved."""
    document.cancelled = True
    document.modified = account.now()


def new_receipt(account: Account, lines: tuple[Line, ...], work_point: WorkPoint, reference: str = "") -> Receipt:
    """The till prints a receipt."""
    made = Receipt(account.new_id("receipt"), len(account.receipts) + 1, account.today(), work_point, lines, reference)
    account.receipts[made.id] = made
    return made


def new_document(
    account: Account, kind: str, lines: tuple[Line, ...], order: Order, day: date | None = None
) -> Document:
    """A document for an order's client, numbered in its series."""
    client = order.body["client"]
    return Document(
        id=account.new_id(kind),
        series=SERIES[kind],
        number=len(account.proformas if kind == "proforma" else account.invoices) + 1,
        day=day or account.today(),
        lines=lines,
        currency=order.body["order_currency_code"],
        client=client,
        modified=account.now(),
        recorded=account.now(),
    )


def due_day(document: Document) -> date:
    """When it is to be paid."""
    return document.day + timedelta(days=DAYS_TO_PAY)


def _receipt_is_due(account: Account, order: Order) -> bool:
    start = order.connector.receipts_from
    counted = order.day if account.assumed.receipt_counts_from_order_date else account.today()
    return start is not None and counted >= start


def _hand_over(account: Account, order: Order, work_point: WorkPoint) -> None:
    """The goods leave, once: whoever comes first, receipt or invoice."""
    if order.receipt is not None or order.invoices:
        return
    if order.holds_stock:
        reserve_lines(account, order.lines, work_point, -1)
        order.holds_stock = False
    move_lines(account, order.lines, work_point, -1)
