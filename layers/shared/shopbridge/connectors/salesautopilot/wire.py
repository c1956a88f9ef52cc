"""What SalesAutopilot answers, as far as we use it, and what it takes.

Ids, amounts and flags come as numbers or as texts, and more fields may come. Products are read one by one: an odd one
must not make the whole list unreadable. A body is closed: a field that SalesAutopilot does not know never leaves.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from shopbridge.connectors.kit.rows import AnyRow, Row
from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Figure, Whole

MOST_PIECES = 10**9


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("is no id")  # noqa: TRY004 - what pydantic wants
    return value


Id = Annotated[Whole, BeforeValidator(_no_flag), Field(gt=0)]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
MaybeNumber = Annotated[Figure | None, BeforeValidator(lambda value: None if value == "" else value)]
Filled = Annotated[str, Field(min_length=1)]
Amount = Annotated[Decimal, Field(decimal_places=2, max_digits=15)]
Costs = Annotated[Amount, Field(ge=0)]


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


class ListRow(Read):
    """A list of the account (client S6)."""

    nl_id: Id
    list_name: Text = ""


class FormRow(Read):
    """A form of a list (client S6)."""

    ns_id: Id
    form_name: Text = ""


class OrderedProduct(Read):
    """A line of an order as it is kept (client S4, S8)."""

    oi_brutto_sum: MaybeNumber = None


class OrderRecord(Read):
    """An order as it is kept.

    Attributes:
        subdate: When it was made, ``YYYY-MM-DD HH:MM:SS`` without a zone.
        products: None where the answer does not hold them.
    """

    id: Id
    mssys_shoprenter_id: Text = ""
    subdate: Text = ""
    mssys_order_status: Text = ""
    mssys_webshop_status: Text = ""
    mssys_shipping_cost: MaybeNumber = None
    mssys_billing_number: Text = ""
    mssys_proform_number: Text = ""
    products: tuple[OrderedProduct, ...] | None = None

    @property
    def total(self) -> Decimal | None:
        """Lines and shipping costs, with tax; None where one of them is not told.

        [inferred] Nobody tells whether ``mssys_order_brutto_sum`` has the shipping costs in it, so it is not used.
        """
        told = bool(self.products) and "mssys_shipping_cost" in self.model_fields_set
        sums = [self.mssys_shipping_cost or Decimal(0), *(line.oi_brutto_sum for line in self.products or ())]
        known = [each for each in sums if each is not None]
        return sum(known, Decimal(0)) if told and len(known) == len(sums) else None


class CategoryRow(Read):
    """A category; a product names its categories likewise (client S7, S8)."""

    prodcat_id: Id
    prodcat_name: Text = ""


class ProductId(Read):
    """What a product is changed by."""

    prod_id: Id


class ProductRow(ProductId):
    """A product of the catalogue (client S7, S8)."""

    prod_sku: Annotated[Text, AfterValidator(refuse_unsound)] = ""
    prod_name: Text = ""
    prod_price: MaybeNumber = None
    prod_vat_percent: MaybeNumber = None
    prod_currency: Text = ""
    prodcats: Annotated[tuple[CategoryRow, ...], BeforeValidator(lambda value: value or ())] = ()

    @property
    def categories(self) -> frozenset[int]:
        """The ids of its categories."""
        return frozenset(each.prodcat_id for each in self.prodcats)


def _several(value: Any) -> Any:
    """[inferred] One record alone may come without an array around it."""
    return [value] if isinstance(value, dict) and "id" in value else value


LISTS = TypeAdapter(tuple[ListRow, ...])
FORMS = TypeAdapter(tuple[FormRow, ...])
ORDERS = TypeAdapter(Annotated[tuple[OrderRecord, ...], BeforeValidator(_several)])
CATEGORIES = TypeAdapter(tuple[CategoryRow, ...])
PRODUCTS: TypeAdapter[Sequence[Row]] = TypeAdapter(list[AnyRow])


# --- what is sent -----------------------------------------------------------------------------------------------------


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class OrderItem(Sent):
    """One ordered product, by its SKU."""

    prod_id: Filled = Field(title="SKU")
    prod_name: Filled = Field(title="Name")
    qty: int = Field(title="Quantity", gt=0, le=MOST_PIECES)
    tax: Decimal = Field(title="VAT percentage", ge=0, le=100)
    prod_price: Amount = Field(title="Net price of one")


class OrderInput(Sent):
    """What is decided of an order before it is sent (client S5, S6, S18)."""

    consent: bool = Field(default=False, title="The buyer agreed to letters (not sent: it chooses the form)")
    order_id: Filled = Field(title="Order number")
    email: Filled = Field(title="E-mail")
    mssys_firstname: str = Field(default="", title="First name")
    mssys_lastname: str = Field(default="", title="Last name")
    mssys_phone: str = Field(default="", title="Telephone")
    mssys_fax: str = Field(default="", title="Fax")
    mssys_comment: str = Field(default="", title="Comment")
    mssys_vat_number: str = Field(default="", title="Tax number")
    payment_method: str = Field(default="", title="Payment method")
    payment_code: str = Field(default="", title="Code of the payment method")
    shipping_method: str = Field(default="", title="Shipping method")
    currency: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    order_status_id: str = Field(default="", title="Status in the shop")
    mssys_bill_company: str = Field(default="", title="Billing: company, or who pays")
    mssys_bill_country: str = Field(default="", title="Billing: country (two small letters)")
    mssys_bill_state: str = Field(default="", title="Billing: state")
    mssys_bill_zip: str = Field(default="", title="Billing: postcode")
    mssys_bill_city: str = Field(default="", title="Billing: city")
    mssys_bill_address: str = Field(default="", title="Billing: address")
    mssys_postal_company: str = Field(default="", title="Delivery: company, or who takes it")
    mssys_postal_country: str = Field(default="", title="Delivery: country (two small letters)")
    mssys_postal_state: str = Field(default="", title="Delivery: state")
    mssys_postal_zip: str = Field(default="", title="Delivery: postcode")
    mssys_postal_city: str = Field(default="", title="Delivery: city")
    mssys_postal_address: str = Field(default="", title="Delivery: address")
    mssys_postal_deliverypoint_type: str = Field(default="", title="Pick-up point: kind (`PSD`, `KH_PP` …)")
    mssys_postal_deliverypoint_name: str = Field(default="", title="Pick-up point: name")
    netshippingcost: Costs = Field(default=Decimal(0), title="Shipping costs, net")
    grossshippingcost: Costs = Field(default=Decimal(0), title="Shipping costs, gross")
    mssys_integration_type: Filled = Field(title="Name of the sending system")
    products: list[OrderItem] = Field(title="Ordered products", min_length=1)
