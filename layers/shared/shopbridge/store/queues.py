"""The queues between the steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopbridge.model.base import Model
from shopbridge.model.messages import (
    LONGEST_DELAY,
    OLD_ORDERS,
    OrderFound,
    OrderMoved,
    OrderNotice,
    PollRequest,
    ProbeRequest,
    ProgressRequest,
    RunRequest,
    StockRequest,
)
from shopbridge.ports import Clock
from shopbridge.store.aws import Aws
from shopbridge.store.sending import UNSENDABLE, Outgoing, send_all

LARGEST_ORDER = 900_000
"""Bytes of an order that travels whole; a larger one is announced and read again."""


@dataclass(frozen=True)
class SqsOrderQueue:
    """Orders on their way to the import; those of a backfill or a first import take a lane of their own."""

    aws: Aws
    live_url: str
    backfill_url: str
    clock: Clock

    def send(self, messages: Sequence[OrderNotice | OrderFound | OrderMoved]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        send_all(
            self.aws,
            [Outgoing(self._url(each), each.connection, self._body(each), self._delay(each)) for each in messages],
        )

    def _delay(self, message: OrderNotice | OrderFound | OrderMoved) -> int:
        """Until its turn, in whole seconds: rather a moment early than late, since a platform's time is lost then."""
        wait = (message.turn.at - self.clock()).total_seconds() if message.turn else 0
        return int(min(max(wait, 0), LONGEST_DELAY.total_seconds()))

    def _url(self, message: OrderNotice | OrderFound | OrderMoved) -> str:
        is_old = not isinstance(message, OrderMoved) and message.origin in OLD_ORDERS
        return self.backfill_url if is_old else self.live_url

    def _body(self, message: OrderNotice | OrderFound | OrderMoved) -> str:
        body = _sendable(message)
        if not isinstance(message, OrderFound) or len(body.encode()) <= LARGEST_ORDER:
            return body
        notice = OrderNotice(
            connection=message.connection,
            order_id=message.order.id,
            origin=message.origin,
            event="too large for a message",
            received_at=self.clock(),
            turn=message.turn,
        )
        return _sendable(notice)


@dataclass(frozen=True)
class SqsPollQueue:
    """Connections on their way to the poll."""

    aws: Aws
    url: str

    def send(self, messages: Sequence[PollRequest | ProbeRequest | ProgressRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        send_all(self.aws, [Outgoing(self.url, request.connection, _sendable(request)) for request in messages])


@dataclass(frozen=True)
class SqsRunQueue:
    """Stock and runs on their way to their steps: a catalogue of hours must not hold back a figure."""

    aws: Aws
    stock_url: str
    product_url: str
    poll_url: str

    def send(self, messages: Sequence[StockRequest | RunRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        send_all(self.aws, [Outgoing(self._url(each), each.connection, _sendable(each)) for each in messages])

    def _url(self, request: StockRequest | RunRequest) -> str:
        job = request.job if isinstance(request, RunRequest) else "stock"
        return {"products": self.product_url, "orders": self.poll_url}.get(job, self.stock_url)


def _sendable(message: Model) -> str:
    return message.model_dump_json().translate(UNSENDABLE)
