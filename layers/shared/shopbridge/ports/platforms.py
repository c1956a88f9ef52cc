"""How the flows get at connectors, and the world around a connector: time, limits, tokens."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection, ConnectionSettings, Side
from shopbridge.model.form import PlatformForm
from shopbridge.model.webhook import Door
from shopbridge.ports.catalogue import CatalogueSource, CatalogueTarget
from shopbridge.ports.documents import DocumentSource
from shopbridge.ports.orders import (
    AppHandshake,
    CustomerTarget,
    OrderChangeTarget,
    OrderSource,
    OrderStatusTarget,
    OrderTarget,
    Pingable,
    ProductTarget,
    WebhookReceiver,
)
from shopbridge.ports.progress import HookSubscriptions, OrderProgressSource, ShipmentTarget
from shopbridge.ports.stock import OpenOrders, StockSource, StockTarget


class Parts(Protocol):
    """What the connector of one side can do, part by part; asking for one that it lacks raises NeedsAttention."""

    @property
    def account(self) -> Pingable:
        """The account behind it."""

    @property
    def order_source(self) -> OrderSource:
        """It as a shop whose orders are read."""

    @property
    def order_status(self) -> OrderStatusTarget:
        """It as a shop that is told what became of an order."""

    @property
    def order_target(self) -> OrderTarget:
        """It as a back office that takes orders."""

    @property
    def customers(self) -> CustomerTarget | None:
        """It as a back office that keeps customers; None when buyers travel on their orders only."""

    @property
    def order_products(self) -> ProductTarget | None:
        """It as a back office in which the products of orders are found; None when lines travel by SKU and text."""

    @property
    def order_changes(self) -> OrderChangeTarget | None:
        """It as a back office that is told what becomes of its orders; None when nothing can be told."""

    @property
    def order_progress(self) -> OrderProgressSource | None:
        """It as a back office that tells what became of its orders; None when it cannot."""

    @property
    def document_source(self) -> DocumentSource | None:
        """It as a back office that hands out documents to be mailed; None when it has none, or mails them itself."""

    @property
    def shipments(self) -> ShipmentTarget | None:
        """It as a shop that keeps tracking codes; None when it has no place for them."""

    @property
    def hook_subscriptions(self) -> HookSubscriptions | None:
        """It as a platform that has to be asked to call us; None when that is done by hand, or it never calls."""

    @property
    def open_orders(self) -> OpenOrders:
        """It as a shop that tells its open orders."""

    @property
    def stock_source(self) -> StockSource:
        """It as the source of stock."""

    @property
    def stock_target(self) -> StockTarget:
        """It as the target of stock."""

    @property
    def catalogue_source(self) -> CatalogueSource:
        """It as the source of products."""

    @property
    def catalogue_target(self) -> CatalogueTarget:
        """It as the target of products."""


@dataclass(frozen=True)
class PlatformTraits:
    """What is known of a platform without asking it.

    Attributes:
        title: What people call it.
        signs: It signs its calls to us.
        tells_time: It is asked for its own clock.
        asks_a_person: What became of an order whose creation was not answered, only a person can tell.
    """

    title: str
    signs: bool
    tells_time: bool
    asks_a_person: bool = False


class Platforms(Protocol):
    """Builds the connector of a connection's side, with credentials, limits and client in place."""

    def parts(self, connection: Connection, side: Side) -> Parts:
        """Return what a side can do."""

    def start_afresh(self, connection: Connection, side: Side) -> None:
        """Forget what a side's connector remembers of its platform: the next look asks there."""

    def trial(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Parts:
        """Return the same with secrets that are not stored yet, to verify them."""

    def webhook(self, connection: Door, side: Side) -> WebhookReceiver | None:
        """Read a side's webhook calls; None when the platform cannot sign."""

    def traits(self, connection: Connection, side: Side) -> PlatformTraits:
        """Return what is known of a side's platform; nobody is called."""

    def hinted(self, connection: Door, raw: bytes) -> OrderId | None:
        """Return the order that an unsigned call of the shop says it is about; None when it says nothing."""

    def handshake(self, connection: Connection) -> AppHandshake | None:
        """Answer the shop's app registration; None when the platform has none."""

    def app_manifest(self, platform: str, public_url: str, connection: ConnectionId, secret: str) -> str:
        """Return the file by which a shop of this platform installs our app; empty where nothing is installed so.

        Raises NeedsAttention when there is no such platform.
        """

    def check_settings(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Sequence[str]:
        """Return problems of a side's settings and secrets, each a sentence; empty when they fit."""

    def place(self, settings: ConnectionSettings, side: Side) -> str:
        """Return where a side's account is by its settings, in one spelling: for one that was not asked who it is."""

    def order_page(self, settings: ConnectionSettings, side: Side, order: str) -> str:
        """Return where people look at an order of a side, by its id; empty where no such address is known."""

    def check_capabilities(self, settings: ConnectionSettings) -> Sequence[str]:
        """Return what the active flows ask of a side and its connector cannot do, each a sentence."""

    def offers(self, settings: ConnectionSettings, side: Side) -> Sequence[str]:
        """Return the capabilities that a side has with its settings, and what single settings may ask of it."""

    def forms(self) -> Sequence[PlatformForm]:
        """Return every platform as whoever sets a connection up sees it."""

    def product_fields(self, settings: ConnectionSettings) -> Mapping[str, TargetField]:
        """Return what the merchant's rules may set of a product, in the side that takes products."""


@dataclass(frozen=True)
class LimitStanding:
    """A limit of a platform, as far as it is given out.

    Attributes:
        calls, seconds: So many calls may be made in any ``seconds``, as the connector states it; 0 where it is unknown.
        left: How many may be made this moment.
        free_at: From when on one more may be made.
        apart: Between two calls in the long run.
    """

    side: Side
    bucket: str
    calls: int
    seconds: int
    left: int
    free_at: datetime
    apart: timedelta


class Limits(Protocol):
    """How far ahead the limits of a connection's platforms are given out."""

    def standing(self, connection: ConnectionId) -> Sequence[LimitStanding]:
        """Return the limits that calls drew from within the last hours."""


class Turns(Protocol):
    """Each connection's line of orders that wait for its platforms' limits; old orders have a line of their own."""

    def book(self, connection: ConnectionId, orders: int, *, old: bool, after: float = 0) -> Sequence[datetime]:
        """Book the next turns, the first in ``after`` seconds at the earliest; returns when each comes."""

    def begin(
        self, connection: ConnectionId, *, old: bool, orders: int = 1
    ) -> AbstractContextManager[Connection | None]:
        """Hold while orders whose turn has come are worked on, with the connection as it stands, None when it is gone.

        Raises:
            LimitReached: At once, when there is no room.
        """

    def expect(self, connection: ConnectionId, orders: int) -> None:
        """Tell of how many of the orders that were begun calls are still to come: those of all are reserved at once."""

    def aside(self, connection: ConnectionId) -> AbstractContextManager[None]:
        """Hold while calls are made that are no order's own: they teach nothing of what orders need."""

    def reading(
        self, connection: ConnectionId, side: Side, calls: Mapping[str, int]
    ) -> AbstractContextManager[Callable[[], Mapping[str, int]]]:
        """Hold while a list is read that took so many calls the last time, by limit; tells how many it takes now."""

    def usual(self, connection: ConnectionId) -> Mapping[tuple[Side, str], float] | None:
        """Return how many calls an order usually needs, by side and bucket; None as long as no order has told."""


class Clock(Protocol):
    """Where time comes from."""

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""


class Deadline(Protocol):
    """How long this invocation may still work."""

    def remaining(self) -> float:
        """Return seconds until work must have stopped."""


class Limiter(Protocol):
    """Keeps all containers together within a platform's limits."""

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        """Wait for the right to make one of ``calls`` in any ``seconds``; RetryLater when the wait would be long."""

    def pause(self, bucket: str, seconds: float) -> None:
        """Hold all calls back for these seconds, as the platform itself asked."""


class TokenStore(Protocol):
    """Access tokens shared by all containers."""

    def get(self, name: str) -> str | None:
        """Return a token that is still valid, or None."""

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for ``lifetime``."""

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already)."""

    def reserve(self, name: str) -> bool:
        """Return True when the caller is the one to fetch a token now; the right ends with ``put``, or by itself."""
