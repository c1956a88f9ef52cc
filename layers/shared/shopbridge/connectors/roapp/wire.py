"""What RO App answers, as far as we use it, and what it takes (platform file, "Orders", "Products and variants").

Three dialects speak on one host: money comes as text or number, the same list bare or in an envelope, the same field
under two names. All of that is levelled here. What is sent is closed: a field that RO App does not know never leaves.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
)

from shopbridge.connectors.kit.loose import LooseNumber, LooseText, MaybeNumber, MaybeQuantity, as_text
from shopbridge.connectors.kit.rows import AnyRow, Row, as_row
from shopbridge.mapping.identity import refuse_unsound
from shopbridge.mapping.numbers import Whole

LONGEST_COMMENT, LONGEST_NAME = 255, 255
"""[inferred] No lengths are published."""


def _listed(body: Any) -> Any:
    """A bare array is a list without an envelope (client L4, L11)."""
    return {"data": body} if isinstance(body, list) else body


def _unwrapped(body: Any) -> Any:
    """One record comes bare, in an envelope, or as the only one of a list (platform file, "Create")."""
    inner = body.get("data", body) if isinstance(body, dict) else body
    return inner[0] if isinstance(inner, list) and len(inner) == 1 else inner


def _in_utc(moment: Any) -> Any:
    """[inferred] A moment that names no zone is one of UTC, as all that were seen are."""
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("is no moment")  # noqa: TRY004 - as pydantic wants it
    return _in_utc(datetime.fromisoformat(value.strip()))


def _listed_or_none(value: Any) -> Any:
    return value if isinstance(value, list) else []


def _prices(value: Any) -> Any:
    """A map by price type, or an array of ids with prices (client L4 against L9, L13b, L16)."""
    if isinstance(value, list):
        pairs = (row for row in value if isinstance(row, dict))
        return {str(row.get("id")): row.get("price") for row in pairs if row.get("id") is not None}
    return value if isinstance(value, dict) else {}


def _barcodes(value: Any) -> Any:
    """Texts, or objects with a ``code`` (client L4 against L9)."""
    each = (row.get("code") if isinstance(row, dict) else row for row in _listed_or_none(value))
    return [text for code in each if isinstance(text := as_text(code), str) and text]


def _phones(value: Any) -> Any:
    """Texts on orders, objects on contacts (client L4; doc M1)."""
    each = (row.get("phone") if isinstance(row, dict) else row for row in _listed_or_none(value))
    return [text for phone in each if isinstance(text := as_text(phone), str) and text]


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
SoundText = Annotated[LooseText, AfterValidator(refuse_unsound)]
Filled = Annotated[str, Field(min_length=1)]
Id = Annotated[int, Field(gt=0, lt=2**53)]
Amount = Annotated[Decimal, Field(decimal_places=2, max_digits=15)]


# --- what is read -----------------------------------------------------------------------------------------------------


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Paging(Read):
    """Where a page stands in its list."""

    page: Whole | None = None
    total_pages: Whole | None = None
    count: Whole | None = None


class RowsPage(Read):
    """A list or a page of one, in whatever envelope; rows are read one by one."""

    data: list[AnyRow]
    paging: Paging = Field(default_factory=Paging)
    count: Whole | None = None


class NamedRow(Read):
    """What people choose from: a location, an order type, a status, a warehouse, a price type."""

    id: Whole
    name: LooseText = Field(default="", validation_alias=AliasChoices("name", "title"))
    is_archived: bool | None = None


class EmployeeRow(Read):
    """Somebody who works there; neither role nor locations are told (doc M1)."""

    id: Whole
    first_name: LooseText = ""
    last_name: LooseText = ""
    is_active: bool | None = None

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.first_name} {self.last_name}".strip()


class CompanyRead(Read):
    """The account."""

    name: LooseText = ""
    currency: LooseText = ""


class CategoryRow(Read):
    """A category of products."""

    id: Whole
    title: LooseText = Field(default="", validation_alias=AliasChoices("title", "name"))
    parent_id: Whole | None = None


class GroupRead(Read):
    """A stage that statuses belong to."""

    type: LooseText = ""
    name: LooseText = ""


class StatusRow(NamedRow):
    """A status of orders."""

    group: Annotated[GroupRead, BeforeValidator(as_row)] = Field(default_factory=GroupRead)


class ContactRow(Read):
    """A person or an organization."""

    id: Whole
    first_name: LooseText = ""
    last_name: LooseText = ""
    name: LooseText = ""
    email: LooseText = ""
    phones: Annotated[list[str], BeforeValidator(_phones)] = Field(default_factory=list)
    modified_at: Moment | None = None

    @property
    def full_name(self) -> str:
        """For comparing: an organization has one name, a person two."""
        return self.name or f"{self.first_name} {self.last_name}".strip()


class MadeRead(Read):
    """What a creation tells of what it made."""

    id: Whole
    number: SoundText = ""
    status: Annotated[Row, BeforeValidator(as_row)] = Field(default_factory=dict)


class OrderRead(Read):
    """A work order."""

    id: Whole
    number: SoundText = ""
    status: StatusRow
    created_at: Moment
    modified_at: Moment
    manager_id: Whole | None = None
    manager_notes: LooseText = ""
    custom_fields: Annotated[Row, BeforeValidator(as_row)] = Field(default_factory=dict)
    total: MaybeNumber = None

    def field(self, number: int | None) -> str:
        """Return the text of a custom field; empty where it has none."""
        text = as_text(self.custom_fields.get(f"f{number}"))
        return text if isinstance(text, str) else ""


class EntityRead(Read):
    """The product or service of a line."""

    id: Whole
    sku: LooseText = ""


class LineRead(Read):
    """A line of an order."""

    id: Whole
    quantity: LooseNumber
    price: LooseNumber
    entity: EntityRead
    comment: LooseText = ""
    write_offs: Annotated[list[Any], BeforeValidator(_listed_or_none)] = Field(default_factory=list)


class ProductRow(Read):
    """A product as v2 tells it; the unversioned lists call its SKU ``article`` (client L4, L12; doc L1)."""

    id: Whole
    title: LooseText = ""
    description: LooseText = ""
    code: SoundText = ""
    sku: SoundText = Field(default="", validation_alias=AliasChoices("sku", "article"))
    category_id: Whole | None = None
    prices: Annotated[dict[str, MaybeNumber], BeforeValidator(_prices)] = Field(default_factory=dict)
    barcodes: Annotated[list[str], BeforeValidator(_barcodes)] = Field(default_factory=list)
    images: Annotated[list[Any], BeforeValidator(_listed_or_none)] = Field(default_factory=list)


class GoodsRow(Read):
    """What a warehouse has of a product."""

    id: Whole
    sku: SoundText = Field(default="", validation_alias=AliasChoices("article", "sku"))
    residue: MaybeQuantity = None


LISTING = TypeAdapter[RowsPage](Annotated[RowsPage, BeforeValidator(_listed)])
MADE = TypeAdapter[MadeRead](Annotated[MadeRead, BeforeValidator(_unwrapped)])
COMPANY = TypeAdapter[CompanyRead](Annotated[CompanyRead, BeforeValidator(_unwrapped)])
ORDER = TypeAdapter[OrderRead](Annotated[OrderRead, BeforeValidator(_unwrapped)])
ITEMS = TypeAdapter[list[LineRead]](list[LineRead])


# --- what is sent -----------------------------------------------------------------------------------------------------


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ContactInput(Sent):
    """A buyer: a person, or an organization where there is a company.

    Attributes:
        phone: As the shop has it.
    """

    organization: bool = False
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    tax_identification_number: str = ""

    @property
    def kind(self) -> str:
        """Which of the two lists it is on."""
        return "organizations" if self.organization else "people"

    @property
    def full_name(self) -> str:
        """As ``ContactRow`` has it."""
        return self.name if self.organization else f"{self.first_name} {self.last_name}".strip()

    def known(self) -> Mapping[str, str]:
        """Return what the shop knows of it, but for its telephone, by RO App's names."""
        fields = self.model_dump(exclude={"organization", "phone"})
        return {name: value for name, value in fields.items() if value}

    def body(self) -> Mapping[str, Any]:
        """Return the body of its creation (doc M1)."""
        phones = [{"title": "", "phone": self.phone, "notify": False}] if self.phone else []
        return {**self.known(), **({"phones": phones} if phones else {})}


class ItemInput(Sent):
    """A line as it is planned; ``entity_id`` is 0 for a product that an import would make."""

    entity_id: int = Field(title="Product or service", ge=0, lt=2**53)
    quantity: Decimal = Field(title="Quantity", gt=0)
    price: Amount = Field(title="Price of one, tax included")
    comment: str = Field(default="", max_length=LONGEST_COMMENT, title="Comment")


class OrderInput(Sent):
    """What is decided of an order before it is sent.

    Attributes:
        client_id: None: ``buyer`` is looked for, and made where it is missing.
        manager_id: None: dealt out as the settings say.
        placed_at: From when on an earlier try may have made it.
    """

    branch_id: Id = Field(title="Location")
    order_type_id: Id = Field(title="Order type")
    client_id: int | None = Field(default=None, gt=0, title="Contact")
    buyer: ContactInput | None = None
    manager_id: int | None = Field(default=None, gt=0, title="Manager")
    assignee_id: int | None = Field(default=None, gt=0, title="Assigned employee")
    ad_campaign_id: int | None = Field(default=None, gt=0, title="Advertising source")
    scheduled_for: str = Field(default="", title="Scheduled for")
    due_date: str = Field(default="", title="Due date")
    malfunction: str = Field(default="", title="Malfunction")
    manager_notes: str = Field(default="", title="Manager's notes")
    engineer_notes: str = Field(default="", title="Engineer's notes")
    resume: str = Field(default="", title="Summary")
    estimated_price: str = Field(default="", title="Estimated price")
    urgent: bool | None = Field(default=None, title="Urgent")
    reference: Filled
    placed_at: str
    status_id: Id = Field(title="Status")
    total: Amount
    currency: str
    items: list[ItemInput] = Field(title="Lines")
