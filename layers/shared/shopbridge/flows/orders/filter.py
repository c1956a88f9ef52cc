"""Which orders are taken, and what a person should know of one that is; pure decisions on an order and the settings."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from shopbridge.errors import Held
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import Reason
from shopbridge.model.order import Order, OrderLine, Payment

FIRST_IMPORT_REACHES_BACK = timedelta(days=61)
CENTS_PER_LINE = Decimal("0.01")


def skip_reason(connection: Connection, order: Order, origin: str) -> Reason | None:
    """Return why this order is not taken as it stands; None when it is. A later version of it is judged anew."""
    settings = connection.settings.orders
    if order.cancelled and order.status not in settings.statuses:
        fix = f"Nothing needs doing: it would be taken only if orders.statuses named {order.status!r}."
        return Reason(code="cancelled", text="The order is cancelled in the shop.", fix=fix)
    if settings.statuses and order.status not in settings.statuses:
        return _status_not_taken(order)
    if origin == "first_import" and order.status in settings.first_import_without:
        return _not_in_first_import(order)
    if origin != "backfill" and order.placed_at < first_moment(connection):
        return _too_old(first_moment(connection))
    return _payment_reason(settings.payment_statuses, order)


def _status_not_taken(order: Order) -> Reason:
    return Reason(
        code="status_not_taken",
        text=f"Orders with the status {order.shown_status!r} are not taken.",
        fix="It goes by itself once it has a status that orders.statuses names; to take it as it is, add "
        f"{order.status!r} there, then resend it.",
    )


def _not_in_first_import(order: Order) -> Reason:
    return Reason(
        code="status_not_in_first_import",
        text=f"The first import leaves out orders with the status {order.shown_status!r}.",
        fix=f"It goes by itself when it changes in the shop; to take it now, resend it. {order.status!r} is named in "
        "orders.first_import_without.",
    )


def _too_old(begin: datetime) -> Reason:
    return Reason(
        code="before_start_date",
        text=f"The order is older than {begin:%d %B %Y}.",
        fix="To take it, set orders.from_date to its day or an earlier one, then resend it; or start a run of orders "
        "since that day.",
    )


def _payment_reason(taken: tuple[str, ...], order: Order) -> Reason | None:
    if _is_taken(taken, order) or _fell_short(order.payment):
        return None
    status = _payment_status(order)
    return Reason(
        code="payment_not_taken",
        text=f"Orders with the payment status {status!r} are not taken yet.",
        fix="It goes by itself once its payment has a status that orders.payment_statuses names; to take it as it is, "
        f"add {status!r} there, then resend it.",
    )


def _is_taken(taken: tuple[str, ...], order: Order) -> bool:
    """Nothing to pay counts as paid: an order of 0.00 keeps an open payment in the shop for good."""
    return not taken or not order.totals.gross or _payment_status(order) in taken


def _payment_status(order: Order) -> str:
    return order.payment.status if order.payment else "none"


def _fell_short(payment: Payment | None) -> bool:
    """The shop holds a payment for settled, but by its own figures it is less than the order's total."""
    return payment is not None and payment.standing == "paid_in_part" and payment.captured is not None


def check_order(connection: Connection, order: Order) -> None:
    """Refuse what no back office could book as a sale. Raises Held with the line and the figures."""
    where = f"order {order.number}"
    if not order.lines:
        raise Held(
            "The order has no lines", code="empty_order", where=where, fix="Skip it, or complete it in the shop."
        )
    for line in order.lines:
        _check_line(line, where)
    if order.totals.gross < 0:
        raise Held(
            f"The order's total is negative: {order.totals.gross} {order.currency}",
            code="negative_total",
            where=where,
            fix="A refund is no sale: book it by hand in the back office, then skip the order.",
        )
    _check_deliveries(order, where)
    _check_sums(order, where)
    _check_payment(connection.settings.orders.payment_statuses, order, where)


def _check_line(line: OrderLine, where: str) -> None:
    if line.quantity <= 0:
        raise Held(
            f"The line {line.name or line.sku!r} has the quantity {line.quantity:f}",
            code="odd_quantity",
            where=where,
            fix="A return or a stock correction is no sale: book it by hand in the back office, then skip the order.",
        )
    if line.kind == "product" and line.total < 0:
        raise Held(
            f"The line {line.name or line.sku!r} has the negative total {line.total}",
            code="negative_line",
            where=where,
            fix="Correct the line in the shop, or book the order by hand and skip it.",
        )


def _check_deliveries(order: Order, where: str) -> None:
    """A back office sends an order to one address: the goods for the others would go there, too."""
    addresses = {order.shipping_address, *(delivery.address for delivery in order.further_deliveries)}
    if len(addresses) > 1:
        raise Held(
            f"The order goes to {len(addresses)} different addresses, and a back office takes one",
            code="several_deliveries",
            where=where,
            fix="Book it by hand, once for each address, then skip it; or leave one delivery address in the shop, "
            "then resend it.",
        )


def _check_sums(order: Order, where: str) -> None:
    parts = sum((line.total for line in order.lines), Decimal(0))
    parts += order.shipping.total if order.shipping else Decimal(0)
    whole = order.totals.net if order.tax_mode == "net" else order.totals.gross - order.totals.rounding
    if abs(parts - whole) > CENTS_PER_LINE * (len(order.lines) + 1):
        raise Held(
            f"Lines and shipping add up to {parts} {order.currency}, but the order's total says {whole}",
            code="totals_differ_in_shop",
            where=where,
            fix="Open the order in the shop, recalculate it, then resend it.",
        )


def _check_payment(taken: tuple[str, ...], order: Order, where: str) -> None:
    payment = order.payment
    if payment is None or not _fell_short(payment) or _is_taken(taken, order):
        return
    raise Held(
        f"{payment.secured} {order.currency} is paid or authorized, but the order's total is {order.totals.gross}",
        code="paid_in_part",
        where=where,
        fix="Let the buyer pay the rest, or correct the order in the shop: it then comes in by itself. To take such "
        f"orders as they are, add {payment.status!r} to orders.payment_statuses, then resend the order.",
    )


def first_moment(connection: Connection) -> datetime:
    """Return where a connection's first import begins: the chosen day, or two months before it was created."""
    day = connection.settings.orders.from_date
    if day is None:
        return connection.created_at - FIRST_IMPORT_REACHES_BACK
    return datetime.combine(day, time.min, UTC)


def order_warnings(order: Order) -> tuple[Reason, ...]:
    """Return what the back office will not show of this order, each with what to do about it."""
    payment = _payment_warnings(order, order.payment) if order.payment else ()
    return (*payment, *_shipping_warnings(order))


def _shipping_warnings(order: Order) -> Iterator[Reason]:
    told = order.shipping.method if order.shipping else ""
    further = dict.fromkeys(delivery.method for delivery in order.further_deliveries if delivery.method != told)
    if any(further):
        methods = ", ".join(filter(None, further))
        yield Reason(
            code="several_shipping_methods",
            text=f"Parts of it travel by {methods}: the order was made with {told or 'no shipping method'} alone.",
            fix="Look at its deliveries in the shop before it is sent.",
        )


def _payment_warnings(order: Order, payment: Payment) -> Iterator[Reason]:
    total = f"the order's total of {order.totals.gross} {order.currency}"
    match payment.standing:
        case "paid_in_part":
            known = f"{payment.secured} {order.currency}" if payment.captured is not None else "A part"
            yield Reason(
                code="paid_in_part",
                text=f"{known} of {total} is paid or authorized: the order was made as one that is not paid.",
                fix="Collect the rest, then mark the order as paid in the back office.",
            )
        case "refunded_in_part" | "refunded":
            went = "a part of it" if payment.refunded is None else f"{payment.refunded} {order.currency} of it"
            yield Reason(
                code="given_back",
                text=f"The order was paid, and {went} was given back: the order was made as paid, at its full total.",
                fix="Book what was given back as a credit in the back office.",
            )
        case "charged_back":
            yield Reason(
                code="charged_back",
                text="The order was paid, and the buyer's bank took the money back: the order was made as one that is "
                "not paid.",
                fix="Settle it with the buyer before anything is sent.",
            )
    if payment.refunded is not None and payment.secured > order.totals.gross:
        yield Reason(
            code="overpaid",
            text=f"{payment.secured} {order.currency} is paid or authorized, more than {total}; the order was made "
            "once, at its total.",
            fix="Look at its payments in the shop: give back what was paid twice, or lower the authorization.",
        )
