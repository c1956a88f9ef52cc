"""What SalesPOS takes and gives, as far as we use it (client S4, SDK S1).

What we send is closed: a field the platform does not know, or a value out of its range, never leaves. What we read is
open: more fields may come. An absent field is not sent; null is none of its words.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    model_validator,
)

from shopbridge.mapping.identity import Name
from shopbridge.mapping.json_data import plain
from shopbridge.mapping.numbers import Figure, Whole
from shopbridge.mapping.validation import first_error

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Member_co = TypeVar("Member_co", covariant=True)
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class AddressFields(Sent):
    """What both kinds of address have: either street with number, or address lines, never both."""

    gender: str | None = Field(default=None, title="Gender")
    initials: str | None = Field(default=None, title="Initials")
    company: str | None = Field(default=None, title="Company")
    street: str | None = Field(default=None, title="Street")
    housenumber: int | None = Field(default=None, title="House number", ge=0)
    housenumber_suffix: str | None = Field(default=None, title="House number suffix")
    address_line_1: str | None = Field(default=None, title="Address line 1 (instead of street and number)")
    address_line_2: str | None = Field(default=None, title="Address line 2 (instead of street and number)")
    zipcode: str | None = Field(default=None, title="Postcode")
    city: str | None = Field(default=None, title="City")
    province: str | None = Field(default=None, title="Province")
    country_code: str | None = Field(default=None, title="Country (two letters)", pattern=r"^[A-Z]{2}$")
    telephone: str | None = Field(default=None, title="Telephone")
    mobile: str | None = Field(default=None, title="Mobile")
    comment: str | None = Field(default=None, title="Comment")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.street and self.address_line_1:
            raise ValueError("takes either street and housenumber or address_line_1, not both")
        return self


class BillingAddress(AddressFields):
    """Names a person by first and last name."""

    first_name: str | None = Field(default=None, title="First name")
    last_name: str | None = Field(default=None, title="Last name")
    fax: str | None = Field(default=None, title="Fax")


class DeliveryAddress(AddressFields):
    """Names a person by the full name (client S4)."""

    full_name: str | None = Field(default=None, title="Full name")


class PersonalInfo(Sent):
    """Who buys: on an order as ``customer``, on a user as ``userinfo``."""

    email: str | None = Field(default=None, title="E-mail")
    customertype: Literal["b2b", "b2c"] | None = Field(default=None, title="Business (b2b) or consumer (b2c)")
    billingaddress: BillingAddress | None = Field(default=None, title="Billing address")
    deliveryaddress: DeliveryAddress | None = Field(default=None, title="Delivery address")
    reference: str | None = Field(default=None, title="Customer reference")
    btw: str | None = Field(default=None, title="VAT number")
    kvk: str | None = Field(default=None, title="Chamber of Commerce number")
    costcentre: str | None = Field(default=None, title="Cost centre")
    iban: str | None = Field(default=None, title="IBAN")
    bic: str | None = Field(default=None, title="BIC")
    bankaccount: str | None = Field(default=None, title="Bank account")
    bankname: str | None = Field(default=None, title="Bank")
    cardnumber: str | None = Field(default=None, title="Card number")
    ssnnumber: str | None = Field(default=None, title="Social security number")
    zzppass: str | None = Field(default=None, title="Number of a self-employed person")
    reservationnumber: str | None = Field(default=None, title="Customer reservation number")
    birthdate: str | None = Field(default=None, title="Birth date")
    website: str | None = Field(default=None, title="Website")
    branch: str | None = Field(default=None, title="Branch")


class Row(Sent):
    """One position: a product of SalesPOS, or a free one with name, price, tax and package."""

    product_id: int | None = Field(default=None, title="Product id")
    attribute_combination_id: int | None = Field(default=None, title="Variant id")
    product_name: str | None = Field(default=None, title="Name (free rows only)", max_length=200)
    product_number: str | None = Field(default=None, title="Product number (free rows only)", max_length=50)
    package_id: int | None = Field(default=None, title="Package id (free rows only)")
    count: Decimal = Field(title="Quantity", gt=0)
    price: Decimal = Field(title="Unit price")
    discount: Decimal = Field(default=Decimal(0), title="Discount per unit")
    tax: Percent = Field(title="Tax percentage")
    unit: str | None = Field(default=None, title="Unit")
    weight: Decimal | None = Field(default=None, title="Weight (kg)", ge=0)
    memo: str | None = Field(default=None, title="Memo")
    auto_create_deposit_rows: bool = Field(default=False, title="Add deposit rows by itself")

    @model_validator(mode="after")
    def _sells_something(self) -> Self:
        if self.product_id is None and not self.product_name:
            raise ValueError("needs a product_id or a product_name")
        return self


class OrderInput(Sent):
    """The body that creates an order."""

    customer: PersonalInfo = Field(title="Customer")
    orderrows: list[Row] = Field(title="Rows", min_length=1)
    user_id: int | None = Field(default=None, title="Customer id")
    reservationnumber: str = Field(title="Reservation number (our order number)", min_length=1)
    status: int = Field(title="Status", ge=1, le=14)
    paid: bool = Field(title="Paid")
    currency: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    taxes_included: bool = Field(default=True, title="Taxes are shown")
    order_row_taxes_included: bool = Field(title="Row prices contain tax")
    shipping_taxes_included: bool = Field(title="Shipping costs count for the tax")
    total_shipping: Decimal = Field(title="Shipping costs", ge=0)
    paymethod_costs: Decimal | None = Field(default=None, title="Payment costs", ge=0)
    extra_costs: Decimal | None = Field(default=None, title="Extra costs (negative: discount)")
    extra_costs_description: str | None = Field(default=None, title="Extra costs, description")
    is_completed: bool | None = Field(default=None, title="Completed")
    is_intra_community_order: bool | None = Field(default=None, title="Intra-Community (0 % tax)")
    is_platform_sale: bool | None = Field(default=None, title="Sold on a platform (0 % tax)")
    orderedinlng: str | None = Field(default=None, title="Language of the order")
    deliver_method: Literal["shipping", "delivery", "pickup"] | None = Field(default=None, title="Delivery method")
    deliver_date: str | None = Field(default=None, title="Delivery date (UTC)")
    takeoutslot: int | None = Field(default=None, title="Take-out slot id")
    track_and_trace_code: str | None = Field(default=None, title="Track and trace code")
    track_and_trace_carrier: str | None = Field(default=None, title="Carrier")
    invoicenumber: int | None = Field(default=None, title="Invoice number")


class UserInput(Sent):
    """The body that creates a user."""

    username: str
    password: str
    group_id: int | None = None
    status: bool = True
    userinfo: PersonalInfo


class ProductInput(Sent):
    """The body that creates a product."""

    name: str = Field(max_length=200)
    productnumber: str | None = Field(default=None, max_length=50)
    eannumber: str | None = Field(default=None, max_length=50)
    price: Decimal = Field(ge=0)
    discount: Decimal = Decimal(0)
    taxtariff: Literal["normal", "low a", "low b", "extra low", "zero"]
    package_id: int
    active: bool = True
    stockenabled: bool = False


def body_of(model: BaseModel) -> dict[str, Any]:
    """Return the JSON body: what is not set is left out, decimals are written as numbers.

    Raises:
        Held: A number has more digits than a JSON number keeps.
    """
    body: dict[str, Any] = plain(model.model_dump(exclude_none=True))
    return body


class Read(BaseModel):
    """An answer or a part of one: one odd record must not make a whole page unreadable."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def _empty_for_null(value: Any) -> Any:
    return "" if value is None else value


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Text = Annotated[str, BeforeValidator(_empty_for_null)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""In UTC where it names no zone (client S4)."""


class Page(Read, Generic[Item]):
    """One page of a collection; ``next`` is None on the last."""

    items: tuple[Item, ...]
    next: str | None = None


class Listed(Read, Generic[Member_co]):
    """A sub-collection; ``items`` is None while it is only linked, not expanded."""

    items: tuple[Member_co, ...] | None = None
    next: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _laid_out(cls, value: Any) -> Any:
        """[inferred] How an expanded sub-collection is laid out: all three forms are read.

        The client's model calls its rows ``collection`` (S4); in every other collection they are ``items``; or a list.
        """
        if isinstance(value, list):
            return {"items": value}
        if isinstance(value, dict) and "collection" in value:
            return {"items": value["collection"], **value}
        return value


def _or_none(value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        log.warning("SalesPOS lists a record in an unexpected form, which is left out: %s", first_error(error))
        return None


def _readable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    found = tuple(value for value in values if value is not None)
    if len(values) > 1 and not found:
        raise ValueError("holds no record that can be read")
    return found


class LenientPage(Page[Item], Generic[Item]):
    """One page of a sweep over everything: a record that cannot be read is left out, and told in the log.

    Not for look-ups: what is left out there would be taken for missing, and made once more.
    """

    items: Annotated[tuple[Annotated[Item, WrapValidator(_or_none)], ...], AfterValidator(_readable)]


class Identified(Read):
    """A record of a list that can be ordered by id."""

    id: Whole


class OrderRead(Identified):
    """An order; the numbers come with its completion, the totals may be missing right after the creation."""

    ordernumber: Whole | None = None
    ordernumber_full: str | None = None
    reservationnumber: str | None = None
    total_price: Figure | None = None
    total_tax: Figure | None = None

    @property
    def number(self) -> str:
        """What people call it; empty until it is completed."""
        return self.ordernumber_full or (str(self.ordernumber) if self.ordernumber else "")


class OpenOrderRead(Identified):
    """An order that is not completed; status and sums tell whether it changed, there is no date of that."""

    status: Whole | None = None
    total_orderrow_price: Figure | None = None
    total_weight: Figure | None = None


class CreatedRead(Identified):
    """What every creation answers."""


class UserInfoRead(Read):
    """The part of a user's data that it is found by."""

    email: str | None = None


class UserRead(Identified):
    """A customer."""

    username: Text = ""
    userinfo: UserInfoRead | None = None


class CombinationRead(Read):
    """A variant that SalesPOS made from a product's attributes."""

    id: Whole
    product_number: Name | None = None
    sku_number: Name | None = None
    ean_number: str | None = None
    active: bool = True


class ProductRead(Identified):
    """A product with its variants."""

    productnumber: Name | None = None
    eannumber: str | None = None
    mpnnumber: str | None = None
    stocktype: str | None = None
    modifydate: Moment | None = None
    attributecombinations: Listed[CombinationRead] | None = None


class NoteRead(Read):
    """A note beside an order."""

    note: str | None = None


ORDER = TypeAdapter(OrderRead)
ORDERS = TypeAdapter(Page[OrderRead])
OPEN_ORDERS = TypeAdapter(Page[OpenOrderRead])
CREATED = TypeAdapter(CreatedRead)
USERS = TypeAdapter(LenientPage[UserRead])
PRODUCTS = TypeAdapter(Page[ProductRead])
PRODUCT_SWEEP = TypeAdapter(LenientPage[ProductRead])
COMBINATIONS = TypeAdapter(Page[CombinationRead])
NOTES = TypeAdapter(Page[NoteRead])
