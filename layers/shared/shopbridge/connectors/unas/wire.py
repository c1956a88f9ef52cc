"""What UNAS really sends (platform file, "General rules of the protocol", "Orders", "Customers and newsletter").

XML knows texts only, and one record looks otherwise than many: all of it is read here. Text dates have no zone and are
the shop's own clock.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Figure, sensible
from shopbridge.mapping.xml_data import listed

ZONE: Final = ZoneInfo("Europe/Budapest")
"""[inferred] Whose wall clock the text dates show (platform file, "General rules of the protocol")."""
_DATE = re.compile(
    r"(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})\.?"
    r"(?: +(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?",
    re.ASCII,
)
_SECONDS = re.compile(r"\d{1,11}", re.ASCII)


def as_text(value: Any) -> Any:
    """Return an element's text; nothing is an empty one. What has children stays, for the field to refuse."""
    if isinstance(value, Mapping) and value and all(str(name).startswith(("@", "#text")) for name in value):
        return value.get("#text", "")
    return "" if value is None else value


def none_for_blank(value: Any) -> Any:
    """Return nothing for an empty element."""
    text = as_text(value)
    return None if isinstance(text, str) and not text.strip() else text


def pointed(value: Any) -> Any:
    """Return a number's text with a point where one client met a comma (platform file, C4)."""
    text = as_text(value)
    return text.replace(",", ".") if isinstance(text, str) and text.count(",") == 1 and "." not in text else text


def percent(value: Any) -> Any:
    """Return the number of a rate, which comes with the sign, and bare (platform file, "Orders")."""
    text = none_for_blank(value)
    return pointed(text.strip().removesuffix("%").strip()) if isinstance(text, str) else text


def within(name: str) -> BeforeValidator:
    """Return what makes a list of the elements ``name`` that stand in another one; none where that is empty."""

    def elements(value: Any) -> Any:
        if value is None or value == "":
            return []
        return listed(value.get(name)) if isinstance(value, Mapping) else value

    return BeforeValidator(elements)


def _maybe_object(value: Any) -> Any:
    """An empty element holds no record."""
    return None if value == "" else value


def moment_of(text: str) -> datetime:
    """Return a date, or a moment in Unix seconds, on the shop's clock with its zone.

    Raises ValueError when it is none.
    """
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC).astimezone(ZONE)
    parts = _DATE.fullmatch(text.strip())
    if parts is None:
        raise ValueError(f"{text[:30]!r} is no date")
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=ZONE).astimezone(UTC).astimezone(ZONE)
    except OverflowError as error:
        raise ValueError(f"{text[:30]!r} is beyond the calendar") from error


Text = Annotated[str, BeforeValidator(as_text)]
Name = Annotated[Text, AfterValidator(refuse_unsound)]
"""A text that names a record."""
Amount = Annotated[Figure, BeforeValidator(pointed)]
MaybeAmount = Annotated[Amount | None, BeforeValidator(none_for_blank)]
Pieces = Annotated[Amount, AfterValidator(sensible)]
MaybePieces = Annotated[Pieces | None, BeforeValidator(none_for_blank)]
Rate = Annotated[Annotated[Figure, Field(ge=0, le=1000)] | None, BeforeValidator(percent)]
"""A rate of VAT in percent; None where none is told."""


class Wire(BaseModel):
    """Further elements are welcome: a shop has more than anybody documents."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True)


class WireNamed(Wire):
    """Something with an id and a name, such as a method."""

    id: Text = ""
    name: Text = ""


class WireParam(WireNamed):
    """A question that the shop asks, or a property, with its answer."""

    value: Text = ""


class WireComment(Wire):
    """A comment: ``customer``, ``customer_shipping`` (for the courier), ``admin`` (hidden from the buyer)."""

    type: Text = ""
    text: Text = ""


class WireSoldLine(Wire):
    """What a line takes from the stock.

    Attributes:
        id: The product's, or one of the fixed ids of fees and discounts.
        variants: The chosen values, at most three, in any order: ``id`` is the place.
    """

    id: Name = ""
    sku: Name = ""
    quantity: Pieces
    variants: Annotated[tuple[WireParam, ...], within("Variant")] = ()

    @property
    def chosen(self) -> tuple[WireParam, ...]:
        """The variants by their place."""
        return tuple(sorted(self.variants, key=lambda each: (len(each.id), each.id)))


class WireLine(WireSoldLine):
    """A line: product, fee or discount; prices are of one piece in the order's currency."""

    name: Text = ""
    unit: Text = ""
    price_net: Amount
    price_gross: Amount
    vat: Rate = None
    product_params: Annotated[tuple[WireParam, ...], within("ProductParam")] = ()


class WireAddress(Wire):
    """An address; the country's code is in small letters."""

    name: Text = ""
    zip: Text = Field(default="", alias="ZIP")
    city: Text = ""
    street: Text = ""
    street_name: Text = ""
    street_type: Text = ""
    street_number: Text = ""
    county: Text = ""
    country: Text = ""
    country_code: Text = ""
    tax_number: Text = ""
    eu_tax_number: Text = Field(default="", alias="EUTaxNumber")
    customer_type: Text = ""
    delivery_point_id: Text = Field(default="", alias="DeliveryPointID")
    delivery_point_group: Text = ""
    recipient_name: Text = ""

    @property
    def line(self) -> str:
        """The street with its number."""
        return self.street or " ".join(filter(None, (self.street_name, self.street_type, self.street_number)))

    @property
    def is_there(self) -> bool:
        """It leads somewhere."""
        return bool(self.city or self.line)


class WireContact(Wire):
    """Whom to speak to."""

    name: Text = ""
    phone: Text = ""
    mobile: Text = ""


MaybeAddress = Annotated[WireAddress | None, BeforeValidator(_maybe_object)]


class WireAddresses(Wire):
    """Where the bill and the goods go."""

    invoice: MaybeAddress = None
    shipping: MaybeAddress = None


class WireCustomer(Wire):
    """The buyer; only a registered one has an id."""

    id: Text = ""
    email: Text = ""
    contact: Annotated[WireContact | None, BeforeValidator(_maybe_object)] = None
    addresses: Annotated[WireAddresses | None, BeforeValidator(_maybe_object)] = None
    group: Annotated[WireNamed | None, BeforeValidator(_maybe_object)] = None
    params: Annotated[tuple[WireParam, ...], within("Param")] = ()


class WireTransaction(Wire):
    """A step of a payment."""

    amount_refund: MaybeAmount = None


class WirePayment(WireNamed):
    """How the order is paid, and what came in."""

    type: Text = ""
    status: Text = ""
    paid: MaybeAmount = None
    transactions: Annotated[tuple[WireTransaction, ...], within("Transaction")] = ()


class WireDocument(Wire):
    """The invoice: its state (0 not billable, 1 billable, 2 billed), number and address."""

    status: Text = ""
    number: Text = ""
    url: Text = ""


class WireShipment(WireNamed):
    """How the order travels: its shipment, once there is one."""

    package_number: Text = ""
    tracking_url: Text = ""


class WireLinks(Wire):
    """The orders that an order was made from."""

    merged_from: Annotated[tuple[Text, ...], within("Key")] = ()
    separated_from: Annotated[tuple[Text, ...], within("Key")] = ()
    returned_from: Annotated[tuple[Text, ...], within("Key")] = ()


class WireOrderHead(Wire):
    """Which order it is, and where it stands.

    Attributes:
        id: Never given again, and no call finds an order by it.
        key: What people call it; after a deletion another order may be called so.
        status_type: ``open_normal``, ``open_prepare``, ``close_ok`` or ``close_fault``; some shops leave it out.
    """

    id: Annotated[Name, Field(min_length=1)]
    key: Annotated[Name, Field(min_length=1)]
    date: Text
    date_mod: Text = ""
    status: Text = ""
    status_id: Text = Field(default="", alias="StatusID")
    status_type: Text = ""
    invoice: Annotated[WireDocument | None, BeforeValidator(_maybe_object)] = None
    shipping: Annotated[WireShipment | None, BeforeValidator(_maybe_object)] = None


class WireOpenOrder(WireOrderHead):
    """The least of an order: one that is odd in other fields still holds its goods."""

    items: Annotated[tuple[WireSoldLine, ...], within("Item")]


class WireOrder(WireOrderHead):
    """An order, whole."""

    internal_key: Text = ""
    lang: Text = ""
    customer: Annotated[WireCustomer | None, BeforeValidator(_maybe_object)] = None
    currency: Text
    price_rounding: MaybeAmount = None
    type: Text = ""
    payment: Annotated[WirePayment | None, BeforeValidator(_maybe_object)] = None
    params: Annotated[tuple[WireParam, ...], within("Param")] = ()
    coupon: Text = ""
    referer: Text = ""
    info: Annotated[WireLinks | None, BeforeValidator(_maybe_object)] = None
    comments: Annotated[tuple[WireComment, ...], within("Comment")] = ()
    sum_price_gross: Amount
    items: Annotated[tuple[WireLine, ...], within("Item")]


class WireStatus(WireNamed):
    """An order status of the shop; some answers leave its type out."""

    type: Text = ""


class WireMethod(WireNamed):
    """A payment or shipping method."""

    type: Text = ""


class WireWarehouse(WireNamed):
    """A warehouse beside the main one."""


class WireLogin(Wire):
    """What a login tells."""

    token: Annotated[Text, Field(min_length=1)]
    expire: Text = ""
    expire_time: MaybeAmount = None
    shop_id: Text = ""
    subscription: Text = ""
    permissions: Annotated[tuple[Text, ...], within("Permission")] = ()
    webshop_info: Any = None

    @property
    def shop_name(self) -> str:
        """What the shop is called."""
        name = self.webshop_info.get("WebshopName") if isinstance(self.webshop_info, Mapping) else ""
        return name if isinstance(name, str) else ""


def amount_text(amount: Decimal) -> str:
    """Return a number as UNAS takes it: a point, no exponent, no zeros that say nothing."""
    return f"{amount.normalize():f}"
