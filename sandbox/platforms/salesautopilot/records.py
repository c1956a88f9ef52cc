"""What an account keeps: lists with their fields, forms and records, products, categories, and what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, IntEnum

from sandbox.platforms.salesautopilot.wire import cents


class ListKind(IntEnum):
    """Types of lists, as ``zapier/getlists`` numbers them (S6)."""

    NEWSLETTER = 1
    ORDERS = 11


class FormKind(IntEnum):
    """Types of forms, as ``zapier/getforms`` numbers them (S6)."""

    SIGNUP = 1
    UPDATE = 2
    ORDER = 4


class Consent(Enum):
    """What a person has said to letters; a record shows no more of it than ``active``."""

    WAITING = "waiting for the answer to a double opt-in letter"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ListField:
    """A field of a list.

    Args:
        type: Such as ``shorttext``, ``date`` or ``select``.
        options: What a ``radio`` or a ``select`` takes; none is anything.
    """

    type: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """What a submitted form leads to (S22).

    Args:
        kind: ``external``, ``subscribe``, ``unsubscribe``, ``update`` or ``delete``.
        nl_id: The list whose records of the same address it concerns; 0 is the form's own.
        values: What an ``update`` writes.
        url: What an ``external`` one would call, and with which ``body``: ``[name]`` is a field of the record.
    """

    kind: str
    nl_id: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    body: str = ""


@dataclass
class Form:
    """A form of a list; whoever writes names one, and what hangs on it runs.

    Args:
        letters: Timed to its submission.
        invoices: It starts invoicing by the provider that is attached to the list.
        captcha: Its reCAPTCHA filter is on, and no call gets through.
    """

    id: int
    name: str
    kind: FormKind
    letters: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    invoices: bool = False
    double_opt_in: bool = False
    captcha: bool = False


@dataclass(frozen=True)
class Line:
    """A line of an order.

    Args:
        price: Net, of one.
        percent: VAT.
    """

    id: int
    product_id: int
    sku: str
    name: str
    price: Decimal
    quantity: Decimal
    percent: Decimal
    currency: str

    @property
    def net(self) -> Decimal:
        """Of the whole line."""
        return cents(self.price * self.quantity)

    @property
    def gross(self) -> Decimal:
        """Of the whole line, with VAT."""
        return cents(self.net * (1 + self.percent / 100))


@dataclass
class Record:
    """A person on a list, or an order.

    Args:
        values: By field, as they are read; what is empty may be left out.
    """

    id: int
    values: dict[str, str]
    consent: Consent = Consent.GIVEN
    lines: list[Line] = field(default_factory=list)

    @property
    def email(self) -> str:
        """The address."""
        return self.values.get("email", "")

    @property
    def number(self) -> str:
        """An order's number in the shop."""
        return self.values.get("mssys_shoprenter_id", "")

    @property
    def total(self) -> Decimal:
        """An order with shipping and VAT."""
        shipping = Decimal(self.values.get("mssys_shipping_cost") or 0)
        return sum((line.gross for line in self.lines), shipping)


@dataclass
class MailList:
    """A list.

    Args:
        unique_address: The address is its unique key.
    """

    id: int
    name: str
    kind: ListKind
    fields: dict[str, ListField]
    unique_address: bool
    forms: dict[int, Form] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)

    def having(self, name: str, value: str) -> Iterator[Record]:
        """Its records with this value in a field."""
        return (record for record in self.records.values() if record.values.get(name, "") == value)


@dataclass
class Category:
    """A flat category of products."""

    id: int
    name: str
    order: int = 0


@dataclass
class Product:
    """A product of the account's only catalogue.

    Args:
        price: Net, in ``currency``.
        percent: VAT.
        categories: Their ids.
    """

    id: int
    sku: str
    name: str
    price: Decimal
    percent: Decimal
    currency: str
    categories: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ShippingMethod:
    """A shipping method of the account, by whose id ``saveOrder`` names it."""

    id: int
    name: str
    net: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Event:
    """What happened, and in the real service would be a letter, a call or an invoice.

    Args:
        kind: ``subscribe``, ``unsubscribe``, ``double_optin``, ``double_optin_confirm``, ``email_sent`` (S12),
            ``invoice``, or ``action`` with what kind of Action it was at the beginning of ``detail``.
        ns_id: The form; 0 is none.
    """

    kind: str
    nl_id: int
    record_id: int
    ns_id: int
    detail: str
    at: str
