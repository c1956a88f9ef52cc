"""Products, their classes, prices, taxes and categories as Shoprenter sends them (platform file, the same chapters)."""

import html
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from shopbridge.connectors.kit.loose import LooseNumber, LooseText, MaybeNumber, MaybeQuantity, as_text
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.shoprenter.wire import NOTHING, Link, Readable, Texts, Wire, WireText, as_list
from shopbridge.mapping.identity import Name, refuse_unsound, sound_id, sound_name

DISABLED, DEPRECATED = "0", "2"
"""States of a product: 1 is on sale; 2 is shown, but sold out for good."""
MOST_DIGITS = 15
Markup = Annotated[LooseText, AfterValidator(html.unescape)]
"""HTML, which travels with its own marks written as entities."""


def row_number(row: Row) -> int:
    """Return the number that people know a product by; 0 when it has none that can be one."""
    text = as_text(row.get("innerId"))
    plain = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain else 0


class WireStocked(Wire):
    """The least of a product: one that is odd in other fields can still be counted.

    Attributes:
        parent_product: Its own id where it has no parent.
        subtract_stock: 0 when orders leave its stock alone.
    """

    id: Annotated[LooseText, AfterValidator(refuse_unsound)]
    inner_id: Annotated[LooseText, AfterValidator(refuse_unsound)] = ""
    sku: Annotated[LooseText, AfterValidator(refuse_unsound)] = ""
    status: LooseText = ""
    orderable: LooseText = ""
    stock1: MaybeQuantity = None
    stock2: MaybeQuantity = None
    stock3: MaybeQuantity = None
    stock4: MaybeQuantity = None
    subtract_stock: LooseText = ""
    parent_product: Link = ""
    product_class: Link = ""

    @property
    def number(self) -> int:
        """As people know it; 0 for none."""
        return row_number({"innerId": self.inner_id})

    @property
    def is_parent(self) -> bool:
        """It is no version of another product."""
        return self.parent_product in ("", self.id)

    @property
    def is_on_sale(self) -> bool:
        """It can be bought, as far as its own switches say."""
        return self.status not in (DISABLED, DEPRECATED) and self.orderable != "0"

    def stock(self, stocks: Sequence[str]) -> Decimal | None:
        """Return what lies in these warehouses together; None where one of them is not told."""
        figures = [getattr(self, name) for name in stocks]
        return None if None in figures else sum(figures, NOTHING)


def names_of(row: Row) -> WireStocked:
    """Return what a row is called, and no more: for one that cannot be understood."""
    return WireStocked(
        id=sound_id(_scalar(row.get("id")) or None, row),
        inner_id=str(row_number(row) or ""),
        sku=sound_name(_scalar(row.get("sku"))),
    )


def _scalar(value: Any) -> str:
    text = as_text(value)
    return text if isinstance(text, str) else repr(value)[:300]


class WireClass(Wire):
    """A class of products: which attributes its versions differ in."""

    id: LooseText
    name: Readable = ""
    first_variant_parameter: Link = ""
    second_variant_parameter: Link = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The attributes' ids."""
        return tuple(filter(None, (self.first_variant_parameter, self.second_variant_parameter)))


class WireListAttribute(Wire):
    """An attribute whose values are listed: what versions differ in."""

    id: LooseText
    name: Readable = ""


class WireValueName(WireText):
    """The name of an attribute's value in one language."""

    list_attribute_value: Link


class WireGroup(Wire):
    """A customer group, as a price names it."""

    id: LooseText = ""
    inner_id: LooseText = ""
    default: bool = False


class WirePrice(Wire):
    """What a product costs for a customer group, in the shop's own currency.

    Attributes:
        net, gross: What is asked now; ``…_original`` without a special price, ``…_special`` where there is one.
    """

    customer_group: WireGroup
    gross: MaybeNumber = None
    gross_original: MaybeNumber = None
    gross_special: MaybeNumber = None
    currency_code: LooseText = ""


class WireSpecial(Wire):
    """A special price, net. Nobody is named: it is for everyone.

    Attributes:
        priority: -1 is the product of the day.
    """

    id: LooseText = ""
    price: MaybeNumber = None
    priority: MaybeNumber = None
    date_from: LooseText = ""
    date_to: LooseText = ""
    min_quantity: MaybeNumber = None
    customer_group: Link = ""


class WireDescription(Wire):
    """A product's texts in one language."""

    id: LooseText = ""
    name: Readable = ""
    short_description: Markup = ""
    description: Markup = ""
    language: Link = ""


class WireRelation(Wire):
    """One of the product's categories."""

    category: Link


class WireValue(Wire):
    """The value of an attribute in one language."""

    value: LooseText = ""
    language: Link = ""


def _as_values(value: Any) -> Any:
    """Values by language, one of them, or the mere value of a number."""
    listed = as_list(value)
    rows = listed if isinstance(listed, list) else [listed]
    return [each if isinstance(each, Mapping) else {"value": each} for each in rows]


class WireAttribute(Wire):
    """A fact of a product, of the type LIST, TEXT, INTEGER or FLOAT."""

    id: LooseText = ""
    name: Readable = ""
    value: Annotated[tuple[WireValue, ...], BeforeValidator(_as_values)] = ()


class WireProduct(WireStocked):
    """A product, whole. ``price`` is net, in the shop's own currency."""

    model_number: LooseText = ""
    gtin: LooseText = ""
    price: LooseNumber
    tax_class: Link = ""
    manufacturer: Any = None
    all_images: Any = None
    product_prices: Annotated[tuple[WirePrice, ...], BeforeValidator(as_list)] = ()
    product_specials: Annotated[tuple[WireSpecial, ...], BeforeValidator(as_list)] = ()
    product_descriptions: Annotated[tuple[WireDescription, ...], BeforeValidator(as_list)] = ()
    product_category_relations: Annotated[tuple[WireRelation, ...], BeforeValidator(as_list)] = ()
    product_attribute_extend: Annotated[tuple[WireAttribute, ...], BeforeValidator(as_list)] = ()

    def described(self, language: str) -> WireDescription:
        """Return its texts in a language, else in any; empty ones where it has none."""
        texts = self.product_descriptions
        return next((each for each in texts if each.language == language), next(iter(texts), WireDescription()))

    @property
    def images(self) -> int:
        """How many pictures it has."""
        return len(self.all_images) if isinstance(self.all_images, dict | list) else 0

    @property
    def manufacturer_name(self) -> str:
        """Who makes it; empty where nobody says."""
        name = self.manufacturer.get("name") if isinstance(self.manufacturer, Mapping) else ""
        return name.strip() if isinstance(name, str) else ""


class WireRate(Wire):
    """A rate of a tax class, for the places of a zone."""

    rate: LooseNumber
    priority: MaybeNumber = None


class WireTaxClass(Wire):
    """A tax class with its rates."""

    id: LooseText
    name: Readable = ""
    tax_rates: Annotated[tuple[WireRate, ...], BeforeValidator(as_list)] = ()

    @property
    def rate(self) -> Decimal | None:
        """[inferred] The one of the first priority: a shop's own country; None where there is none."""
        ordered = sorted(self.tax_rates, key=lambda each: each.priority or NOTHING)
        return ordered[0].rate if ordered else None


class WireCategory(Wire):
    """A category; a disabled one (``status`` 0) is listed, too."""

    id: Name
    inner_id: LooseText = ""
    status: LooseText = ""
    parent_category: Link = ""
    category_descriptions: Texts = ()


class WireMethod(Wire):
    """A way to pay or to ship; it has a name in each language.

    Attributes:
        payment_description: [doc] calls it ``paymentDescriptions``, and shows it without the last letter.
    """

    inner_id: LooseText = ""
    code: LooseText = ""
    payment_description: Texts = ()
    payment_descriptions: Texts = ()
    shipping_mode_descriptions: Texts = ()

    @property
    def names(self) -> tuple[str, ...]:
        """In each language, each once."""
        texts = (*self.payment_description, *self.payment_descriptions, *self.shipping_mode_descriptions)
        return tuple(dict.fromkeys(each.name for each in texts if each.name))


class WireNamedGroup(Wire):
    """A customer group with its name."""

    inner_id: LooseText = ""
    name: Readable = ""
