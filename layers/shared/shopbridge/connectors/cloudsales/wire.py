"""What BOCP answers, as far as we use it, and what it takes (client B3).

Ids and amounts come as numbers or texts, flags as true, 1 or "1", and more fields may come. Rows are read one by one:
an odd one must not make a whole page unreadable. A body is closed: a field that BOCP does not know never leaves.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Whole, as_written, sensible

MOST_DIGITS = 15
"""Before the point, or zeros behind it: other numbers are none of a catalogue's."""
DOUBLES_DIGITS = 17
"""As many tell every double apart: a figure that was computed may have them all."""


_FLAGS: Mapping[object, bool] = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
"""How flags are spelled: 1 and 0 are equal to true and false here."""
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Filled = Annotated[str, Field(min_length=1)]
Amount = Annotated[Decimal, Field(decimal_places=2, max_digits=15)]


def flag_of(value: Any) -> bool | None:
    """Return a flag in any of its spellings; None for anything else."""
    known = isinstance(value, bool | int | str)
    return _FLAGS.get(value.strip().casefold() if isinstance(value, str) else value) if known else None


def _flag(value: Any) -> bool:
    found = False if value in (None, "") else flag_of(value)
    if found is None:
        raise ValueError("is no flag")
    return found


def _number(value: Any) -> Decimal | None:
    plain = as_written(value)
    if plain is None or plain == "":
        return None
    try:
        number = Decimal(str(plain))
    except InvalidOperation as error:
        raise ValueError("is no number") from error
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > DOUBLES_DIGITS:
        raise ValueError("is no number of a catalogue")
    return number


def _page_number(value: Any) -> int:
    """The next page's number is only a hint (client B3), so anything odd is none."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else 0


Flag = Annotated[bool, BeforeValidator(_flag)]
Number = Annotated[Decimal | None, BeforeValidator(_number)]
Quantity = Annotated[Decimal | None, BeforeValidator(_number), AfterValidator(lambda value: value and sensible(value))]


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


class Page(Read):
    """One page of a list."""

    data: tuple[Any, ...]
    next_exists: Flag = Field(alias="data_next_page_exists")
    next_number: Annotated[int, BeforeValidator(_page_number)] = Field(default=0, alias="data_next_page")

    def after(self, page: int) -> int | None:
        """Return the page after ``page``; None when this is the last.

        The flag is trusted, the number where it leads on.
        """
        return max(self.next_number, page + 1) if self.next_exists else None


class ProductRow(Read):
    """A product; each sellable unit has its own code.

    Attributes:
        custom_barcode: The code on the label, normally the EAN.
        barcode: An internal code, in the account that was seen.
    """

    cod_produs: Annotated[Text, AfterValidator(refuse_unsound)] = Field(min_length=1)
    product_name: Text = ""
    category_name: Text = ""
    custom_barcode: Text = ""
    barcode: Text = ""
    pret_vanzare: Number = None
    pret_vanzare_cu_tva: Number = None
    cota_tva_vanzare: Number = None
    stoc_global: Quantity = None
    stock_reserved: Quantity = None
    stock_available: Quantity = None
    is_deleted: Flag = False
    deleted: Flag = False
    is_archived: Flag = False
    delistat: Flag = False
    images: Any = None

    @property
    def is_gone(self) -> bool:
        """Deleted: as if it were not listed."""
        return self.is_deleted or self.deleted

    @property
    def is_active(self) -> bool:
        """Any flag that is set makes it inactive (client B3)."""
        return not (self.is_gone or self.is_archived or self.delistat)


class ConnectorRow(Read):
    """A connector of the account. [inferred] The names of its fields, but for ``type``."""

    id: Whole
    type: Text = ""
    name: Text = ""


class CreatedData(Read):
    """What a written order answers."""

    order_id: Whole = Field(alias="BOCP_order_id", gt=0)


class Created(Read):
    """The answer to a written order."""

    data: CreatedData


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class BocpAddress(Sent):
    """An address in its many parts; every part is sent, empty or not."""

    street: str = Field(default="", title="Street")
    number: str = Field(default="", title="Number")
    building: str = Field(default="", title="Building (bloc)")
    stair: str = Field(default="", title="Stair (scara)")
    floor: str = Field(default="", title="Floor (etaj)")
    apartment: str = Field(default="", title="Apartment")
    city: str = Field(default="", title="City")
    county: str = Field(default="", title="County (judet)")
    zip: str = Field(default="", title="Postcode")
    country: str = Field(default="", title="Country")
    GLN: str = Field(default="", title="Global location number")


class BocpDeliveryAddress(BocpAddress):
    """Where it goes, and who takes it."""

    shipping_contact_name: str = Field(default="", title="Contact")
    shipping_contact_phone: str = Field(default="", title="Contact's telephone")


class Client(Sent):
    """Who buys."""

    name: Filled = Field(title="Name, or company")
    is_company: bool = Field(title="A company (not sent: it needs a fiscal code and an address)")
    representative: str = Field(default="", title="Representative")
    email: str = Field(default="", title="E-mail")
    phone: str = Field(default="", title="Telephone")
    vat_id: str = Field(default="", title="Fiscal code")
    registration_number: str = Field(default="", title="Registration number")
    invoice_address: BocpAddress = Field(title="Invoice address")
    delivery_address: BocpDeliveryAddress = Field(title="Delivery address")

    def missing(self, romania: str) -> list[str]:
        """Return what a company lacks: without these a Romanian client refuses to send a business order (client B3).

        Args:
            romania: Its name. [inferred] Only there is a county asked for: hardly another country has them.
        """
        address = self.invoice_address
        needed = {"fiscal code": self.vat_id, "street": address.street, "city": address.city}
        if address.country == romania:
            needed["county"] = address.county
        return [name for name, value in needed.items() if self.is_company and not value]


class Item(Sent):
    """One line: a product or a service, by its code."""

    type: Filled = Field(title="Type")
    code: Filled = Field(title="Code")
    item_name: Filled = Field(title="Name")
    item_quantity: Decimal = Field(title="Quantity", gt=0)
    item_price: Amount = Field(title="Net price of one")
    item_vat_percent: Decimal = Field(title="VAT percentage", ge=0, le=100)
    item_price_with_vat: Amount = Field(title="Gross price of one")
    line_value_with_vat: Amount = Field(title="Gross value of the line")


class OrderInput(Sent):
    """What is decided of an order before it is sent."""

    order_reference: Filled = Field(title="Our order number")
    order_date: str = Field(title="Day of the order", pattern=r"^\d{4}-\d{2}-\d{2}$")
    order_status: Literal["new", "cancelled"] = Field(title="Status")
    order_mentions: str = Field(default="", title="Mentions")
    order_currency_code: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    shipping_method: Filled = Field(title="Shipping method")
    payment_method: Filled = Field(title="Payment method")
    cod_amount: Annotated[Amount, Field(ge=0)] = Field(default=Decimal(0), title="Cash on delivery, amount")
    cod_currency: str = Field(title="Cash on delivery, currency", pattern=r"^[A-Z]{3}$")
    client: Client = Field(title="Client")
    items: list[Item] = Field(title="Lines", min_length=1)


PAGE = TypeAdapter(Page)
