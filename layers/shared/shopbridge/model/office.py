"""What the flows and a back office's connector exchange."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from shopbridge.model.base import ExternalId, Model
from shopbridge.model.order import Order

PLANNED = ExternalId("0")
"""Stands in a plan for a record that an import would make; digits, as some back offices' ids have to be."""


class DirectoryEntry(Model):
    """A record of the back office and what it can be found by.

    Attributes:
        key: The matching value, normalised by the connector (e-mails case-folded, SKUs as written).
        id: The record, opaque outside its connector.
    """

    key: str
    id: ExternalId


class DirectoryPage(Model):
    """One page of a directory read.

    Attributes:
        mark: Where the next read goes on; opaque outside the connector.
        complete: Nothing more to read now.
    """

    entries: tuple[DirectoryEntry, ...]
    mark: str
    complete: bool


class DirectoryMark(Model):
    """How far the list of a back office was read.

    Attributes:
        value: The connector's own mark; None at the beginning.
        before: The mark that stood when ``value`` was read on from.
        reading: Which reading of the list it belongs to: one that is to be read anew has another.
    """

    value: str | None = None
    before: str | None = None
    reading: str = ""

    @property
    def is_set(self) -> bool:
        """Whether the list was ever read, or is to be read anew."""
        return self.value is not None or bool(self.reading)

    def moved_to(self, value: str) -> "DirectoryMark":
        """Return the same reading, further on."""
        return self.model_copy(update={"value": value, "before": self.value})


class OrderParts(Model):
    """What an order's copy needs beyond the order: found records and translated values.

    Attributes:
        customer_id: None: the order travels with the buyer's data only.
        product_ids: By line id; a product line that is missing here becomes a free-text line.
        status: Translated by the map ``status``; likewise ``payment``, ``shipping``.
        taxes: Translated rates, by the shop's rate.
        reference: What the order is to be called there, in full.
    """

    customer_id: ExternalId | None
    product_ids: dict[str, ExternalId]
    status: str
    payment: str | None
    shipping: str | None
    taxes: dict[Decimal, str]
    reference: str = ""


class OrderDraft(Model):
    """An order in the target's own shape, before it is sent.

    Attributes:
        reference: What the order is called in the target.
        payload: The request body as plain data; the merchant's rules may still change it.
        line_of_row: For each row of the payload, the index of the order line it stems from, or None.
        checked: The payload as the target's connector made and checked it; None once a rule has changed it.
    """

    reference: str
    payload: dict[str, Any]
    line_of_row: tuple[int | None, ...]
    checked: Any = Field(default=None, exclude=True, repr=False)

    def with_payload(self, payload: dict[str, Any]) -> "OrderDraft":
        """Return the draft with another payload, which its connector has not checked yet."""
        return self.model_copy(update={"payload": payload, "checked": None})


DocumentKind = Literal["invoice", "proforma", "draft"]
"""A closed invoice, a pro forma, or what people still edit before anybody gets it."""


class OfficeDocument(Model):
    """A document for the buyer that the back office made of an order.

    Attributes:
        number: As it is printed; empty where it has none.
        url: Where its file lies, for whoever has the address: a secret; empty where its id is enough.
        doubtful: A letter with it may have left.
    """

    id: ExternalId
    kind: DocumentKind
    number: str = ""
    url: str = Field(default="", repr=False)
    doubtful: bool = False


class OrderReceipt(Model):
    """An order as the target has it.

    Attributes:
        number: What people call it there; empty while the target has not given one.
        total: Gross total, None when the answer does not say.
        document: What was made of it just now; None where the target makes no documents, or does not tell.
    """

    id: ExternalId
    number: str
    total: Decimal | None
    tax: Decimal | None
    document: OfficeDocument | None = None


OrderChange = Literal["status", "paid", "cancelled", "refunded", "address", "delivery", "lines"]
"""What becomes of an order after its import: its status, its payment that came in, its end, money given back, and what
was edited: addresses or buyer, how it travels, what is sold."""


class OrderUpdate(Model):
    """What was done about a change.

    Attributes:
        text: A sentence for the order's story.
        number: What people call the order there from now on; empty where that stays.
        document: What was made of the order by it; None for nothing.
    """

    text: str
    number: str = ""
    document: OfficeDocument | None = None


class Choice(Model):
    """One value a map may name, with what people call it.

    Attributes:
        off: Orders with it are not taken by themselves (cancelled), so no map needs it.
        also: Further names of the same value that a map may use.
    """

    key: str
    title: str
    off: bool = False
    also: tuple[str, ...] = ()


class Identity(Model):
    """What a platform says of itself when asked with our credentials.

    Attributes:
        accounts: Its own names of the account, or of those of its parts whose orders travel (sales channels): two
            connections that share one carry the same.
        shared_numbers: A shop's: why two of its orders may have the same number; empty where they cannot.
    """

    name: str
    version: str
    notes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    shared_numbers: str = ""


Vocabulary = Mapping[str, tuple[Choice, ...]]
"""By map name (``status``, ``payment``, ``shipping``, ``tax``, ``payment_status``): the values a side knows."""


class OrderPage(Model):
    """One page of changed orders.

    Attributes:
        orders: Whole orders.
        position: Where the next page goes on; None after the last.
        unreadable: Orders that could not be understood, by id: nothing is lost in silence.
        rows: By the ids of both, what stands for the rows that they were read from: another text for another row.
    """

    orders: tuple[Order, ...]
    position: str | None
    unreadable: tuple["UnreadableOrder", ...] = ()
    rows: dict[str, str] = Field(default_factory=dict)


class UnreadableOrder(Model):
    """An order that does not fit what we know: it is held under its id, with the reason."""

    id: str
    number: str
    revision: str
    code: str
    text: str
    fix: str
