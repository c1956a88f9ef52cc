"""The queues between the steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbridge.model.base import Model
from shopbridge.model.messages import (
    LONGEST_DELAY,
    OLD_ORDERS,
    AnyOrderMessage,
    OrderFound,
    OrderMoved,
    OrderNotice,
    OrderParcel,
    PollRequest,
    ProbeRequest,
    ProgressRequest,
    RunRequest,
    StockRequest,
)
from shopbridge.ports import Clock
from shopbridge.store.aws import Aws
from shopbridge.store.messages.sending import Outgoing, send_all, sendable

LARGEST_ORDER = 900_000
"""Bytes of an order that travels whole, and of all orders of a parcel; a larger one is announced and read again."""


@dataclass(frozen=True)
class SqsOrderQueue:
    """Orders on their way to the import; those of a backfill or a first import take a lane of their own."""

    aws: Aws
    live_url: str
    backfill_url: str
    clock: Clock

    def send(self, messages: Sequence[AnyOrderMessage]) -> None:
        """Send all of them. Raises RetryLater unless every one was taken."""
        send_all(
            self.aws,
            [
                Outgoing(self._url(each), each.connection, body, self._delay(each))
                for each in messages
                for body in self._bodies(each)
            ],
        )

    def _delay(self, message: AnyOrderMessage) -> int:
        """Until its turn, in whole seconds: rather a moment early than late, since a platform's time is lost then."""
        wait = (message.turn.at - self.clock()).total_seconds() if message.turn else 0
        return int(min(max(wait, 0), LONGEST_DELAY.total_seconds()))

    def _url(self, message: AnyOrderMessage) -> str:
        is_old = not isinstance(message, OrderMoved) and message.origin in OLD_ORDERS
        return self.backfill_url if is_old else self.live_url

    def _bodies(self, message: AnyOrderMessage) -> Iterator[str]:
        """One, but for a parcel that is too large for a message: its halves then travel apart."""
        body = _sendable(message)
        if not isinstance(message, OrderFound | OrderParcel) or len(body.encode()) <= LARGEST_ORDER:
            yield body
        elif isinstance(message, OrderParcel):
            half = len(message.orders) // 2
            yield from self._bodies(message.of(message.orders[:half]))
            yield from self._bodies(message.of(message.orders[half:]))
        else:
            yield _sendable(self._notice(message))

    def _notice(self, message: OrderFound) -> OrderNotice:
        return OrderNotice(
            connection=message.connection,
            order_id=message.order.id,
            origin=message.origin,
            event="too large for a message",
            received_at=self.clock(),
            turn=message.turn,
        )


@dataclass(frozen=True)
class SqsPollQueue:
    """Connections on their way to the poll."""

    aws: Aws
    url: str

    def send(self, messages: Sequence[PollRequest | ProbeRequest | ProgressRequest]) -> None:
        """Send all of them. Raises RetryLater unless every one was taken."""
        send_all(self.aws, [Outgoing(self.url, request.connection, _sendable(request)) for request in messages])


@dataclass(frozen=True)
class SqsRunQueue:
    """Stock and runs on their way to their steps: a catalogue of hours must not hold back a figure."""

    aws: Aws
    stock_url: str
    product_url: str
    poll_url: str

    def send(self, messages: Sequence[StockRequest | RunRequest]) -> None:
        """Send all of them. Raises RetryLater unless every one was taken."""
        send_all(self.aws, [Outgoing(self._url(each), each.connection, _sendable(each)) for each in messages])

    def _url(self, request: StockRequest | RunRequest) -> str:
        job = request.job if isinstance(request, RunRequest) else "stock"
        return {"products": self.product_url, "orders": self.poll_url}.get(job, self.stock_url)


def _sendable(message: Model) -> str:
    return sendable(message.model_dump_json())
