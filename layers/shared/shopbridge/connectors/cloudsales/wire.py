"""What BOCP answers, as far as we use it (client B3).

Ids and amounts come as numbers or texts, flags as true, 1 or "1", and more fields may come. Rows are read one by one:
an odd one must not make a whole page unreadable.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from shopbridge.connectors.cloudsales.envelope import flag_of
from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Whole, as_written, sensible

MOST_DIGITS = 15
"""Before the point, or zeros behind it: other numbers are none of a catalogue's."""
DOUBLES_DIGITS = 17
"""As many tell every double apart: a figure that was computed may have them all."""


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
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


class Page(Read):
    """One page of a list."""

    data: tuple[Any, ...]
    next_exists: Flag = Field(alias="data_next_page_exists")
    next_number: Annotated[int, BeforeValidator(_page_number)] = Field(default=0, alias="data_next_page")

    def after(self, page: int) -> int | None:
        """The page after ``page``; None when this is the last. The flag is trusted, the number where it leads on."""
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


PAGE = TypeAdapter(Page)
PRODUCT = TypeAdapter(ProductRow)
CONNECTOR = TypeAdapter(ConnectorRow)
CREATED = TypeAdapter(Created)
