"""Orders come into being and change: by buyers, by the merchant and by ``order/add``."""

from datetime import UTC
from decimal import Decimal

from sandbox.platforms.gomag import stock
from sandbox.platforms.gomag.specs import Buyer, Line, OrderSpec
from sandbox.platforms.gomag.state import Customer, Order, OrderLine, Sellable, Shop, Status


def place(shop: Shop, spec: OrderSpec) -> Order:
    """Make an order.

    Raises:
        ValueError: A line names neither a product of the shop nor a price, or the status does not exist.
    """
    placed = (spec.placed_at or shop.now()).astimezone(UTC)
    order = Order(
        id=shop.new_id("order"),
        number=spec.number or str(shop.new_id("number")),
        placed=placed,
        updated=placed,
        status=status_of(shop, spec.status).id,
        spec=spec,
        lines=[_line(shop, line) for line in spec.lines],
        customer=_customer(shop, spec.buyer),
    )
    shop.orders[order.id] = order
    stock.order_placed(shop, order)
    return order


def edit(shop: Shop, order: Order, spec: OrderSpec) -> None:
    """The merchant changes everything but number, status and date."""
    old = order.lines
    order.lines = [_line(shop, line) for line in spec.lines]
    order.spec, order.updated = spec, shop.now()
    stock.order_edited(shop, order, old)


def set_status(shop: Shop, order: Order, status: Status) -> None:
    """Give an order another status; the same one again changes nothing."""
    old = shop.statuses[order.status]
    if old.id == status.id:
        return
    order.status, order.updated = status.id, shop.now()
    stock.order_moved(shop, order, old, status)


def status_of(shop: Shop, wanted: int | str | None) -> Status:
    """A status by id or name; None is the first.

    Raises:
        ValueError: There is none.
    """
    for status in shop.statuses.values():
        if wanted is None or wanted in (status.id, status.name):
            return status
    raise ValueError(f"No status is {wanted!r}")


def _line(shop: Shop, line: Line) -> OrderLine:
    found = next(iter(shop.sold_as(line.sku)), None)
    price = found.price if line.price is None and found else line.price
    if price is None:
        raise ValueError(f"The line {line.sku or line.name!r} needs a price")
    return OrderLine(
        id=shop.new_id("line"),
        product=found.id if found else 0,
        parent=found.product.id if found else 0,
        sku=line.sku,
        name=line.name or _name(found) or line.sku,
        price=price,
        vat=_vat(shop, line, found),
        quantity=Decimal(line.quantity),
        ean=found.ean if found else "",
        type=line.type,
    )


def _name(found: Sellable | None) -> str:
    return next(iter(found.product.names.values()), "") if found else ""


def _vat(shop: Shop, line: Line, found: Sellable | None) -> Decimal:
    if line.vat is not None:
        return line.vat
    return found.product.vat if found else shop.assumed.default_vat


def _customer(shop: Shop, buyer: Buyer) -> int | None:
    """Who is registered, by e-mail; a guest is nobody outside his order."""
    if buyer.guest:
        return None
    for customer in shop.customers.values():
        if customer.email == buyer.email:
            return customer.id
    return add_customer(shop, buyer).id


def add_customer(shop: Shop, buyer: Buyer) -> Customer:
    """Register a customer."""
    customer = Customer(
        shop.new_id("customer"), buyer.first_name, buyer.last_name, buyer.email, buyer.phone, shop.now()
    )
    shop.customers[customer.id] = customer
    return customer
