"""The fields of an order that a merchant's rules may fill, read off the model of its body."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from shopbridge.connectors.cloudsales.sent import OrderInput
from shopbridge.mapping.converters import FieldType
from shopbridge.mapping.rules import TargetField

NOT_FOR_RULES = frozenset({"order_reference"})
"""The order's address: another one would be another order."""
_TYPES: Mapping[Any, FieldType] = {bool: "boolean", Decimal: "decimal"}


def order_fields() -> dict[str, TargetField]:
    """Every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in _fields(OrderInput, "") if field.path not in NOT_FOR_RULES}


def _fields(model: type[BaseModel], prefix: str) -> Iterator[TargetField]:
    for name, info in model.model_fields.items():
        many = get_origin(info.annotation) is list
        kind = get_args(info.annotation)[0] if many else info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, f"{prefix}{name}[]." if many else f"{prefix}{name}.")
        else:
            yield TargetField(prefix + name, info.title or name, _TYPES.get(kind, "text"), None, info.is_required())
