"""What the flows need from the outside: capabilities of connectors, and the stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.connection import Connection, ConnectionSettings, Side
from shopbridge.model.cursor import OrderCursor
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState
from shopbridge.model.messages import OrderFound, OrderNotice, PollRequest
from shopbridge.model.office import (
    DirectoryEntry,
    DirectoryPage,
    Identity,
    OrderDraft,
    OrderPage,
    OrderParts,
    OrderReceipt,
    UnreadableOrder,
    Vocabulary,
)
from shopbridge.model.order import Order
from shopbridge.model.party import Address, Customer

# --- capabilities of connectors -------------------------------------------------------------------------


class Pingable(Protocol):
    """Every connector: one cheap call that proves address, credentials and rights."""

    def ping(self) -> Identity:
        """Raise NeedsAttention with a sentence for the operator when anything is missing."""

    def vocabulary(self) -> Vocabulary:
        """The values this side's maps may name."""


class OrderSource(Protocol):
    """A shop whose orders can be read."""

    def server_time(self) -> datetime:
        """The shop's own clock: windows are cut by it, since ours may differ."""

    def changed_orders(self, since: datetime, position: str | None) -> OrderPage:
        """One page of the orders that changed at or after ``since``; ``position`` None for the first page."""

    def orders(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Read these orders whole; ids the shop does not know are left out."""


class OrderStatusTarget(Protocol):
    """A shop that can be told what became of an order."""

    def set_status(self, order: OrderId, status: str) -> str:
        """Move the order to ``status`` unless it is there or beyond; returns what was done, for the story."""

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write our document number into the order's ``field``; returns what was done, for the story."""


class OrderTarget(Protocol):
    """A back office that takes orders."""

    def order_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set, by its path."""

    def plan_order(self, order: Order, parts: OrderParts) -> OrderDraft:
        """Put the order into the target's shape; pure. Raises Held when it cannot be expressed."""

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """What the target's order has no field for, as a text for people; pure; empty for nothing."""

    def create_order(self, draft: OrderDraft) -> OrderReceipt:
        """Create it. Raises Rejected, RetryLater (surely not created) or OutcomeUnknown (maybe created)."""

    def find_order(self, reference: str, since: datetime) -> OrderReceipt | None:
        """Look the order up by our reference among those created at or after ``since``."""

    def read_order(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; unless this is surely the ``first`` try, look whether it is there."""


class CustomerTarget(Protocol):
    """A back office that keeps customers."""

    def changed_customers(self, mark: str | None) -> DirectoryPage:
        """Customers by e-mail, from ``mark`` on (None: from the beginning)."""

    def create_customer(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create. Raises AlreadyDone on a clash, OutcomeUnknown after a lost answer."""

    def update_customer(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Bring the record up to date; fields the shop leaves empty are left alone."""


class ProductTarget(Protocol):
    """A back office that keeps products."""

    def changed_products(self, mark: str | None, field: str) -> DirectoryPage:
        """Products and variants by the value of ``field``, from ``mark`` on (None: from the beginning)."""

    def find_product(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for one product directly."""

    def create_product(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product that a line sells. Raises OutcomeUnknown after a lost answer."""


@dataclass(frozen=True)
class Event:
    """One thing a webhook tells: its name and the order it concerns, if any."""

    name: str
    order_id: OrderId | None


class WebhookReceiver(Protocol):
    """Reads a platform's webhook calls; pure."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature over the raw bytes and the age. Raises Forged or Malformed."""

    def events(self, raw: bytes) -> Sequence[Event]:
        """What the call tells. Raises Malformed."""


class AppHandshake(Protocol):
    """A platform that registers us as an app by calling us; pure, works on the side's secrets."""

    def register(
        self,
        query: str,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        now: datetime,
        confirmation_url: str,
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Check a registration call: the answer's body, and the secrets to store. Raises Forged or Malformed."""

    def confirm(
        self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime
    ) -> Mapping[str, str]:
        """Check the confirmation: the secrets to store. Raises Forged or Malformed."""


class Shop(Pingable, OrderSource, OrderStatusTarget, Protocol):
    """What the order flow asks of a shop."""


class Office(Pingable, OrderTarget, CustomerTarget, ProductTarget, Protocol):
    """What the order flow asks of a back office."""


# --- the world around a connector -----------------------------------------------------------------------


class Clock(Protocol):
    """Where time comes from."""

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""


class Deadline(Protocol):
    """How long this invocation may still work."""

    def remaining(self) -> float:
        """Seconds until work must have stopped."""


class Limiter(Protocol):
    """Keeps all containers together within a platform's limits."""

    def take(self, bucket: str, per_minute: int) -> None:
        """Wait for the right to make one call; raises RetryLater when the wait would be long."""

    def pause(self, bucket: str, seconds: float) -> None:
        """The platform itself said stop: nobody calls before."""


class TokenStore(Protocol):
    """Access tokens shared by all containers."""

    def get(self, name: str) -> str | None:
        """A token that is still valid, or None."""

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for ``lifetime``."""

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already)."""


# --- stores -----------------------------------------------------------------------------------------------


class Connections(Protocol):
    """Connections with their settings, versioned."""

    def get(self, connection: ConnectionId) -> Connection | None:
        """The connection, or None."""

    def save(self, connection: Connection, *, expected_version: int) -> None:
        """Store; ``expected_version`` 0 creates. Raises Conflict when somebody else saved in between."""

    def delete(self, connection: ConnectionId) -> None:
        """Remove the connection's record; its ledger stays."""

    def all(self) -> Sequence[Connection]:
        """Every connection, by id."""

    def stop(self, connection: ConnectionId, reason: str) -> None:
        """A platform refuses us: take the connection out of the schedule and say why."""

    def scheduled(self, lane: int) -> Sequence[tuple[ConnectionId, int]]:
        """Active connections of a schedule lane (5 or 10) with their poll interval in minutes."""


class Credentials(Protocol):
    """Secrets of a connection, per side, as flat text values."""

    def read(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Cached for a while. Raises NeedsAttention when there are none."""

    def read_again(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Past the cache: a platform just refused the cached ones."""

    def read_now(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Past every cache: the calls of a handshake reach different containers within seconds."""

    def write(self, connection: ConnectionId, side: Side, values: Mapping[str, str]) -> None:
        """Store them encrypted, replacing what was there."""

    def delete(self, connection: ConnectionId) -> None:
        """Forget all of the connection's secrets."""


class Cursors(Protocol):
    """How far sources were read."""

    def load(self, connection: ConnectionId, name: str) -> OrderCursor | None:
        """The cursor, or None before the first read."""

    def save(self, connection: ConnectionId, name: str, cursor: OrderCursor) -> OrderCursor:
        """Store if nobody moved it meanwhile (raises Conflict); returns it with its new version."""


@dataclass(frozen=True)
class Claim:
    """The answer to a claim: whether the record is ours, the record, and whether this claim made it."""

    won: bool
    record: LedgerRecord
    new: bool = False


class Ledger(Protocol):
    """One record per outside effect."""

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        """Take the record for one worker.

        Wins when there is no record, or when its lease is free or ran out and its state may go on
        (everything but DONE without follow-ups of the same or a newer revision). A lost claim returns
        the record that stands. A won claim returns the record as it stood, with the lease taken, or
        ``record`` itself when it is new.
        """

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        """Write a claimed record; raises Conflict when the lease is no longer ours."""

    def get(self, key: EffectKey) -> LedgerRecord | None:
        """The record, or None."""

    def held(self, connection: ConnectionId) -> Sequence[LedgerRecord]:
        """Records that wait for a person, oldest first."""

    def summary(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        """How many orders stand in which state."""

    def find(self, connection: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        """Order records with this order number."""


class Directory(Protocol):
    """What a back office calls the customers and products we looked up: keys to ids."""

    def lookup(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[ExternalId, ...]]:
        """The known ids by key; several ids mean that the key is ambiguous there."""

    def remember(self, connection: ConnectionId, kind: str, entries: Sequence[DirectoryEntry]) -> None:
        """Add entries; the same key with another id makes it ambiguous."""

    def forget(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        """Drop keys that turned out wrong."""

    def mark(self, connection: ConnectionId, kind: str) -> str | None:
        """How far the back office's list was read."""

    def set_mark(self, connection: ConnectionId, kind: str, mark: str) -> None:
        """Remember how far it was read."""


class OrderQueue(Protocol):
    """Hands orders to the import."""

    def send(self, messages: Sequence[OrderNotice | OrderFound]) -> None:
        """Returns only when every message was taken; raises RetryLater otherwise."""


class PollQueue(Protocol):
    """Hands connections to the poll."""

    def send(self, requests: Sequence[PollRequest]) -> None:
        """Returns only when every request was taken; raises RetryLater otherwise."""


class Activity(Protocol):
    """The operator's log: structured lines, personal data masked."""

    def info(self, event: str, connection: ConnectionId, **facts: object) -> None:
        """Something happened as it should."""

    def warning(self, event: str, connection: ConnectionId, *, fix: str, **facts: object) -> None:
        """Something needs a person; ``fix`` says what to do."""


class Platforms(Protocol):
    """Builds the connector of a connection's side, with credentials, limits and client in place."""

    def shop(self, connection: Connection) -> Shop:
        """The shop's connector."""

    def office(self, connection: Connection) -> Office:
        """The back office's connector."""

    def webhook(self, connection: Connection) -> WebhookReceiver | None:
        """Reads the shop's webhook calls; None when the platform cannot sign."""

    def handshake(self, connection: Connection) -> AppHandshake | None:
        """Answers the shop's app registration; None when the platform has none."""

    def check_settings(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Sequence[str]:
        """Problems of a side's settings and secrets, each a sentence; empty when they fit."""

    def trial_shop(self, settings: ConnectionSettings, secrets: Mapping[str, str]) -> Shop:
        """The shop's connector with secrets that are not stored yet, to verify them."""

    def trial_office(self, settings: ConnectionSettings, secrets: Mapping[str, str]) -> Office:
        """The back office's connector with secrets that are not stored yet, to verify them."""
