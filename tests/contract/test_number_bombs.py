"""No number from outside costs more than its length: every field of a number of every connector is tried."""

import importlib
import pkgutil
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import shopbridge.connectors
from shopbridge.connectors.cartum import wire as cartum
from shopbridge.connectors.cloudsales import wire as cloudsales
from shopbridge.connectors.gomag import wire as gomag
from shopbridge.connectors.innvoice import wire as innvoice
from shopbridge.connectors.kit.loose import LooseNumber
from shopbridge.connectors.registry import KEYS
from shopbridge.connectors.roapp import wire as roapp
from shopbridge.connectors.salesautopilot import wire as salesautopilot
from shopbridge.connectors.salespos import wire as salespos
from shopbridge.connectors.shoprenter import wire as shoprenter
from shopbridge.connectors.shopware import wire as shopware
from shopbridge.connectors.tryton import wire as tryton
from shopbridge.connectors.unas import wire as unas
from shopbridge.connectors.vendure import wire as vendure
from shopbridge.mapping.json_data import read_json

for module in pkgutil.walk_packages(shopbridge.connectors.__path__, "shopbridge.connectors."):
    importlib.import_module(module.name)

READ: tuple[type[BaseModel], ...] = (
    cartum.Wire,
    cloudsales.Read,
    gomag.Wire,
    innvoice.Read,
    roapp.Read,
    salesautopilot.Read,
    salespos.Read,
    shoprenter.Wire,
    shopware.Wire,
    tryton.Read,
    unas.Wire,
    vendure.Wire,
)
"""What each connector reads answers into."""

BOMBS = (
    "1e999999999",
    "-1e999999999",
    "1e-999999999",
    "9" * 4_000,
    "9" * 30,
    "-" + "9" * 30,
    "9" * 500_000,
    "0." + "1" * 500_000,
    "NaN",
    "-Infinity",
)
GIVEN = [(bomb, each) for bomb in BOMBS for each in (read_json(bomb), read_json(f'"{bomb}"'))]
"""Each as a number and as a text, since platforms send both."""
GREATEST = Decimal("1E+40")
SECONDS = 5.0


def _models(parent: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in parent.__subclasses__():
        yield child
        yield from _models(child)


def _numbers(annotation: Any) -> bool:
    """Whether a field's type names a number anywhere but within another model."""
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _numbers(parts[0])
    return annotation in (int, Decimal, float) or any(map(_numbers, parts))


def _fields() -> Iterator[Any]:
    for parent in READ:
        for model in _models(parent):
            for name, found in model.model_fields.items():
                if _numbers(found.annotation):
                    where = f"{model.__module__.removeprefix('shopbridge.connectors.')}.{model.__name__}.{name}"
                    yield pytest.param(model, found, id=where)


def _type_of(model: type[BaseModel], found: FieldInfo) -> TypeAdapter[Any]:
    """The field's own type with all that checks it."""
    typed: Any = Annotated[(found.annotation, *found.metadata)] if found.metadata else found.annotation
    strings = model.model_config.get("coerce_numbers_to_str", False)
    return TypeAdapter(typed, config={"coerce_numbers_to_str": strings})


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _parts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _parts(each)
    else:
        yield value


def _is_harmless(value: Any) -> bool:
    """What may come out of a bomb: nothing, or a number that fits wherever numbers go."""
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value) <= GREATEST and len(str(value)) < 60
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, str)


FIELDS = list(_fields())


def test_there_are_fields_to_try() -> None:
    assert {parent.__module__.split(".")[2] for parent in READ} == set(KEYS)
    assert len(FIELDS) > 60


@pytest.mark.parametrize(("model", "found"), FIELDS)
def test_a_number_as_a_bomb_is_refused_or_harmless_at_once(model: type[BaseModel], found: FieldInfo) -> None:
    """Mend a failure by the types of ``shopbridge.mapping.numbers``: Whole, Figure, Quantity."""
    field = _type_of(model, found)
    began = time.monotonic()
    for bomb, given in GIVEN:
        for value in (given, [given], {"a": given}):
            try:
                taken = field.validate_python(value)
            except ValidationError:
                continue
            assert all(map(_is_harmless, _parts(taken))), f"{bomb[:20]} became {str(taken)[:50]}"
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    ("shape", "given", "read"),
    [
        (gomag.Money, "8.0999999999999996", "8.10"),
        (gomag.Money, "4.9000000000000003552713678800500929555621337890625", "4.90"),
        (gomag.MaybePercent, "5.4999999999999999", "5.5"),
        (gomag.MaybeQuantity, "2.9999999999999996", "3"),
        (LooseNumber, "2.0000000000000000", "2"),
        (cloudsales.Number, "8.0999999999999996", "8.1"),
        (cloudsales.Quantity, "2.9999999999999996", "3"),
        (shopware.Amount, "28.789999999999999", "28.79"),
        (salespos.OrderRead, {"id": "7", "total_price": "28.789999999999999"}, "28.79"),
    ],
)
def test_numbers_as_texts_lose_their_noise_too(shape: Any, given: Any, read: str) -> None:
    value = TypeAdapter(shape).validate_python(given)
    assert str(getattr(value, "total_price", value)) == read
