"""The fields that a merchant's rules may fill, read off the model of what is sent."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shopbridge.mapping.converters import FieldType
from shopbridge.mapping.rules import TargetField

_TYPES: Mapping[Any, FieldType] = {int: "integer", bool: "boolean", Decimal: "decimal"}


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[TargetField]:
    """Every field of the model and of the models in it, by its path; ``rows[].memo`` is a field of each row."""
    for name, info in model.model_fields.items():
        kind, many = _kind(info.annotation)
        path = prefix + name
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields_of(kind, f"{path}[]." if many else f"{path}.")
        else:
            yield TargetField(path, info.title or name, _TYPES.get(kind, "text"), _longest(info), info.is_required())


def _kind(annotation: Any) -> tuple[Any, bool]:
    """What a field holds, without ``| None``; and whether it is a list of that."""
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(arg for arg in get_args(annotation) if arg is not type(None)))
    if get_origin(annotation) is list:
        return get_args(annotation)[0], True
    return annotation, False


def _longest(info: FieldInfo) -> int | None:
    return next((rule.max_length for rule in info.metadata if hasattr(rule, "max_length")), None)
