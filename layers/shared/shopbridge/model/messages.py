"""What travels between the steps. A notice carries no truth; only the poll hands over whole orders, several at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from shopbridge.model.base import LATE, ConnectionId, ExternalId, Model, OrderId
from shopbridge.model.basics import MOST_DELAY
from shopbridge.model.order import Order
from shopbridge.model.run import RunKind

Origin = Literal["webhook", "poll", "first_import", "backfill", "resend"]
"""How a version of an order came to us."""
OLD_ORDERS: frozenset[Origin] = frozenset({"first_import", "backfill"})
"""Origins that bring thousands of orders at once: they must not stand in front of a new one, nor their stock."""


LONGEST_DELAY = timedelta(seconds=MOST_DELAY)
"""For which SQS keeps a new message back; who waits longer is sent anew meanwhile."""


class Turn(Model):
    """When an order may go on that waits for the platforms' limits.

    Attributes:
        at: The moment booked for it.
        tries: How often it was tried in vain before; waiting is no try.
        rest: Seconds that it waits beyond what the queue keeps its message back: who gets it at 0 need ask no clock,
            his own may be minutes behind the one that gave the turn. None in messages of before.
    """

    at: AwareDatetime
    tries: int = 0
    rest: float | None = None

    @classmethod
    def of(cls, at: datetime, now: datetime, tries: int = 0) -> "Turn":
        """Return the turn of a message that is sent now."""
        return cls(at=at, tries=tries, rest=max(0.0, (at - now - LONGEST_DELAY).total_seconds()))

    def left(self, now: datetime) -> timedelta:
        """Return how long whoever has got the message still has to wait."""
        wait = self.at - now
        return wait if self.rest is None else min(wait, timedelta(seconds=self.rest))


class OrderNotice(Model):
    """Something about an order changed: read it again.

    Attributes:
        order_id: None when the event concerns no order; it is then acknowledged and forgotten.
        event: The platform's own name of the event.
        received_at: When it was heard of, for whoever reads a message that was left over.
        by: Who asked for it; empty where nobody did.
        turn: None until one is booked.
    """

    kind: Literal["notice"] = "notice"
    connection: ConnectionId
    order_id: OrderId | None
    origin: Origin
    event: str
    received_at: AwareDatetime
    by: str = ""
    turn: Turn | None = None


class OrderFound(Model):
    """A whole order as the poll read it.

    Attributes:
        found_at: When; None in messages of before. A connection that was forgotten and made anew may have another shop.
        turn: As of a notice.
    """

    kind: Literal["order"] = "order"
    connection: ConnectionId
    order: Order
    origin: Origin
    found_at: AwareDatetime | None = None
    turn: Turn | None = None

    @property
    def order_id(self) -> OrderId:
        """As of a notice."""
        return self.order.id

    @property
    def orders(self) -> tuple[Order, ...]:
        """As of a parcel."""
        return (self.order,)


MOST_TOGETHER = 10
"""Orders of a parcel."""


class OrderParcel(Model):
    """Several whole orders of one connection, as the poll read them: what they need alike is read and written once.

    Attributes:
        orders: Two at least; one alone travels as ``OrderFound``, which functions of before know.
        found_at: As of an order.
        turn: That of the first.
    """

    kind: Literal["parcel"] = "parcel"
    connection: ConnectionId
    orders: tuple[Order, ...]
    origin: Origin
    found_at: AwareDatetime | None = None
    turn: Turn | None = None

    @property
    def order_id(self) -> OrderId:
        """That of the first."""
        return self.orders[0].id

    def of(self, orders: Sequence[Order]) -> "OrderParcel | OrderFound":
        """Return the same message for some of its orders."""
        if len(orders) > 1:
            return self.model_copy(update={"orders": tuple(orders)})
        return OrderFound(
            connection=self.connection, order=orders[0], origin=self.origin, found_at=self.found_at, turn=self.turn
        )


class OrderMoved(Model):
    """Something about an imported order changed in the back office: look at it there again.

    Attributes:
        office_id: What the back office calls it.
        changed_at: When it changed there, by the back office's own clock.
        turn: As of a notice.
    """

    kind: Literal["moved"] = "moved"
    connection: ConnectionId
    order_id: OrderId
    office_id: ExternalId
    changed_at: AwareDatetime
    turn: Turn | None = None


AnyOrderMessage = OrderNotice | OrderFound | OrderParcel | OrderMoved
OrderMessage = Annotated[AnyOrderMessage, Field(discriminator="kind")]
ORDER_MESSAGE: TypeAdapter[AnyOrderMessage] = TypeAdapter(OrderMessage, config=LATE)


class PollRequest(Model):
    """Read the shop's changed orders.

    Attributes:
        hops: How many follow-up messages led here; a chain that grows too long starts over at the next tick.
        asked_at: When a webhook hinted at a change; what was read since then need not be read for it. None for others.
    """

    kind: Literal["poll"] = "poll"
    connection: ConnectionId
    hops: int = 0
    asked_at: AwareDatetime | None = None


class ProgressRequest(Model):
    """Read what became of the connection's orders in the back office.

    Attributes:
        hops: As of a poll.
        asked_at: As of a poll.
    """

    kind: Literal["progress"] = "progress"
    connection: ConnectionId
    hops: int = 0
    asked_at: AwareDatetime | None = None


class ProbeRequest(Model):
    """Look whether a connection that stands still, or whose orders wait for a platform, can go on."""

    kind: Literal["probe"] = "probe"
    connection: ConnectionId


class StockRequest(Model):
    """Send the stock of these SKUs at once, whatever was sent before.

    Attributes:
        because: Why, for the log, such as ``order 10042``.
    """

    kind: Literal["skus"] = "skus"
    connection: ConnectionId
    skus: tuple[str, ...]
    because: str


class RunRequest(Model):
    """Do one slice of a run.

    Attributes:
        job: What kind of run.
        run: Its id; empty to go on with the one that lies broken off, or to start one.
        hops: How many follow-up messages led here.
    """

    kind: Literal["run"] = "run"
    connection: ConnectionId
    job: RunKind
    run: str = ""
    started_by: str = "schedule"
    hops: int = 0


PollMessage = Annotated[PollRequest | ProgressRequest | ProbeRequest | RunRequest, Field(discriminator="kind")]
POLL_MESSAGE: TypeAdapter[PollRequest | ProgressRequest | ProbeRequest | RunRequest] = TypeAdapter(
    PollMessage, config=LATE
)

StockMessage = Annotated[StockRequest | RunRequest, Field(discriminator="kind")]
STOCK_MESSAGE: TypeAdapter[StockRequest | RunRequest] = TypeAdapter(StockMessage, config=LATE)
