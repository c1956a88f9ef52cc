"""The fields of an order and of a product that a merchant's rules may fill, read off the models of their bodies."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shopbridge.connectors.salespos.product_wire import CatalogueInput
from shopbridge.connectors.salespos.wire import OrderInput
from shopbridge.mapping.converters import FieldType
from shopbridge.mapping.rules import TargetField

NOT_FOR_RULES = frozenset({"reservationnumber", "orderrows[].auto_create_deposit_rows"})
"""The number an order is found again by, and the switch that adds rows nobody ordered."""
IDENTITY = frozenset({"productnumber", "stocktype", "variants[].product_number"})
"""What a product and its variants are found again by, and where their stock lies."""
_TYPES: Mapping[Any, FieldType] = {int: "integer", bool: "boolean", Decimal: "decimal"}


def order_fields() -> dict[str, TargetField]:
    """Every field of the order that a merchant's rule may fill, from the model of its body."""
    return {field.path: field for field in _fields(OrderInput, "") if field.path not in NOT_FOR_RULES}


def product_fields() -> dict[str, TargetField]:
    """Every field of a product and its variants that a merchant's rule may fill."""
    return {field.path: field for field in _fields(CatalogueInput, "") if field.path not in IDENTITY}


def _fields(model: type[BaseModel], prefix: str) -> Iterator[TargetField]:
    for name, info in model.model_fields.items():
        kind, many = _kind(info.annotation)
        path = prefix + name
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, f"{path}[]." if many else f"{path}.")
        else:
            yield TargetField(path, info.title or name, _type(kind), _longest(info), info.is_required())


def _kind(annotation: Any) -> tuple[Any, bool]:
    """What a field holds, without ``| None``; and whether it is a list of that."""
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(arg for arg in get_args(annotation) if arg is not type(None)))
    if get_origin(annotation) is list:
        return get_args(annotation)[0], True
    return annotation, False


def _type(kind: Any) -> FieldType:
    return _TYPES.get(kind, "text")


def _longest(info: FieldInfo) -> int | None:
    return next((rule.max_length for rule in info.metadata if hasattr(rule, "max_length")), None)
