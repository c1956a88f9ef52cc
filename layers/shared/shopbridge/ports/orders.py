"""Capabilities of connectors that the order flow asks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.ledger import Reason
from shopbridge.model.office import (
    DirectoryEntry,
    DirectoryPage,
    Identity,
    OrderChange,
    OrderDraft,
    OrderPage,
    OrderParts,
    OrderReceipt,
    OrderUpdate,
    UnreadableOrder,
    Vocabulary,
)
from shopbridge.model.order import Address, Customer, Order
from shopbridge.model.webhook import WebhookEvent


class Pingable(Protocol):
    """The account behind a connector: every one has it."""

    def ping(self) -> Identity:
        """Say who answers: a cheap call or a few that prove address, credentials and rights.

        Raises:
            NeedsAttention: Anything is missing, as a sentence for the operator.
        """

    def vocabulary(self) -> Vocabulary:
        """Return the values this side's maps may name."""


@dataclass(frozen=True)
class Sighting:
    """An order that a shop has, found by what people call it.

    Attributes:
        order: As it stands now, or why it cannot be read.
        left_out: Why it is none of those that are read, by the settings of the shop's connector, and what to do; None
            where it is one of them.
    """

    order: Order | UnreadableOrder
    left_out: Reason | None = None


KnownRows = Callable[[str], bool]
"""Tells by its mark whether a row was read before, and what it said was handed over."""


def none_known(_: str) -> bool:
    """Read every row."""
    return False


class OrderSource(Protocol):
    """A shop whose orders can be read."""

    @property
    def reach(self) -> timedelta:
        """Return by how much a reading may begin earlier than it was asked to: what changed then is told again."""

    def server_time(self) -> datetime:
        """Return the shop's own clock: windows are cut by it, since ours may differ."""

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return one page of the orders that changed at or after ``since``.

        Args:
            position: None for the first page.
            known: Rows of which nothing is wanted any more: they are left out, and not looked into.
        """

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Read these orders whole; ids the shop does not know are left out."""

    def named(self, number: str) -> Sequence[Sighting]:
        """Return all orders of this number as they stand now, also those that are not read otherwise.

        For a person who asks for one; several may have it. A text that is no number at all finds none.
        """


class OrderStatusTarget(Protocol):
    """A shop that can be told what became of an order."""

    def set_status(self, order: OrderId, status: str) -> str:
        """Move the order to ``status`` unless it is there or beyond; returns what was done, for the story."""

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write our document number into the order's ``field``; returns what was done, for the story."""


class OrderTarget(Protocol):
    """A back office that takes orders."""

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path."""

    def plan(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Put the order into the target's shape; pure. Raises Held when it cannot be expressed."""

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Return what the target's order has no field for, as a text for people; pure; empty for nothing."""

    def reference_of(self, name: str) -> str:
        """Return what an order of this name (its number, perhaps with its channel) is called there; pure."""

    def create(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it.

        Args:
            again: An earlier try of this very order may have created it; only then may one that is there be taken
                for it.

        Raises:
            AlreadyDone: An order of this reference is there, which is not the one of an earlier try.
            Rejected, RetryLater: Surely not created.
            OutcomeUnknown: Maybe created.
        """

    def find(self, reference: str, since: datetime, *, afresh: bool) -> Iterable[OrderReceipt]:
        """Return all orders of this reference among those created at or after ``since``: a number is no identity.

        Args:
            afresh: Past every cache; else what was read within the last hour suffices.

        Raises:
            OutcomeUnknown: The target cannot be searched; instead, ``create`` never makes a second one of a
                reference there.
            AskAPerson: It cannot be searched, and ``create`` makes a second one: nothing that may be there is sent.
        """

    def read(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; unless this is surely the ``first`` try, look whether it is there."""


class OrderChangeTarget(Protocol):
    """A back office that is told what becomes of an order it has."""

    @property
    def takes(self) -> frozenset[OrderChange]:
        """Return what it can be told, as the connector's settings are; no call."""

    def tell(
        self, order_id: ExternalId, order: Order, parts: OrderParts, change: OrderChange, *, first: bool
    ) -> OrderUpdate:
        """Bring the order there to where the shop's stands; safe to repeat, unless it raises AskAPerson then.

        Args:
            parts: The order's words in the target's own; nothing is made for them; for ``lines`` the products
                that it has are found.
            first: No earlier try may have taken effect.

        Raises:
            Held, Rejected: It cannot be told as it is; a person does it by hand.
            RetryLater: Surely not told, or told without harm.
            OutcomeUnknown: Maybe told; it is told again with ``first`` False.
            AskAPerson: Maybe told, and telling it twice would do harm.
        """


class CustomerTarget(Protocol):
    """A back office that keeps customers."""

    def changed(self, mark: str | None) -> DirectoryPage:
        """Return customers by e-mail, from ``mark`` on (None: from the beginning)."""

    def check(self, customer: Customer, billing: Address, shipping: Address) -> object:
        """Return what would be created; no call. Raises Held when it cannot be."""

    def create(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create. Raises AlreadyDone on a clash, OutcomeUnknown after a lost answer."""

    def update(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Bring the record up to date; fields the shop leaves empty are left alone."""


class ProductTarget(Protocol):
    """A back office that keeps products."""

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """Return products and variants by the value of ``field``, from ``mark`` on (None: from the beginning)."""

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for one product directly."""

    def check(self, order: Order, line_id: str, tax: str) -> object:
        """Return what would be created; creates nothing. Raises Held when it cannot be."""

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product that a line sells. Raises OutcomeUnknown after a lost answer."""


class WebhookReceiver(Protocol):
    """Reads a platform's webhook calls; pure."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature over the raw bytes and the age. Raises Forged or Malformed."""

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Tell whether a secret signed it that is not valid yet: then it may have become so elsewhere."""

    def events(self, raw: bytes) -> Sequence[WebhookEvent]:
        """Return what the call tells. Raises Malformed."""


@dataclass(frozen=True)
class AppRegistration:
    """What a registration call comes to.

    Attributes:
        secrets: To store, all of them.
        body: The answer; without meaning where there is a redirect.
        redirect: Where the caller's browser goes next; empty for nowhere.
        complete: No confirmation follows: the app is installed.
    """

    secrets: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    redirect: str = ""
    complete: bool = False


class AppHandshake(Protocol):
    """A platform that registers us as an app by calling us; pure, works on the side's secrets.

    Among the secrets are ``shop_url``, the address in the settings, and ``shop_place``, the account's one spelling.
    """

    def register(
        self,
        query: str,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        now: datetime,
        confirmation_url: str,
    ) -> AppRegistration:
        """Check a registration call. Raises Forged or Malformed."""

    def confirm(
        self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime
    ) -> Mapping[str, str]:
        """Check the confirmation: the secrets to store. Raises Forged or Malformed."""
