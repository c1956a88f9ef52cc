"""Products, versions and categories as Gomag sends them (platform file, "Products and variants", "Categories")."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import (
    TOP,
    Id,
    MaybeId,
    MaybeMoney,
    MaybePercent,
    MaybeQuantity,
    Money,
    Wire,
    as_rows,
)
from shopbridge.connectors.kit.loose import LooseText, as_text, writable
from shopbridge.connectors.kit.rows import Row, read_row
from shopbridge.mapping.identity import refuse_unsound, sound_id, sound_name
from shopbridge.model.base import Model
from shopbridge.model.ledger import Reason

_REFERENCE = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = frozenset("<>&\"'")
"""Characters that must stay written as they are: they would become markup."""
SpecialPrice = Annotated[
    MaybeMoney, Field(default=None, validation_alias=AliasChoices("special_price", "specialPrice"))
]

CURRENCY: Final = ("currency", "currencyCode", "currency_code")
WITH_VAT: Final = (
    "priceIncludesVat",
    "price_includes_vat",
    "vatIncluded",
    "vat_included",
    "includesVat",
    "includes_vat",
)
_PRODUCT: Final = (
    "id sku name description brand price base_price special_price specialPrice vat stock stock_status ean enabled "
    "updated categories images attributes versions variations"
)
KNOWN: Final = frozenset((*_PRODUCT.split(), *CURRENCY, *WITH_VAT))
"""The fields of a product that have been seen, or would be understood."""
_LEI: Final = frozenset({"LEI", "LEU"})
_FLAGS: Final[Mapping[str, bool]] = {"1": True, "true": True, "da": True, "0": False, "false": False, "nu": False}
_CODE_LENGTH = 3


def readable_html(text: str) -> str:
    """Return HTML whose letters are letters: ``&#259;`` becomes ă, while ``&lt;`` stays (platform file, quirk 8)."""
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
    sku: Annotated[LooseText, AfterValidator(refuse_unsound)] = ""
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


Language = Annotated[dict[str, str], BeforeValidator(_as_texts)]


class WireAttribute(Wire):
    """A further fact, with one value or several."""

    name: LooseText = ""
    value: tuple[LooseText, ...] = ()


class WireVersion(WireSold):
    """A version; what it does not have it has from its product (platform file, G3)."""

    ean: LooseText = ""
    price: MaybeMoney = None
    special_price: SpecialPrice


class WireProduct(WireVersion):
    """A product; ``stock`` of one with versions is theirs together.

    Attributes:
        base_price: [inferred] Before reductions; in one feed it is what the merchant pays.
        categories: In any of several shapes, see ``GomagCategoryTree.ids_of``.
        images: Only how many there are matters.
    """

    name: Language = Field(default_factory=dict)
    description: Language = Field(default_factory=dict)
    brand: LooseText = ""
    price: Money
    base_price: MaybeMoney = None
    vat: MaybePercent = None
    stock_status: LooseText = ""
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
        """Return the name, as plain text."""
        return html.unescape(text_in(self.name, language)).strip()

    def description_in(self, language: str) -> str:
        """Return the description, as HTML."""
        return readable_html(text_in(self.description, language))


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return the text in this language, else as it came, else in any."""
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


class OwnTerms(Model):
    """[inferred] What a product says of its own currency, and whether its price includes VAT.

    Gomag keeps both with each product (platform file, "Corrections and additions"), but nobody has seen what the API
    calls them. The names here are guesses, so they can only hold a price, never change one; verifying a connection
    names the fields that we do not know.

    Attributes:
        currency: None when it tells none that can be read.
        gross: Its price includes VAT; None when it does not tell.
    """

    currency: str | None
    gross: bool | None

    def against(self, settings: GomagSettings) -> Reason | None:
        """Return why its price must not travel: it is not in the shop's terms. None when it is, or says nothing."""
        if self.currency not in (None, settings.currency):
            return Reason(
                code="other_currency",
                text=f"Gomag keeps the product in {self.currency}, the shop's prices are in {settings.currency}",
                fix=f"Set the product's currency in Gomag to {settings.currency}, or carry its price by hand.",
            )
        if self.gross not in (None, settings.prices_include_vat):
            theirs, ours = (_with_vat(gross=bool(each)) for each in (self.gross, settings.prices_include_vat))
            return Reason(
                code="other_vat_terms",
                text=f"Gomag keeps the product's price {theirs} VAT, the shop's prices are {ours} VAT",
                fix="Set it in Gomag as the other products are, or correct prices_include_vat in Gomag's settings.",
            )
        return None


def own_terms(currency: Any, with_vat: Any) -> OwnTerms:
    """Return what a product's fields say, as they came; anything unknown says nothing."""
    code, flag = (str(as_text(each)).strip() for each in (currency, with_vat))
    code = "RON" if code.upper() in _LEI else code.upper()
    told = len(code) == _CODE_LENGTH and code.isascii() and code.isalpha()
    return OwnTerms(currency=code if told else None, gross=_FLAGS.get(flag.casefold()))


@dataclass(frozen=True)
class ShownProduct:
    """A row of the product list: what it is called, what is sold as it, and the product where it has the form we know.

    Attributes:
        key: Its id; a name of ours where it has none that can be one.
        sold: Where the row is odd in that, no more than names; the id is 0 where it has none.
        product: Where the row is odd, and how, in its place.
        terms: Of its price, as it says itself.
        fields: The names of all that came.
    """

    key: str
    sold: WireStocked
    product: WireProduct | str
    terms: OwnTerms
    fields: frozenset[str]


def shown_product(row: Row) -> ShownProduct:
    """Return a row, read as far as it can be."""
    terms = (next((row[name] for name in names if name in row), None) for names in (CURRENCY, WITH_VAT))
    sold, product = read_row(WireStocked, row), read_row(WireProduct, row)
    return ShownProduct(
        key=sound_id(as_text(row.get("id")), row),
        sold=_names(row) if isinstance(sold, str) else sold,
        product=product,
        terms=own_terms(*terms),
        fields=frozenset(row),
    )


def _names(row: Row) -> WireStocked:
    listed = as_rows(row.get("versions") or row.get("variations"))
    versions = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    named = [WireSold(id=_id(each), sku=_sku(each)) for each in versions]
    return WireStocked(id=_id(row), sku=_sku(row), versions=tuple(named))


def _sku(row: Row) -> str:
    return sound_name(as_text(row.get("sku")))


def _id(row: Row) -> int:
    text = as_text(row.get("id"))
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or not 0 < int(text[:16]) < TOP:
        return 0
    return int(text)


def remarks_on(rows: Sequence[ShownProduct], settings: GomagSettings) -> Iterator[str]:
    """Yield what some products tell of terms of their own, and which of their fields nobody knows."""
    differing = [(row.sold.sku or row.key, row.terms.against(settings)) for row in rows]
    for name, reason in [(name, reason) for name, reason in differing if reason][:1]:
        yield f"{reason.text} ({name}, for one). Such products' prices are held. {reason.fix}"
    unknown = sorted({name for row in rows for name in row.fields} - KNOWN)
    if unknown:
        yield (
            f"Gomag's products have fields that the bridge does not know: {writable(', '.join(unknown))}. If one of "
            "them is the currency of the product, or says whether its price includes VAT, tell our support: until then "
            "the settings currency and prices_include_vat count for every product."
        )


def _with_vat(*, gross: bool) -> str:
    return "with" if gross else "without"
