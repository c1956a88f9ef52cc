"""Names within a record become keys, in our tables and on other platforms: one that cannot holds its record."""

from collections.abc import Iterator

from shopbridge.errors import Held
from shopbridge.mapping.identity import LONGEST_MAIL, is_sound
from shopbridge.model.catalogue import Product
from shopbridge.model.order import Order


def check_order(order: Order) -> None:
    """Raise Held (code ``unexpected_form``) when an id, number, SKU or e-mail of an order cannot be one."""
    _refuse("order", _of_order(order))
    if order.customer and not is_sound(order.customer.email, LONGEST_MAIL):
        raise _unexpected("order", "customer.email")


def check_product(product: Product) -> None:
    """The same for a product and its variants."""
    _refuse("product", _of_product(product))


def _of_order(order: Order) -> Iterator[tuple[str, str]]:
    yield from (("id", order.id), ("number", order.number), ("status", order.status))
    for place, line in enumerate(order.lines):
        yield f"lines[{place}].id", line.id
        yield f"lines[{place}].sku", line.sku


def _of_product(product: Product) -> Iterator[tuple[str, str]]:
    yield from (("id", product.id), ("sku", product.sku))
    for place, variant in enumerate(product.variants):
        yield f"variants[{place}].id", variant.id
        yield f"variants[{place}].sku", variant.sku


def _refuse(what: str, names: Iterator[tuple[str, str]]) -> None:
    place = next((place for place, name in names if not is_sound(name)), None)
    if place is not None:
        raise _unexpected(what, place)


def _unexpected(what: str, place: str) -> Held:
    return Held(
        f"The {what} has an unexpected form at {place}: too long for a name, or with characters that are no text",
        code="unexpected_form",
        fix=f"Look at the {what} where it comes from, and enter it anew there.",
    )
