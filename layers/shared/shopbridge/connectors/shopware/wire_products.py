"""Products and categories as Shopware sends them; what a variant inherits is null there."""

from typing import Any

from pydantic import Field

from shopbridge.connectors.shopware.wire import Amount, Map, Named, Number, Text, Wire, WireRate
from shopbridge.mapping.identity import Name
from shopbridge.mapping.numbers import Whole


class WireStock(Wire):
    """A product's or variant's stock.

    Attributes:
        available_stock: A mirror of ``stock`` from 6.6 on.
        child_count: Above 0 on a product with variants, whose own stock means nothing.
    """

    id: Name
    auto_increment: Whole
    product_number: Number = ""
    stock: Whole | None = None
    available_stock: Whole | None = None
    child_count: Whole | None = None


class WireAmounts(Wire):
    """Both amounts of a price."""

    gross: Amount
    net: Amount


class WireEntry(WireAmounts):
    """A price in one currency; ``list_price`` is the one crossed out."""

    currency_id: str
    list_price: WireAmounts | None = None


class WireOption(Named):
    """A value of a property group: a property, or what a variant is made of."""

    group_id: Text = ""
    group: Named | None = None


class WireTaxRow(WireRate):
    """A tax of the shop with its id."""

    id: str
    position: Whole | None = None


class WireId(Wire):
    """A row of which only the id matters."""

    id: str


class WireVariant(Wire):
    """A variant, read without inheritance.

    Attributes:
        ean: None where it has its parent's; empty where it has none at all.
    """

    id: str
    auto_increment: Whole
    product_number: Number = ""
    ean: str | None = None
    active: bool | None = None
    stock: Whole | None = None
    available_stock: Whole | None = None
    tax_id: str | None = None
    price: tuple[WireEntry, ...] | None = None
    options: tuple[WireOption, ...]


class WireProduct(WireVariant):
    """A product of the top level with all that hangs on it.

    Attributes:
        options: Null: only variants have them.
        media: Null when it was not asked for.
    """

    tax: WireTaxRow | None = None
    translated: Map = Field(default_factory=dict)
    options: Any = None
    properties: tuple[WireOption, ...]
    categories: tuple[WireId, ...]
    media: tuple[WireId, ...]
    children: tuple[WireVariant, ...]
    manufacturer_number: Text = ""
    weight: Amount | None = None


class WireCategory(Named):
    """A category; a root has no parent."""

    parent_id: str | None = None
    active: bool | None = None


class WireCurrencyRow(Wire):
    """A currency of the shop."""

    id: str
    iso_code: Text = ""


class WireLocaleCode(Wire):
    """Such as ``de-DE``."""

    code: Text = ""


class WireLanguageRow(Named):
    """A language of the shop."""

    locale: WireLocaleCode | None = None
