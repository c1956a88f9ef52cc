"""What a platform lists, made what we know of it: whole or not at all, or each row on its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, TypeAdapter, ValidationError

from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import LONGEST_MAIL, is_sound
from shopbridge.mapping.validation import first_error
from shopbridge.model.catalogue import Product, ProductPage, UnreadableProduct
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Sighting

Shape = TypeVar("Shape")
Whole = TypeVar("Whole", bound=BaseModel)
Odd = TypeVar("Odd")
Row = dict[str, Any]


def as_row(value: Any) -> Any:
    """Return the row; one without any field in the place of what is no object."""
    return value if isinstance(value, dict) else {}


AnyRow = Annotated[Row, BeforeValidator(as_row)]
"""A row of a list; one that is no object is one without any field: it must not end its page."""
AGAIN = 300.0
"""Seconds until a platform is asked again that listed something odd."""


def read_rows(shape: TypeAdapter[Shape], listed: object, platform: str, what: str) -> Shape:
    """Return what is listed in its shape.

    Args:
        what: What it is, in the plural.

    Raises:
        RetryLater: It does not have the shape, so nothing may be concluded from it.
    """
    try:
        return shape.validate_python(listed)
    except ValidationError as error:
        raise odd_form(platform, what, first_error(error)) from error


def read_row(shape: type[Whole], row: Row) -> Whole | str:
    """Return a row in its shape, or where it is odd, and how."""
    try:
        return shape.model_validate(row)
    except ValidationError as error:
        return first_error(error)


def read_each(shape: type[Whole], listed: Sequence[Row], odd: Callable[[Row, str], Odd]) -> list[Whole | Odd]:
    """Return each row in its shape, and one that does not have it as what ``odd`` makes of it: it spoils no other.

    Args:
        odd: Takes a row, and where it is odd and how.
    """
    each = ((row, read_row(shape, row)) for row in listed)
    return [odd(row, read) if isinstance(read, str) else read for row, read in each]


def odd_form(platform: str, what: str, place: str = "") -> RetryLater:
    """Return the error for what cannot be understood; ``place`` tells where it is odd, and how."""
    at = f" at {place}" if place else ""
    return RetryLater(f"{platform} lists {what} in an unexpected form{at}", after=AGAIN, where=f"{platform} {what}")


def products_page(read: Iterable[Product | UnreadableProduct], position: str | None) -> ProductPage:
    """Return a page of products; those that could not be read are told beside the others."""
    known_and_not = list(read)
    return ProductPage(
        products=tuple(each for each in known_and_not if isinstance(each, Product)),
        unreadable=tuple(each for each in known_and_not if isinstance(each, UnreadableProduct)),
        position=position,
    )


def orders_apart(read: Iterable[Order | UnreadableOrder]) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the orders, and those that could not be read."""
    known_and_not = list(read)
    return (
        [each for each in known_and_not if isinstance(each, Order)],
        [each for each in known_and_not if isinstance(each, UnreadableOrder)],
    )


def sightings(found: tuple[Iterable[Order], Iterable[UnreadableOrder]]) -> list[Sighting]:
    """Return what was read as what was found by a number, none of it left out."""
    orders, unreadable = found
    return [*map(Sighting, orders), *map(Sighting, unreadable)]


def check_order(order: Order) -> None:
    """Raise Held (code ``unexpected_form``) when an id, number, SKU or e-mail of an order cannot be one.

    They become keys, in our tables and on other platforms.
    """
    _refuse("order", _of_order(order))
    if order.customer and not is_sound(order.customer.email, LONGEST_MAIL):
        raise _unexpected("order", "customer.email")


def check_product(product: Product) -> None:
    """Check a product and its variants likewise."""
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
