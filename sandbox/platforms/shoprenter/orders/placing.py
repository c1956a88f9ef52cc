"""Orders come into being and change: by buyers, by the merchant and over the API."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from sandbox.platforms.shoprenter.orders import totals
from sandbox.platforms.shoprenter.records import Customer, History, Order, OrderLine, Product
from sandbox.platforms.shoprenter.specs import Line, OrderSpec, by_warehouse
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Record, money

CONFIRMED = "order_confirm"
CHANGED = "order_status_change"
ABANDONED = "abandoned_cart"


def place(shop: Shop, spec: OrderSpec) -> Order:
    """Make an order; one without a status is a cart that was never finished.

    Raises:
        ValueError: A line names neither a product of the shop nor a price, or the shop has no such status or country.
    """
    status = None if spec.status is None else status_of(shop, spec.status)
    _furnish(shop, spec)
    placed = (spec.placed_at or shop.now()).astimezone(UTC).replace(microsecond=0)
    number = spec.number or shop.new_id("order")
    if number in shop.orders:
        raise ValueError(f"There is an order {number}")
    lines = [_line(shop, number, line, finished=status is not None) for line in spec.lines]
    order = Order(number, spec, placed, placed, status, lines, totals.rows(shop, number, spec, lines))
    order.customer = None if spec.guest else _customer(shop, spec)
    shop.orders[number] = order
    if status is not None:
        _move_stock(shop, lines, -1 if _holds(shop, status) else 0)
        _enter(shop, order, status)
    shop.announced(ABANDONED if status is None else CONFIRMED, order)
    return order


def finish(shop: Shop, order: Order, status: int) -> None:
    """A cart is ordered after all."""
    spec = replace(order.spec, status=status)
    order.lines = [_line(shop, order.id, line, finished=True) for line in spec.lines]
    order.spec, order.status, order.updated = spec, status, shop.now()
    _move_stock(shop, order.lines, -1 if _holds(shop, status) else 0)
    _enter(shop, order, status)
    shop.announced(CONFIRMED, order)


def edit(shop: Shop, order: Order, spec: OrderSpec) -> None:
    """The merchant changes everything but number, status and date."""
    _furnish(shop, spec)
    finished = order.status is not None
    lines = [_line(shop, order.id, line, finished=finished) for line in spec.lines]
    if order.status is not None and _holds(shop, order.status):
        _move_stock(shop, order.lines, 1)
        _move_stock(shop, lines, -1)
    order.lines, order.totals = lines, totals.rows(shop, order.id, spec, lines)
    order.spec, order.updated = spec, shop.now()


def set_status(shop: Shop, order: Order, status: int, *, over_api: bool = False) -> None:
    """Give an order another status; the same one again changes nothing."""
    old, assumed = order.status, shop.assumed
    if old == status:
        return
    order.status = status
    if not over_api or assumed.api_writes_move_updated:
        order.updated = shop.now()
    _move_stock(shop, order.lines, _held(shop, old) - _held(shop, status))
    if not over_api or assumed.api_status_history:
        _enter(shop, order, status)
    if not over_api or assumed.api_status_announced:
        shop.announced(CHANGED, order)


def status_of(shop: Shop, wanted: int | str) -> int:
    """A status by inner id or name.

    Raises:
        ValueError: There is none.
    """
    for status in shop.statuses.values():
        if wanted == status.id or wanted in status.names.values():
            return status.id
    raise ValueError(f"No status is {wanted!r}")


def _furnish(shop: Shop, spec: OrderSpec) -> None:
    """See that the shop has what the order names; a way to pay or to ship is made.

    Raises:
        ValueError: It has no such country, currency or language.
    """
    shop.currency_of(spec.currency)
    shop.language_of(spec.language)
    for place in (spec.billing, spec.shipping_address or spec.billing):
        shop.country_of(place.country)
    shop.mode("shippingMode", spec.shipping.name, spec.shipping.extension)
    shop.mode("paymentMode", spec.payment.name, spec.payment.code)


def _enter(shop: Shop, order: Order, status: int) -> None:
    number = shop.new_id("history")
    shop.histories[number] = History(number, order.id, status, shop.now())


def _line(shop: Shop, order: int, line: Line, *, finished: bool) -> OrderLine:
    """A line; a cart takes nothing from any warehouse yet."""
    found = shop.product_of(line.sku) if line.sku else None
    price = found.price if line.price is None and found else line.price
    if price is None:
        raise ValueError(f"The line {line.sku or line.name!r} needs a price")
    original, tax = price if line.original is None else line.original, _tax(shop, line, found)
    taken = by_warehouse(line.quantity)
    return OrderLine(
        id=shop.new_id("line"),
        order=order,
        product=found.id if found else 0,
        parent=(found.parent or found.id) if found else 0,
        sku=line.sku,
        name=line.name or _name(shop, found) or line.sku,
        price=price,
        original=original,
        gross=totals.gross_unit(shop, price, tax),
        original_gross=totals.gross_unit(shop, original, tax),
        tax=tax,
        quantity=sum(taken, Decimal(0)),
        taken=taken if finished else by_warehouse(0),
        gtin=line.gtin or (found.fields.get("gtin", "") if found else ""),
        model=found.fields.get("modelNumber", "") if found else "",
        subtracts=found.subtracts if found else True,
        options=list(_options(shop, line)),
    )


def _options(shop: Shop, line: Line) -> Iterator[tuple[int, Record]]:
    for option in line.options:
        prefix = "-" if option.price < 0 else "+"
        shown = {"name": option.name, "valueName": option.value, "price": money(abs(option.price)), "prefix": prefix}
        yield shop.new_id("option"), shown


def _name(shop: Shop, found: Product | None) -> str:
    texts = found.texts.get(shop.language.id, {}) if found else {}
    return str(texts.get("name", ""))


def _tax(shop: Shop, line: Line, found: Product | None) -> Decimal:
    if line.tax is not None:
        return line.tax
    if found is None:
        raise ValueError(f"The line {line.sku or line.name!r} needs a tax")
    return shop.tax_classes[found.tax_class].rate


def _customer(shop: Shop, spec: OrderSpec) -> int:
    """Who is registered, by e-mail."""
    for customer in shop.customers.values():
        if customer.email == spec.email:
            return customer.id
    person, number, now = spec.billing, shop.new_id("customer"), shop.now()
    shop.customers[number] = Customer(number, person.family_name, person.given_name, spec.email, spec.phone, now, now)
    return number


def _held(shop: Shop, status: int | None) -> int:
    """1 while an order of this status keeps its goods."""
    return int(status is not None and _holds(shop, status))


def _holds(shop: Shop, status: int) -> bool:
    return not (status == shop.storno and shop.assumed.storno_returns_stock)


def _move_stock(shop: Shop, lines: Iterable[OrderLine], sign: int) -> None:
    """Change the stock of what the lines took, each from its warehouse; it may fall below 0."""
    for line in lines if sign else ():
        product = shop.products.get(line.product)
        if product is None or not line.subtracts:
            continue
        product.stock = [had + sign * took for had, took in zip(product.stock, line.taken, strict=True)]
        if shop.assumed.sale_moves_product:
            product.updated = shop.now()
