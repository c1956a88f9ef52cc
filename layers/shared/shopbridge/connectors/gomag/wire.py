"""What Gomag really sends (platform file, "Order object" and "Known quirks"): text or number, object or list.

PHP writes an empty object as ``[]``, a keyed list as an object, and numbers as text as it likes. All of it is read
here, so that nothing behind it has to know.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from shopbridge.connectors.kit.loose import MOST_DIGITS, LooseNumber, LooseText, same_digits, writable
from shopbridge.mapping.numbers import as_written, sensible
from shopbridge.mapping.rounding import cents


def as_rows(value: Any) -> Any:
    """Return the rows of a collection: a list, an object keyed by anything, or nothing."""
    if value is None or value == "":
        return []
    return list(value.values()) if isinstance(value, Mapping) else value


def _none_for_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _one_object(value: Any) -> Any:
    """An object, also alone in a list; what is none stands for a missing one (``billing.company`` of a person, G2).

    Only one has ever been seen. Of several none is taken for all of them: the order is then of an unexpected form.
    """
    objects = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else [value]
    if len(objects) > 1:
        raise ValueError(f"one was expected, there are {len(objects)}")
    return next((each for each in objects if isinstance(each, Mapping)), None)


def _as_money(value: Decimal) -> Decimal:
    """With two decimals, unless it has more."""
    short = cents(value)
    return short if short == value else value.normalize()


MaybeQuantity = Annotated[Annotated[LooseNumber, AfterValidator(sensible)] | None, BeforeValidator(_none_for_blank)]
Money = Annotated[Decimal, Field(max_digits=MOST_DIGITS), BeforeValidator(as_written), AfterValidator(_as_money)]
MaybeMoney = Annotated[Money | None, BeforeValidator(_none_for_blank)]
Percent = Annotated[
    Decimal, Field(ge=0, le=1000, max_digits=MOST_DIGITS), BeforeValidator(as_written), AfterValidator(same_digits)
]
MaybePercent = Annotated[Percent | None, BeforeValidator(_none_for_blank)]
TOP = 10**15
"""Above every id."""
Id = Annotated[int, Field(ge=0, lt=TOP)]
MaybeId = Annotated[Id | None, BeforeValidator(_none_for_blank)]


class Wire(BaseModel):
    """Unknown keys are welcome: nobody has published all of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class WirePage(Wire):
    """The counters of an envelope; any of them may be missing."""

    total: MaybeId = None
    page: MaybeId = None
    pages: MaybeId = None


class WireStatus(Wire):
    """An order status of the shop; the name may be missing."""

    id: Id
    name: LooseText = ""


class WireNamed(Wire):
    """Something with a name, such as a payment method."""

    name: LooseText = ""


class WireDelivery(WireNamed):
    """[inferred] The delivery with its price, VAT included: that a price is here at all nobody has confirmed."""

    price: MaybeMoney = None


class WireDiscount(WireNamed):
    """[inferred] A discount as it reads: named as it is created (platform file, G1); its sign is not known."""

    voucher: LooseText = ""
    value: MaybeMoney = None


class WireSoldLine(Wire):
    """What a line takes from the stock.

    Attributes:
        type: ``service`` marks a line that is no product.
    """

    sku: LooseText = ""
    quantity: LooseNumber
    type: LooseText = ""

    @property
    def is_service(self) -> bool:
        """It is no product (platform file, G5)."""
        return self.type.casefold() == "service"


class WireLine(WireSoldLine):
    """A line.

    Attributes:
        id, product: Which of the two is the product's or version's id is not settled (platform file, G3 and G4).
    """

    id: MaybeId = None
    product: MaybeId = None
    ean: LooseText = ""
    name: LooseText = ""
    price: Money
    vat: MaybePercent = None


class WireCompany(WireNamed):
    """A firm; [inferred] registration number, bank and IBAN beside its fiscal code."""

    code: LooseText = ""
    reg: LooseText = ""
    bank: LooseText = ""
    iban: LooseText = ""


class WireParty(Wire):
    """Who buys or receives, and where; country and region are written out."""

    firstname: LooseText = ""
    lastname: LooseText = ""
    email: LooseText = ""
    phone: LooseText = ""
    country: LooseText = ""
    region: LooseText = ""
    city: LooseText = ""
    address: LooseText = ""
    zipcode: LooseText = ""


class WireBilling(WireParty):
    """The buyer."""

    company: Annotated[WireCompany | None, BeforeValidator(_one_object)] = None

    @property
    def company_name(self) -> str:
        """The firm's name; empty for a person."""
        return self.company.name if self.company else ""


class WireShipping(WireParty):
    """The receiver; the company is plain text here, and [inferred] might be the object that it is at the buyer."""

    company: Any = None

    @property
    def company_name(self) -> str:
        """The firm's name, however it is written."""
        name = self.company.get("name") if isinstance(self.company, Mapping) else self.company
        return writable(name.strip()) if isinstance(name, str) else ""


class WireOrderHead(Wire):
    """Which order it is, and where it stands.

    Attributes:
        date: On the shop's wall clock, without a zone.
    """

    id: Id
    number: LooseText
    date: LooseText
    status: LooseText = ""
    statusId: MaybeId = None  # noqa: N815 - as it travels

    @property
    def status_key(self) -> str:
        """The status' id as text; empty when the order has none."""
        return "" if self.statusId is None else str(self.statusId)


_LINES = Field(validation_alias=AliasChoices("items", "products"))
"""Some shops call the lines ``products`` (platform file, G2)."""


class WireOpenOrder(WireOrderHead):
    """The least of an order: one that is odd in other fields still holds its goods."""

    items: Annotated[tuple[WireSoldLine, ...], BeforeValidator(as_rows), _LINES]


class WireOrder(WireOrderHead):
    """An order, whole."""

    total: Money
    currency: LooseText
    source: LooseText = ""
    sales_channel: LooseText = ""
    sales_agent: LooseText = ""
    payment: Annotated[WireNamed | None, BeforeValidator(_one_object)] = None
    delivery: Annotated[WireDelivery | None, BeforeValidator(_one_object)] = None
    billing: Annotated[WireBilling | None, BeforeValidator(_one_object)] = None
    shipping: Annotated[WireShipping | None, BeforeValidator(_one_object)] = None
    discounts: Annotated[tuple[WireDiscount, ...], BeforeValidator(as_rows)] = ()
    items: Annotated[tuple[WireLine, ...], BeforeValidator(as_rows), _LINES]
