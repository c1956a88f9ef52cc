"""What buyers and the merchant do with orders."""

from dataclasses import replace
from decimal import Decimal

from sandbox.platforms.vendure.inferred import FREED_BY_CANCELLING, MOVES_WITH_EDITS, PAID_WITH_EDITS
from sandbox.platforms.vendure.pricing import goods_of, line_of, shipping_of, spread, whole
from sandbox.platforms.vendure.specs import OrderSpec
from sandbox.platforms.vendure.state import DEFAULT_CHANNEL, Level, Order, OrderLine, Payment, Shop

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ123456789"


def place(shop: Shop, spec: OrderSpec) -> Order:
    """A buyer orders: the goods are claimed from the first location.

    Raises:
        LookupError: Something is ordered that nobody sells, or in a channel that is not there.
    """
    number = shop.new_id("order")
    moment = spec.placed_at or shop.now()
    order = Order(
        id=number,
        code=spec.code or _code(number),
        state="ArrangingPayment",
        placed=moment,
        updated=moment.replace(microsecond=0),
        channel=shop.channels[spec.channel or DEFAULT_CHANNEL],
        customer=shop.customers.setdefault(spec.buyer.email, len(shop.customers) + 1),
        user=None if spec.buyer.guest else len(shop.customers),
        spec=spec,
        lines=_lines(shop, spec),
        shipping=spec.shipping,
        shipping_off=spec.shipping if spec.free_shipping else 0,
    )
    discount(order)
    shop.orders[number] = order
    for line in order.lines:
        _level(shop, line).allocated += line.quantity
    pay_at_placing(shop, order)
    if spec.cancelled:
        cancel(shop, order)
    return order


def _code(number: int) -> str:
    """Sixteen letters and digits, as Vendure makes them."""
    digits, rest = "", number * 7919 + 104729
    for _ in range(16):
        digits, rest = digits + LETTERS[rest % len(LETTERS)], rest * 31 // 7 + number
    return digits


def _lines(shop: Shop, spec: OrderSpec) -> list[OrderLine]:
    lines = []
    for each in spec.lines:
        variant = shop.variant(each.sku)
        price = variant.price if each.price is None else each.price
        lines.append(OrderLine(shop.new_id("line"), variant, each.quantity, price, variant.tax, each.quantity))
    return lines


def discount(order: Order) -> None:
    """Spread what the order's promotions take off over its lines, by what they cost with tax (V4)."""
    own = sum(line.price * line.quantity for line in order.lines)
    off = order.spec.taken_off + whole(Decimal(own * order.spec.percent) / 100)
    weights = [line_of(order, line).gross for line in order.lines]
    for line, share in zip(order.lines, spread(off, weights), strict=True):
        line.off = share


def pay_at_placing(shop: Shop, order: Order) -> None:
    """The buyer pays, or promises to."""
    amount = (goods_of(order) + shipping_of(order)).gross
    state = "Settled" if order.spec.paid else "Authorized"
    order.payments.append(Payment(shop.new_id("payment"), order.spec.payment, amount, state))
    shop.moved(order, "PaymentSettled" if order.spec.paid else "PaymentAuthorized")


def settle(shop: Shop, order: Order) -> None:
    """What was promised arrives; the order's ``updatedAt`` stays what it was (V1)."""
    for payment in order.payments:
        if payment.state == "Authorized":
            payment.state = "Settled"
    if order.state == "PaymentAuthorized":
        shop.moved(order, "PaymentSettled")


def cancel(shop: Shop, order: Order) -> None:
    """Cancel a whole order with its shipping: quantities and totals become nothing, payments stay."""
    for line in order.lines:
        level, open_units = _level(shop, line), order.left(line)
        level.allocated -= open_units
        if FREED_BY_CANCELLING:
            level.on_hand += line.quantity - open_units
        line.quantity = 0
    order.shipping_off = order.shipping
    order.updated = shop.now().replace(microsecond=0)
    shop.moved(order, "Cancelled")


def edit(shop: Shop, order: Order, spec: OrderSpec) -> None:
    """The merchant changes lines, addresses or shipping."""
    for line in order.lines:
        _level(shop, line).allocated -= order.left(line)
    if spec.lines != order.spec.lines:
        order.lines = _lines(shop, spec)
    order.spec, order.shipping = replace(spec, code=order.code), spec.shipping
    discount(order)
    for line in order.lines:
        _level(shop, line).allocated += order.left(line)
    if PAID_WITH_EDITS and order.payments:
        order.payments[-1].amount = (goods_of(order) + shipping_of(order)).gross
    if MOVES_WITH_EDITS:
        order.updated = shop.now().replace(microsecond=0)


def _level(shop: Shop, line: OrderLine) -> Level:
    return line.variant.levels.setdefault(next(iter(shop.locations)), Level())


def fulfil(shop: Shop, order: Order, units: dict[int, int]) -> None:
    """Goods that are put into a fulfillment leave the stock at once (V8)."""
    for line in order.lines:
        level, count = _level(shop, line), units.get(line.id, 0)
        level.on_hand -= count
        level.allocated -= count
