"""What Shopware really sends (platform file, S1 and the quirks): lenient about extras, strict about what we use."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from shopbridge.connectors.kit.rows import Row, as_row
from shopbridge.mapping.identity import refuse_unsound, sound_id, sound_name
from shopbridge.mapping.numbers import Figure, Whole


def _empty_for_null(value: Any) -> Any:
    return "" if value is None else value


def _map_for_empty(value: Any) -> Any:
    """PHP writes an empty map as ``[]``."""
    return {} if value is None or value == [] else value


def _zero_for_none(value: Any) -> Any:
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def _rows(value: Any) -> Any:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text_of_number(value: Any) -> Any:
    return str(value) if isinstance(value, int | Decimal) else _empty_for_null(value)


Amount = Figure
Count = Annotated[int, Field(gt=-(10**9), lt=10**9)]
Text = Annotated[str, BeforeValidator(_empty_for_null)]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True), BeforeValidator(_empty_for_null), AfterValidator(refuse_unsound)
]
"""A product number. The shop keeps blanks around it as they were typed; its search passes over those behind it."""
Label = Annotated[str, BeforeValidator(_text_of_number)]
"""A text that may have been a number when it was kept."""
Key = Annotated[int, BeforeValidator(_zero_for_none)]
"""What rows are read by, see ``api.by_key``; 0 when there is none."""
Map = Annotated[dict[str, Any], BeforeValidator(_map_for_empty)]


class Wire(BaseModel):
    """Camel case on the wire, unknown keys welcome: plugins add their own everywhere."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class WireId(Wire):
    """A row of which only the id matters."""

    id: str


class WireKey(WireId):
    """A row by its id and its key."""

    auto_increment: Key = 0


class OddRow(WireKey):
    """What names a row that is not what we know, as far as anything does: whatever a shop sends, it can be read.

    Attributes:
        id: A name of ours where the row has none that can be one.
        why: Where it is odd, and how.
    """

    product_number: Annotated[str, BeforeValidator(sound_name)] = ""
    why: str

    @classmethod
    def of(cls, row: Row, why: str) -> Self:
        """Return what names the row."""
        return cls.model_validate({**row, "id": sound_id(row.get("id"), row), "why": why})


class Named(Wire):
    """A row people know by name: a payment or shipping method, a sales channel, a state, a tag.

    Attributes:
        technical_name: Stable, but payment and shipping methods have it only from 6.5.7 on.
        translated: ``name`` is null where the asked language has none; this one is resolved.
    """

    id: Text = ""
    technical_name: Text = ""
    name: Text = ""
    translated: Map = {}

    @property
    def title(self) -> str:
        """The name in the language that applies."""
        name = self.translated.get("name")
        return name if isinstance(name, str) and name else self.name

    @property
    def keys(self) -> tuple[str, ...]:
        """What a map may call it, the most stable first; 6.4 has no technical names."""
        return tuple(key for key in (self.technical_name, self.title, self.id) if key)


class WireRule(Wire):
    """A tax rate that applies to a price."""

    tax_rate: Amount


class WireTax(WireRule):
    """A share of a price; ``price`` includes ``tax`` in gross orders only."""

    tax: Amount
    price: Amount


class WireTotal(Wire):
    """What a payment is about; a calculated price, of which the total is enough."""

    total_price: Amount


class WirePrice(WireTotal):
    """A calculated price of a line, a delivery or the shipping."""

    unit_price: Amount
    calculated_taxes: tuple[WireTax, ...] = ()
    tax_rules: tuple[WireRule, ...] = ()


class WireTotals(WireTotal):
    """The order's own price.

    Attributes:
        raw_total: Before ``total_price`` was rounded to the interval; missing in orders of early releases.
    """

    net_price: Amount
    raw_total: Amount | None = None
    tax_status: Literal["gross", "net", "tax-free"]
    calculated_taxes: tuple[WireTax, ...] = ()


class WireRounding(Wire):
    """How the total was rounded: to a multiple of the interval, such as 0.05."""

    interval: Amount = Decimal("0.01")


class WireCodes(Wire):
    """The codes of a product that the order does not keep itself."""

    ean: Text = ""
    manufacturer_number: Text = ""


class WireChoice(Wire):
    """What was chosen of a product's options."""

    group: Label = ""
    option: Label = ""


class WirePayload(Wire):
    """A snapshot of the product at order time, or what a plugin made of it."""

    product_number: Label = ""
    options: Annotated[tuple[WireChoice, ...], BeforeValidator(_rows)] = ()


class WireLine(WireId):
    """A row of the flat list of line items; ``parent_id`` makes a tree of it.

    Attributes:
        payload: ``[]`` when empty.
        product: Null when not asked for, or when the product was deleted.
    """

    parent_id: str | None = None
    type: Text = ""
    label: Text = ""
    quantity: Count
    position: Whole | None = None
    product_id: str | None = None
    price: WirePrice
    payload: Annotated[WirePayload, BeforeValidator(as_row)] = WirePayload()
    product: WireCodes | None = None
    custom_fields: Map = {}


class WireCountry(Wire):
    """A country; the code may be missing in a shop's own rows."""

    iso: Text = ""
    name: Text = ""


class WireCountryState(Wire):
    """A state or province."""

    short_code: Text = ""
    name: Text = ""


class WirePerson(Wire):
    """Who it is."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""


class WireAddress(WirePerson):
    """An address of an order; the house number is part of ``street``."""

    department: Text = ""
    street: Text = ""
    additional_address_line1: Text = ""
    additional_address_line2: Text = ""
    zipcode: Text = ""
    city: Text = ""
    phone_number: Text = ""
    vat_id: Text = ""
    country: WireCountry | None = None
    country_state: WireCountryState | None = None


class WireAccount(Wire):
    """The customer's record; guests have one too."""

    guest: bool = False


class WireSalutation(Wire):
    """How the buyer wants to be addressed."""

    salutation_key: Text = ""
    display_name: Text = ""


class WireCustomer(WirePerson):
    """The buyer as the order keeps them.

    Attributes:
        customer: Null once the record was deleted.
    """

    customer_id: Text = ""
    customer_number: Text = ""
    email: Text = ""
    title: Text = ""
    vat_ids: tuple[str, ...] | None = None
    customer: WireAccount | None = None
    salutation: WireSalutation | None = None


class WireDelivery(WireId):
    """A delivery; a discount on shipping is one more, with negative costs."""

    shipping_costs: WirePrice
    shipping_method: Named | None = None
    shipping_order_address: WireAddress | None = None
    state_machine_state: Named
    shipping_date_earliest: Text = ""
    shipping_date_latest: Text = ""
    tracking_codes: Any = None


class WireTransaction(WireId):
    """A payment attempt; a retry or another method adds a row, and an edit of the order leaves ``amount`` alone."""

    created_at: AwareDatetime
    amount: WireTotal
    payment_method: Named | None = None
    state_machine_state: Named


class WireLocale(Wire):
    """Such as ``de-DE``."""

    code: Text = ""


class WireLanguage(Named):
    """A language: the one the buyer ordered in, or one of the shop's."""

    locale: WireLocale | None = None


class WireCurrency(Wire):
    """The order's currency; all amounts are in it already, so its factor is of no use to us."""

    iso_code: str


class WireOrder(WireKey):
    """An order with the associations of ``ASSOCIATIONS``.

    Attributes:
        primary_order_delivery_id: From 6.7.1; likewise the transaction's.
    """

    order_number: Text = ""
    auto_increment: Whole
    order_date_time: AwareDatetime
    sales_channel_id: Text = ""
    primary_order_delivery_id: str | None = None
    primary_order_transaction_id: str | None = None
    price: WireTotals
    total_rounding: WireRounding | None = None
    shipping_costs: WirePrice
    customer_comment: Text = ""
    internal_comment: Text = ""
    affiliate_code: Text = ""
    campaign_code: Text = ""
    source: Text = ""
    custom_fields: Map = {}
    state_machine_state: Named
    currency: WireCurrency
    language: WireLanguage | None = None
    sales_channel: Named | None = None
    order_customer: WireCustomer | None = None
    billing_address: WireAddress | None = None
    line_items: tuple[WireLine, ...]
    deliveries: tuple[WireDelivery, ...]
    transactions: tuple[WireTransaction, ...]
    tags: tuple[Named, ...] | None = None


class WireOption(Named):
    """A value of a property group: a property, or what a variant is made of."""

    group_id: Text = ""
    group: Named | None = None
