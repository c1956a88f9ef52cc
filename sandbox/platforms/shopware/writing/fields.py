"""Checking the values a client sends, field by field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.platforms.shopware.errors import BLANK, INVALID_UUID, NOT_WRITABLE, WRONG_TYPE, Problem, violation
from sandbox.platforms.shopware.orders.states import MACHINES
from sandbox.platforms.shopware.schema.model import Entity, words
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID, is_id, parse_stamp

PRICE_KEYS = words("currencyId gross net linked listPrice regulationPrice percentage extensions apiAlias")
_PRICE_REQUIRED = ("currencyId", "net", "gross")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_ACCEPTS: Mapping[str, Callable[[Any], bool]] = {
    "id": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "flag": lambda value: isinstance(value, bool),
    "time": lambda value: parse_stamp(value) is not None,
    # PHP cannot tell an empty object from an empty list.
    "json": lambda value: isinstance(value, dict) or value == [],
    "list": lambda value: isinstance(value, list),
    "prices": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
}


def check(entity: Entity, name: str, value: Any, pointer: str, *, is_variant: bool = False) -> Iterator[Problem]:
    """What is wrong with the value of a known field.

    Args:
        is_variant: Null then restores the inheritance of a field that can be inherited.
    """
    if name in entity.readonly:
        yield violation(pointer, NOT_WRITABLE, "This field is write-protected.", value)
    elif name == "stateId" and entity.name in MACHINES:
        detail = "The state of this record cannot be written. Use a state transition."
        yield violation(pointer, NOT_WRITABLE, detail, value)
    elif is_blank(entity.fields[name], value):
        if name in entity.required and not (is_variant and name in entity.inherited):
            yield blank(pointer, value)
    elif not _ACCEPTS[entity.fields[name]](value):
        yield violation(pointer, WRONG_TYPE, f"This value should be of type {entity.fields[name]}.", str(value))
    elif entity.fields[name] == "id" and not is_id(value):
        yield bad_id(pointer, value)
    elif entity.fields[name] == "prices":
        yield from _prices(value, pointer)


def is_blank(kind: str, value: Any) -> bool:
    """Whether the value counts as none."""
    return value is None or (kind in {"text", "id"} and value == "") or (kind == "prices" and value == [])


def blank(pointer: str, value: object = None) -> Problem:
    """A value is needed."""
    return violation(pointer, BLANK, "This value should not be blank.", value)


def bad_id(pointer: str, value: object) -> Problem:
    """An id is needed."""
    return violation(pointer, INVALID_UUID, f"The string {value!r} is not a valid uuid.", str(value))


def stored_prices(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A checked price list as it is kept: the last price of a currency counts."""
    by_currency = {each["currencyId"]: _stored_price(each) for each in value}
    return list(by_currency.values())


def _stored_price(price: Mapping[str, Any]) -> dict[str, Any]:
    extras = {name: price[name] for name in ("listPrice", "regulationPrice") if price.get(name) is not None}
    return {
        "currencyId": price["currencyId"],
        "gross": price["gross"],
        "net": price["net"],
        "linked": price.get("linked", True),
        **extras,
        "percentage": price.get("percentage"),
        "extensions": [],
        "apiAlias": "price",
    }


def _prices(value: list[dict[str, Any]], pointer: str) -> Iterator[Problem]:
    """[inferred]: the pointers inside the list go by position."""
    for number, price in enumerate(value):
        yield from _price(price, f"{pointer}/{number}")
    if all(price.get("currencyId") != DEFAULT_CURRENCY_ID for price in value):
        yield violation(pointer, NOT_WRITABLE, "No price for default currency defined")


def _price(price: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    for name in sorted(set(price) - PRICE_KEYS):
        yield unknown_field(name, "a price", f"{pointer}/{name}")
    for name in _PRICE_REQUIRED:
        if price.get(name) is None:
            yield blank(f"{pointer}/{name}")
    for name in ("net", "gross"):
        if price.get(name) is not None and not _is_number(price[name]):
            yield violation(f"{pointer}/{name}", WRONG_TYPE, "This value should be of type numeric.", str(price[name]))
    if not isinstance(price.get("linked", True), bool):
        yield violation(f"{pointer}/linked", WRONG_TYPE, "This value should be of type bool.", str(price["linked"]))
    if price.get("currencyId") is not None and not is_id(price["currencyId"]):
        yield bad_id(f"{pointer}/currencyId", price["currencyId"])


def unknown_field(name: str, where: str, pointer: str) -> Problem:
    """A field Shopware does not document. A shop would ignore it; here it is a mistake worth seeing."""
    detail = f"The sandbox refuses the unknown key {name!r} in {where}; a real shop would ignore it."
    return Problem(400, "SANDBOX__UNKNOWN_KEY", detail, "Bad Request", pointer, {"key": name})
