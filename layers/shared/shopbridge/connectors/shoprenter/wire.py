"""What Shoprenter really sends (platform file, "Orders", "Order statuses" and "Known quirks").

Nearly every number is a text; nothing is null, ``""``, ``{}`` or ``[]``; a list of one may be the one; ``firstname`` is
the family name.
"""

import html
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shopbridge.connectors.kit.loose import LooseNumber, LooseText, MaybeNumber, MaybeQuantity, as_text, writable

NOTHING = Decimal(0)
STOCKS: Final = ("stock1", "stock2", "stock3", "stock4")
"""A shop's warehouses; how many of them it uses, it says itself."""
Readable = Annotated[LooseText, AfterValidator(lambda text: html.unescape(text).strip())]
"""Names and addresses: older ones hold letters as HTML does (platform file, "Orders")."""


def as_list(value: Any) -> Any:
    """Return a list; a list of one may have come as the one, and an empty one as anything that is nothing."""
    if value is None or value in ("", {}, []):
        return []
    return [value] if isinstance(value, Mapping) else value


def link_id(value: Any) -> Any:
    """Return the id that a relation leads to, empty where it leads nowhere.

    The address within it still names the old host, so nothing but its last part is ever used (platform file, "Links").
    """
    link = value[0] if isinstance(value, list) and len(value) == 1 else value
    if link is None or link in ("", [], {}):
        return ""
    if not isinstance(link, Mapping):
        return as_text(link)
    own = as_text(link.get("id"))
    href = link.get("href")
    return own or (writable(unquote(_path(href).rpartition("/")[2])) if isinstance(href, str) else "")


def _path(href: str) -> str:
    try:
        return urlsplit(href).path
    except ValueError:
        return ""


Link = Annotated[str, BeforeValidator(link_id)]


def sent_back(row: Mapping[str, Any], fields: Iterable[str]) -> dict[str, str]:
    """Return texts as they are written: without the entities that they were read with, which would double."""
    texts = {name: as_text(row[name]) for name in fields if name in row}
    return {name: html.unescape(text) for name, text in texts.items() if isinstance(text, str)}


class Wire(BaseModel):
    """Unknown keys are welcome: Shoprenter adds some every month."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class WireText(Wire):
    """A name in one language."""

    name: Readable = ""
    language: Link = ""


Texts = Annotated[tuple[WireText, ...], BeforeValidator(as_list)]


class WireStatus(Wire):
    """An order status of the shop; its names are elsewhere."""

    id: LooseText
    inner_id: LooseText = ""


class WireStatusName(WireText):
    """The name of a status in one language."""

    order_status: Link


class WireSetting(Wire):
    """One setting of the shop."""

    key: LooseText
    value: LooseText = ""


class WireLanguage(Wire):
    """A language of the shop."""

    id: LooseText
    code: LooseText
    name: Readable = ""


class WireCurrency(Wire):
    """A currency; ``value`` is what the base currency is multiplied by."""

    code: LooseText
    decimal_place: MaybeNumber = None
    value: MaybeNumber = None


class WireCountry(Wire):
    """A country, whose name is written out, too."""

    iso_code2: LooseText = ""
    iso_code3: LooseText = ""
    name: Readable = ""

    @property
    def best(self) -> str:
        """What names it most surely."""
        return self.iso_code2 or self.iso_code3 or self.name


Country = Annotated[WireCountry | None, BeforeValidator(lambda value: value or None)]


class WireTotal(Wire):
    """A row of an order's totals, see ``orders.amounts``."""

    name: Readable = ""
    value: LooseNumber
    type: LooseText
    key: LooseText = ""


class WireSoldLine(Wire):
    """What a line takes from the stock: there is no field for the quantity, it is what each warehouse gave."""

    sku: LooseText = ""
    stock1: MaybeQuantity = None
    stock2: MaybeQuantity = None
    stock3: MaybeQuantity = None
    stock4: MaybeQuantity = None
    price: MaybeNumber = None
    total: MaybeNumber = None

    @property
    def quantity(self) -> Decimal:
        """Pieces.

        [inferred] Where no warehouse gave any, the total divided by the price, if that is a whole number; else 0.
        """
        taken = sum((getattr(self, stock) or NOTHING for stock in STOCKS), NOTHING)
        if taken or not self.price or not self.total:
            return Decimal(taken)
        pieces = self.total / self.price
        whole = pieces.to_integral_value()
        return Decimal(int(whole)) if whole > 0 and abs(pieces - whole) < Decimal("0.001") else NOTHING


class WireLine(WireSoldLine):
    """A line as it was sold: the product may have changed or gone since.

    Attributes:
        price, total: Of one piece and of all, net, in the shop's base currency.
        gross_price: Of one piece, since 2024-10; ``…_currency`` in the order's currency, since 2025-08.
    """

    id: LooseText
    name: Readable = ""
    price: LooseNumber
    tax_rate: LooseNumber
    gross_price: MaybeNumber = None
    gross_price_currency: MaybeNumber = None
    gtin: LooseText = ""
    model_number: LooseText = ""
    product_inner_id: LooseText = ""


class WireAddon(Wire):
    """A fee that comes with a product, such as a deposit for its bottle."""

    name: Readable = ""
    sku: LooseText = ""
    type: LooseText = ""
    price: LooseNumber
    quantity: LooseNumber
    total: LooseNumber
    tax_rate: LooseNumber


class WireOrderHead(Wire):
    """Which order it is, and where it stands; without a status it is a cart that nobody ordered."""

    id: LooseText
    inner_id: LooseText
    order_status: Link = ""
    date_created: LooseText


class WireOpenOrder(WireOrderHead):
    """The least of an order: one that is odd in other fields still holds its goods."""

    order_products: Annotated[tuple[WireSoldLine, ...], BeforeValidator(as_list)]


class WireOrder(WireOrderHead):
    """An order, whole. ``firstname`` is the family name, everywhere (platform file, "Orders").

    Attributes:
        value: What the base currency was multiplied by when it was placed.
        coupon_tax_rate, loyalty_points_tax_rate: Below 0 where there is none.
    """

    firstname: Readable = ""
    lastname: Readable = ""
    phone: LooseText = ""
    email: LooseText = ""
    tax_number: LooseText = ""
    customer: Link = ""
    customer_group: Link = ""
    shipping_firstname: Readable = ""
    shipping_lastname: Readable = ""
    shipping_company: Readable = ""
    shipping_address1: Readable = ""
    shipping_address2: Readable = ""
    shipping_city: Readable = ""
    shipping_postcode: LooseText = ""
    shipping_zone_name: Readable = ""
    shipping_country_name: Readable = ""
    shipping_country: Country = None
    shipping_method_name: Readable = ""
    shipping_method_localized_name: Readable = ""
    shipping_method_tax_rate: MaybeNumber = None
    shipping_method_extension: LooseText = ""
    shipping_receiving_point_id: LooseText = ""
    pick_pack_pont_shop_code: LooseText = ""
    payment_firstname: Readable = ""
    payment_lastname: Readable = ""
    payment_company: Readable = ""
    payment_address1: Readable = ""
    payment_address2: Readable = ""
    payment_city: Readable = ""
    payment_postcode: LooseText = ""
    payment_zone_name: Readable = ""
    payment_country_name: Readable = ""
    payment_country: Country = None
    payment_method_name: Readable = ""
    payment_method_code: LooseText = ""
    payment_method_tax_rate: MaybeNumber = None
    comment: Readable = ""
    total: LooseNumber
    value: MaybeNumber = None
    coupon_tax_rate: MaybeNumber = None
    loyalty_points_tax_rate: MaybeNumber = None
    invoice_id: LooseText = ""
    invoice_prefix: LooseText = ""
    language: Annotated[WireLanguage | None, BeforeValidator(lambda value: value or None)] = None
    currency: WireCurrency
    coupon: Any = None
    external_info: Any = None
    order_totals: Annotated[tuple[WireTotal, ...], BeforeValidator(as_list)] = ()
    order_products: Annotated[tuple[WireLine, ...], BeforeValidator(as_list)] = ()
    order_product_addons: Annotated[tuple[WireAddon, ...], BeforeValidator(as_list)] = ()
    order_gift_wrappings: Annotated[tuple[Any, ...], BeforeValidator(as_list)] = Field(default=())
