"""What Vendure really sends (platform file, "Orders" and "Products"): lenient about extras, strict about what we use.

Amounts are in the currency's smallest units, mostly whole; some shops' shipping prices have fractions.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shopbridge.connectors.kit.loose import LooseText
from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Figure

Minor = Figure
"""An amount in the smallest units."""
Count = Annotated[int, Field(gt=-(10**9), lt=10**9)]
Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(refuse_unsound)]


def _none_for_null(value: Any) -> Any:
    return () if value is None else value


class Wire(BaseModel):
    """Camel case on the wire, unknown fields welcome."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class WireNamed(Wire):
    """What people know by name and maps by its code."""

    code: LooseText = ""
    name: LooseText = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What a map may call it, the most stable first."""
        return tuple(dict.fromkeys(key for key in (self.code, self.name) if key))


class WireOption(Wire):
    """What makes a variant this one."""

    name: LooseText = ""
    group: WireNamed = WireNamed()


class WireLineVariant(Wire):
    """The variant that a line sells."""

    id: Id
    sku: LooseText = ""
    name: LooseText = ""
    options: tuple[WireOption, ...] = ()


class WireDiscount(Wire):
    """What a promotion took off; of a line or of the whole order."""

    description: LooseText = ""


class WireLine(Wire):
    """A line.

    Attributes:
        line_price: Before every discount; ``prorated_line_price`` after all, its share of the order's among them.
        quantity: What is left of it: units that were cancelled are gone.
    """

    id: Id
    quantity: Count
    product_variant: WireLineVariant
    unit_price: Minor
    unit_price_with_tax: Minor
    line_price: Minor
    line_price_with_tax: Minor
    prorated_line_price: Minor
    prorated_line_price_with_tax: Minor
    tax_rate: Minor
    discounts: tuple[WireDiscount, ...] = ()


class WireSurcharge(Wire):
    """What is charged, or taken off, beside the goods."""

    id: Id
    description: LooseText = ""
    sku: LooseText = ""
    price: Minor
    price_with_tax: Minor
    tax_rate: Minor


class WireTaxRow(Wire):
    """What bears a tax rate under one of its names, all discounts taken off, and the tax."""

    tax_rate: Minor
    tax_base: Minor
    tax_total: Minor


class WireAddress(Wire):
    """An address; whoever ordered nothing to be sent has one without anything in it."""

    full_name: LooseText = ""
    company: LooseText = ""
    street_line1: LooseText = ""
    street_line2: LooseText = ""
    city: LooseText = ""
    province: LooseText = ""
    postal_code: LooseText = ""
    country: LooseText = ""
    country_code: LooseText = ""
    phone_number: LooseText = ""

    @property
    def is_empty(self) -> bool:
        """Nothing is told."""
        return not any((self.full_name, self.company, self.street_line1, self.city, self.country_code))


class WireUser(Wire):
    """Whoever can log in."""

    id: Id


class WireCustomer(Wire):
    """The buyer; without a user it is a guest."""

    id: Id
    email_address: LooseText = ""
    first_name: LooseText = ""
    last_name: LooseText = ""
    phone_number: LooseText = ""
    user: WireUser | None = None


class WireRefund(Wire):
    """What goes back; ``Settled`` once it did."""

    total: Minor
    state: LooseText = ""


class WirePayment(Wire):
    """A payment, or an attempt of one."""

    id: Id
    method: LooseText = ""
    amount: Minor
    state: LooseText = ""
    refunds: Annotated[tuple[WireRefund, ...], BeforeValidator(_none_for_null)] = ()


class WireShippingLine(Wire):
    """A way the order travels."""

    shipping_method: WireNamed = WireNamed()


class WireChannel(Wire):
    """A channel that the order is in; every order is in the default one as well."""

    code: LooseText = ""
    prices_include_tax: bool


class WireOrder(Wire):
    """An order that was placed."""

    id: Id
    code: LooseText
    state: LooseText
    order_placed_at: AwareDatetime
    currency_code: LooseText
    channels: tuple[WireChannel, ...]
    customer: WireCustomer | None = None
    billing_address: WireAddress | None = None
    shipping_address: WireAddress | None = None
    lines: tuple[WireLine, ...]
    surcharges: tuple[WireSurcharge, ...] = ()
    shipping_lines: tuple[WireShippingLine, ...] = ()
    payments: Annotated[tuple[WirePayment, ...], BeforeValidator(_none_for_null)] = ()
    tax_summary: tuple[WireTaxRow, ...]
    shipping: Minor
    shipping_with_tax: Minor
    total: Minor
    total_with_tax: Minor
    coupon_codes: tuple[LooseText, ...] = ()


class WireToldPayment(Wire):
    """A payment, as far as it is moved."""

    id: Id
    state: LooseText = ""


class WireState(Wire):
    """What something is by now."""

    state: LooseText = ""


class WireFulfilled(Wire):
    """Units of a line that lie in a fulfillment."""

    quantity: Count
    fulfillment: WireState


class WireFulfillment(Wire):
    """Goods that travel together."""

    id: Id
    state: LooseText = ""
    tracking_code: LooseText = ""


class WireWay(Wire):
    """A way the order travels."""

    shipping_method: WireNamed = WireNamed()


class WireNote(Wire):
    """A note on an order; a public one is for the buyer."""

    is_public: bool
    data: dict[str, Any] = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it says."""
        note = self.data.get("note")
        return note if isinstance(note, str) else ""


class WireHistory(Wire):
    """The notes of an order."""

    items: tuple[WireNote, ...] = ()
