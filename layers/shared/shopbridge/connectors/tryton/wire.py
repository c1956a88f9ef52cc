"""What Tryton answers, as far as we use it, and what it takes (platform file, "Shapes").

Amounts, days and moments come as objects that name their class; what is read through a relation stands under its name
with a dot behind it; SQLite tells stored booleans as 1 and 0. All of that is levelled here. What is sent is closed: a
field that Tryton does not know never leaves.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from shopbridge.connectors.kit.loose import LooseText, MaybeNumber, MaybeQuantity
from shopbridge.connectors.kit.rows import AnyRow, Row
from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Whole

LONGEST_NAME = 255
MOMENT = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _amount(value: Any) -> Any:
    return value.get("decimal") if isinstance(value, dict) and value.get("__class__") == "Decimal" else value


def _moment(value: Any) -> Any:
    """Moments are UTC, without saying so."""
    if not isinstance(value, dict) or value.get("__class__") != "datetime":
        raise ValueError("is no moment")
    parts = [value.get(name) for name in MOMENT]
    if not all(isinstance(part, int) and 0 <= part < 10**7 for part in parts):
        raise ValueError("is no moment")
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # whole numbers, see above


def _related(value: Any) -> Any:
    return value if isinstance(value, list) else []


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
MaybeAmount = Annotated[MaybeNumber, BeforeValidator(_amount)]
SoundText = Annotated[LooseText, AfterValidator(refuse_unsound)]
Id = Annotated[int, Field(gt=0, lt=2**53)]


# --- what is read -----------------------------------------------------------------------------------------------------


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class RowsPage(Read):
    """A list of records; they are read one by one."""

    result: list[AnyRow]


class MadeRead(Read):
    """The ids of what was made."""

    result: list[Whole]


class WirePreferences(Read):
    """What a user prefers."""

    result: Row


class NamedRow(Read):
    """What people choose from: a company, a warehouse, a tax, a payment term."""

    id: Whole
    name: LooseText = ""


class CurrencyRead(Read):
    """A currency."""

    code: LooseText = ""


class PartyName(Read):
    """Who a company is."""

    name: LooseText = ""


class CompanyRow(Read):
    """A company."""

    id: Whole
    party: PartyName = Field(default_factory=PartyName, alias="party.")
    currency: CurrencyRead = Field(default_factory=CurrencyRead, alias="currency.")

    @property
    def name(self) -> str:
        """What it is called."""
        return self.party.name


class TaxRow(NamedRow):
    """A tax; its rate is a fraction, such as 0.21."""

    type: LooseText = ""
    rate: MaybeAmount = None


class CountryRow(Read):
    """A country by its two letters."""

    id: Whole
    code: LooseText = ""


class AddressRow(Read):
    """An address of a party."""

    id: Whole
    party_name: LooseText = ""
    street: LooseText = ""
    postal_code: LooseText = ""
    city: LooseText = ""
    country: CountryRow | None = Field(default=None, alias="country.")


class MechanismRow(Read):
    """An e-mail address, a telephone."""

    id: Whole
    type: LooseText = ""
    value: LooseText = ""
    party: Whole | None = None
    last_modified_at: Moment | None = None


class PartyRow(NamedRow):
    """Somebody, with addresses and ways to be reached."""

    addresses: Annotated[list[AddressRow], BeforeValidator(_related)] = Field(default_factory=list, alias="addresses.")
    mechanisms: Annotated[list[MechanismRow], BeforeValidator(_related)] = Field(
        default_factory=list, alias="contact_mechanisms."
    )

    def has_mail(self, mail: str) -> bool:
        """Tell whether it is reached by this e-mail, whatever its capitals."""
        mails = (each.value for each in self.mechanisms if each.type == "email")
        return any(each.casefold() == mail.casefold() for each in mails)


class IdentifierRow(Read):
    """A barcode or the like."""

    code: LooseText = ""


class AccountCategoryRow(Read):
    """What products are booked as."""

    taxes: Annotated[list[Whole], BeforeValidator(_related)] = Field(default_factory=list, alias="customer_taxes_used")


class TemplateRow(Read):
    """What a product's variants share."""

    account_category: AccountCategoryRow | None = Field(default=None, alias="account_category.")


class ProductRow(Read):
    """A variant; where a template has one only, it is the product."""

    id: Whole
    code: SoundText = ""
    name: LooseText = ""
    description: LooseText = ""
    type: LooseText = ""
    sale_uom: Whole | None = None
    price: MaybeAmount = Field(default=None, alias="list_price_used")
    quantity: MaybeQuantity = None
    forecast: MaybeQuantity = Field(default=None, alias="forecast_quantity")
    categories: Annotated[list[Whole], BeforeValidator(_related)] = Field(default_factory=list)
    identifiers: Annotated[list[IdentifierRow], BeforeValidator(_related)] = Field(
        default_factory=list, alias="identifiers."
    )
    template: TemplateRow = Field(default_factory=TemplateRow, alias="template.")
    last_modified_at: Moment | None = None


class CategoryRow(NamedRow):
    """A category of products."""

    parent: Whole | None = None


class RelatedRow(Read):
    """An invoice, a shipment or a move of a sale."""

    id: Whole
    state: LooseText = ""
    number: SoundText = ""


Related = Annotated[list[RelatedRow], BeforeValidator(_related)]


class SaleRow(Read):
    """A sale."""

    id: Whole
    state: LooseText
    number: SoundText = ""
    reference: SoundText = ""
    comment: LooseText = ""
    total: MaybeAmount = Field(default=None, alias="total_amount")
    tax: MaybeAmount = Field(default=None, alias="tax_amount")
    shipment_state: LooseText = ""
    invoice_state: LooseText = ""
    last_modified_at: Moment
    invoices: Related = Field(default_factory=list, alias="invoices.")
    shipments: Related = Field(default_factory=list, alias="shipments.")
    moves: Related = Field(default_factory=list, alias="moves.")


ROWS = TypeAdapter(RowsPage)
MADE = TypeAdapter(MadeRead)
PREFERENCES = TypeAdapter(WirePreferences)


# --- what is sent -----------------------------------------------------------------------------------------------------

Stage = Literal["draft", "quotation", "processing"]


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class AddressInput(Sent):
    """An address; ``party_name`` is whose it is where that is not the party."""

    party_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = Field(default="", max_length=2)

    def is_at(self, row: AddressRow) -> bool:
        """Tell whether a party has this address already."""
        there = (row.party_name, row.street, row.postal_code, row.city, row.country.code if row.country else "")
        return there == (self.party_name, self.street, self.postal_code, self.city, self.country)


class PartyInput(Sent):
    """A buyer. Tryton makes no difference between people and companies."""

    name: str = Field(max_length=LONGEST_NAME)
    email: str = ""
    phone: str = ""
    vat_id: str = ""


class RowInput(Sent):
    """A line of a sale, without tax."""

    product: Id | None = Field(default=None, title="Product")
    description: str = Field(default="", title="Description")
    quantity: Decimal = Field(gt=0, title="Quantity")
    unit_price: Decimal = Field(title="Price of one, without tax", decimal_places=4, max_digits=16)
    tax: Id | None = Field(default=None, title="Tax")


class OrderInput(Sent):
    """What is decided of an order before it is sent.

    Attributes:
        party: None: ``buyer`` is looked for by e-mail, and made where it is missing.
        status: How far the sale goes.
        total: What it has to come to there.
    """

    party: Id | None = Field(default=None, title="Party")
    buyer: PartyInput | None = None
    billing: AddressInput
    delivery: AddressInput
    warehouse: Id | None = Field(default=None, title="Warehouse")
    payment_term: Id | None = Field(default=None, title="Payment term")
    reference: str = Field(min_length=1)
    description: str = Field(default="", max_length=LONGEST_NAME, title="Description")
    comment: str = Field(default="", title="Comment")
    status: Stage
    total: Decimal
    currency: str
    rows: list[RowInput] = Field(title="Lines", min_length=1)
