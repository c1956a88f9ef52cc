"""Calls of the plugin that a merchant installs in the server, once for each order that becomes final or changes.

The plugin hears of every change of an order's state, and keeps a call in the server's job queue until it is answered
with 2xx; each attempt is signed anew.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx

from sandbox.platforms.kit import Faults
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.vendure.errors import Record
from sandbox.platforms.vendure.orders import moment
from sandbox.platforms.vendure.state import Shop

SIGNATURE = "x-shopbridge-signature"
EVENT = "order.state"
UNTOLD = ("AddingItems", "ArrangingPayment", "Draft")
"""States of a cart, of which the plugin says nothing."""
TRIES = 10
OK = range(200, 300)


@dataclass(frozen=True)
class Delivery:
    """One attempt; ``status`` is None when nobody answered."""

    order: str
    body: bytes
    status: int | None


@dataclass
class Waiting:
    """A call to come."""

    told: Record
    tries: int = 0


@dataclass
class Outbox:
    """What the plugin sends.

    Args:
        send: Makes the calls.
        address, secret: As the merchant configured the plugin; without an address nothing is sent.
    """

    shop: Shop
    faults: Faults
    send: Callable[[httpx.Request], httpx.Response]
    address: str = ""
    secret: str = ""
    sent: list[Delivery] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    _held: bool = False

    def hold(self) -> None:
        """Send nothing until ``drop`` or ``release``."""
        self.deliver()
        self._held = True

    def drop(self) -> None:
        """Lose what happened since ``hold``."""
        self._collect()
        self.waiting.clear()
        self._held = False

    def release(self, order: Callable[[list[Waiting]], Iterable[Waiting]] = list, times: int = 1) -> None:
        """Send what happened since ``hold``, in this order and so many times."""
        self._collect()
        self.waiting = [Waiting(each.told) for each in order(self.waiting) for _ in range(times)]
        self._held = False
        self.deliver()

    def deliver(self) -> list[Delivery]:
        """Make the calls that wait, one attempt each."""
        self._collect()
        due = [] if self._held else self.waiting
        if due:
            self.waiting = []
        made = [self._attempt(each) for each in due]
        self.sent += made
        return made

    def body(self, told: Record) -> bytes:
        """What a call carries."""
        return write_json({**told, "sentAt": moment(self.shop.now())})

    def _collect(self) -> None:
        events, self.shop.transitions = self.shop.transitions, []
        for each in events:
            if self.address and each["to"] not in UNTOLD:
                told = {"event": EVENT, "orderId": self.shop.shown(each["order"]), "orderCode": each["code"]}
                self.waiting.append(Waiting({**told, "from": each["from"], "to": each["to"]}))

    def _attempt(self, waiting: Waiting) -> Delivery:
        body = self.body(waiting.told)
        status = self._call(body)
        if status not in OK and waiting.tries + 1 < TRIES:
            self.waiting.append(Waiting(waiting.told, waiting.tries + 1))
        return Delivery(waiting.told["orderId"], body, status)

    def _call(self, body: bytes) -> int | None:
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self.secret, body)}
        try:
            return self.send(httpx.Request("POST", self.address, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return None


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 over the raw body, in hexadecimal."""
    return hmac.digest(secret.encode(), body, "sha256").hex()
