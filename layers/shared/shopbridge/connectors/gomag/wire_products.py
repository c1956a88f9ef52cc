"""Products, versions and categories as Gomag sends them (platform file, "Products and variants", "Categories")."""

import html
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from shopbridge.connectors.gomag.wire import (
    Id,
    MaybeId,
    MaybeMoney,
    MaybePercent,
    MaybeQuantity,
    Money,
    Text,
    Wire,
    as_rows,
    as_text,
)
from shopbridge.mapping.identity import refuse_unsound

_REFERENCE = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = frozenset("<>&\"'")
"""Characters that must stay written as they are: they would become markup."""


def readable_html(text: str) -> str:
    """HTML whose letters are letters: ``&#259;`` becomes ă, while ``&lt;`` stays (platform file, quirk 8)."""
    return _REFERENCE.sub(_letter, text)


def _letter(reference: re.Match[str]) -> str:
    letter = html.unescape(reference.group())
    return reference.group() if letter in _MARKUP else letter


def _as_texts(value: Any) -> Any:
    """A plain text on read, but writes take an object by language and readers should accept both (G2, G3)."""
    if isinstance(value, Mapping):
        texts = {str(name): as_text(text) for name, text in value.items()}
    else:
        texts = {"": as_text(value)}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("should be a text, or texts by language")
    return texts


def _as_attributes(value: Any) -> Any:
    """An attribute's value may be a list."""
    rows = as_rows(value)
    return rows if not isinstance(rows, list) else [_spread(row) for row in rows]


def _spread(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    values = as_rows(row.get("value")) if isinstance(row.get("value"), list | dict) else [row.get("value")]
    return {**row, "value": values}


class WireSold(Wire):
    """What is sold under an SKU: a version, or a product without any."""

    id: Id
    sku: Annotated[Text, AfterValidator(refuse_unsound)] = ""
    stock: MaybeQuantity = None


class WireStocked(WireSold):
    """The least of a product: one that is odd in other fields can still be counted.

    Attributes:
        enabled: 0 when it is not for sale; None where Gomag does not say.
    """

    enabled: MaybeId = None

    versions: Annotated[
        tuple[WireSold, ...],
        BeforeValidator(as_rows),
        Field(default=(), validation_alias=AliasChoices("versions", "variations")),
    ]

    @property
    def sold(self) -> tuple[WireSold, ...]:
        """Its versions, or itself where it has none."""
        return self.versions or (self,)

    @property
    def skus(self) -> tuple[str, ...]:
        """Under which SKUs it is found, its own first; empty ones are left out."""
        return tuple(sku for sku in (self.sku, *(version.sku for version in self.versions)) if sku)


SpecialPrice = Annotated[
    MaybeMoney, Field(default=None, validation_alias=AliasChoices("special_price", "specialPrice"))
]
Language = Annotated[dict[str, str], BeforeValidator(_as_texts)]


class WireAttribute(Wire):
    """A further fact, with one value or several."""

    name: Text = ""
    value: tuple[Text, ...] = ()


class WireVersion(WireSold):
    """A version; what it does not have it has from its product (platform file, G3)."""

    ean: Text = ""
    price: MaybeMoney = None
    special_price: SpecialPrice


class WireProduct(WireVersion):
    """A product; ``stock`` of one with versions is theirs together.

    Attributes:
        base_price: [inferred] Before reductions; in one feed it is what the merchant pays.
        categories: In any of several shapes, see ``CategoryTree.ids_of``.
        images: Only how many there are matters.
    """

    name: Language = Field(default_factory=dict)
    description: Language = Field(default_factory=dict)
    brand: Text = ""
    price: Money
    base_price: MaybeMoney = None
    vat: MaybePercent = None
    stock_status: Text = ""
    enabled: MaybeId = None
    categories: Any = None
    images: Annotated[tuple[Any, ...], BeforeValidator(as_rows)] = ()
    attributes: Annotated[tuple[WireAttribute, ...], BeforeValidator(_as_attributes)] = ()
    versions: Annotated[
        tuple[WireVersion, ...],
        BeforeValidator(as_rows),
        Field(default=(), validation_alias=AliasChoices("versions", "variations")),
    ]

    def name_in(self, language: str) -> str:
        """The name, as plain text."""
        return html.unescape(text_in(self.name, language)).strip()

    def description_in(self, language: str) -> str:
        """The description, as HTML."""
        return readable_html(text_in(self.description, language))


def text_in(texts: Mapping[str, str], language: str) -> str:
    """In this language, else as it came, else in any."""
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")


class WireCategory(Wire):
    """A category.

    Attributes:
        parents: All above it, keyed by their ids, in no certain order.
    """

    id: Id
    name: Language = Field(default_factory=dict)
    depth: MaybeId = None
    parents: Any = None
