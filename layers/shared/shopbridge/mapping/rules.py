"""The merchant's own field rules: data that fills further fields of the target, or fills them otherwise.

What a rule does, in this order:

1. ``when`` is evaluated; if it is false in JMESPath's sense, the rule does not apply.
2. ``source`` is evaluated. Null, blank text, ``[]`` and ``{}`` are empty: the rule takes ``default``, or without one
   does not apply.
3. The converters run in order; then the field's own type is made, and text is cut to the field's length.
4. A result that is blank takes ``default``, if there is one. A converter that finds nothing (no house number in the
   line) without a default holds the order: the field must not keep a value that belongs to something else.

Several rules may have the same target: the first that applies wins. A rule that does not apply leaves the field as the
standard mapping filled it; nothing ever removes a field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr
from pydantic.fields import FieldInfo

from shopbridge.mapping.converters import ConverterName, FieldType


@dataclass(frozen=True)
class TargetField:
    """A field of the target that rules may fill.

    Attributes:
        path: Dotted, such as ``customer.billingaddress.street``; ``orderrows[].memo`` is a field of each row.
        title: For people.
        max_length: In characters; longer text is cut. None: as long as you like.
        required: It must not be written blank.
    """

    path: str
    title: str
    type: FieldType
    max_length: int | None = None
    required: bool = False


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


class FieldRule(BaseModel):
    """One rule, as the merchant writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    target: str = Field(
        min_length=1,
        title="Target field",
        description="A field of the target from its connector's page, such as `customer.billingaddress.street`; `[]` "
        "stands for every row: `orderrows[].memo`.",
    )
    source: str = Field(
        min_length=1,
        max_length=1000,
        title="Source",
        description="A JMESPath expression over the order or product, such as `order.comment` or `product.extras.mpn`; "
        "for a field of a row `line` is the order line, or `variant` the variant it stems from. Quoted text, such as "
        "`'web'`, is a constant.",
    )
    convert: Annotated[tuple[ConverterName, ...], BeforeValidator(_as_list)] = Field(
        default=(), title="Converters", description="One converter, or several that run in order."
    )
    default: StrictStr | StrictBool | StrictInt | Decimal | None = Field(
        default=None,
        title="Default",
        description='Written when the source is empty. Left out, the rule then does not apply; `""` writes a blank.',
    )
    when: str = Field(
        default="",
        max_length=1000,
        title="Only when",
        description="A JMESPath expression; the rule applies only if it is true. Null, false, an empty text or list "
        "are false, everything else is true, 0 too. Left empty, the rule always applies.",
    )


_TYPES: Mapping[Any, FieldType] = {int: "integer", bool: "boolean", Decimal: "decimal"}


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[TargetField]:
    """Yield every field of the model and of the models in it, by its path; ``rows[].memo`` is a field of each row."""
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
