"""Webhooks: set up by a person, signed over their id alone, switched off when nobody takes them (D2, L14)."""

import hmac
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from sandbox.platforms.kit import Faults
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.roapp.inferred import FAILURES_UNTIL_OFF
from sandbox.platforms.roapp.state import Account, Contact, Endpoint, Event, Order
from sandbox.platforms.roapp.wire import Record, stamp

EVENTS = (
    "Order.Created",
    "Order.Updated",
    "Order.Deleted",
    "Order.Status.Changed",
    "Order.ScheduledTime.Changed",
    "Client.Created",
    "Client.Updated",
    "Client.Deleted",
    "Invoice.Created",
    "Invoice.Deleted",
)


def announce_order(account: Account, name: str, order: Order, employee: int, **more: Any) -> None:
    """Something happened to an order; ``order.name`` is its number (L5)."""
    contact = account.contacts[order.client]
    metadata = {
        "order": {"id": order.id, "name": order.number},
        "client": {"id": contact.id, "fullname": contact.name},
        "status": {"id": order.status},
        **more,
    }
    _note(account, name, order.id, None, employee, metadata)


def announce_contact(account: Account, name: str, contact: Contact, employee: int) -> None:
    """Something happened to a contact."""
    metadata = {"client": {"id": contact.id, "fullname": contact.name}}
    _note(account, name, None, contact.id, employee, metadata)


def _note(account: Account, name: str, order: int | None, contact: int | None, employee: int, metadata: Record) -> None:
    number = UUID(int=account.new_id("event"), version=4)
    account.events.append(Event(str(number), name, order, contact, employee, account.now(), metadata))


def signature(secret: str, webhook: str) -> str:
    """Lower-case hex of HMAC-SHA256 over the id: a captured call verifies with it (L14)."""
    return hmac.new(secret.encode(), webhook.encode(), "sha256").hexdigest()


@dataclass(frozen=True)
class Delivery:
    """One call; ``taken`` is None before it was made."""

    endpoint: int
    event: Event
    url: str
    content: bytes
    headers: dict[str, str]

    def request(self) -> httpx.Request:
        """The call as it is made."""
        return httpx.Request("POST", self.url, content=self.content, headers=self.headers)


@dataclass
class Webhooks:
    """What the account sends, in the order of the events.

    Args:
        call: Makes a call.
    """

    account: Account
    faults: Faults
    call: Callable[[httpx.Request], httpx.Response]
    sent: list[Delivery] = field(default_factory=list)
    failed: list[Delivery] = field(default_factory=list)
    _held: list[Delivery] = field(default_factory=list)
    _holding: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self) -> None:
        """Send nothing until ``drop`` or ``release``."""
        self.deliver()
        self._holding = True

    def drop(self) -> int:
        """Lose what happened since ``hold``: how many calls never come."""
        self._collect()
        held, self._held, self._holding = self._held, [], False
        return len(held)

    def release(self, order: Callable[[list[Delivery]], Iterable[Delivery]] = list, times: int = 1) -> None:
        """Send what happened since ``hold`` in this order, and so many times each."""
        self._collect()
        held, self._held, self._holding = self._held, [], False
        for delivery in order(held):
            for _ in range(times):
                self._attempt(delivery)

    def deliver(self) -> None:
        """Make the calls of what happened, unless they are held."""
        self._collect()
        if self._holding:
            return
        with self._lock:
            due, self._held = self._held, []
        for delivery in due:
            self._attempt(delivery)

    def _collect(self) -> None:
        with self._lock:
            events, self.account.events[:] = list(self.account.events), []
            for event in events:
                if self.faults.due("missing_webhook", event.name):
                    continue
                times = 1 + bool(self.faults.due("duplicate_webhook", event.name))
                self._held += [self._delivery(each, event) for each in self._listeners(event)] * times

    def _listeners(self, event: Event) -> list[Endpoint]:
        return [each for each in self.account.endpoints.values() if each.on and event.name in each.events]

    def _delivery(self, endpoint: Endpoint, event: Event) -> Delivery:
        signed = "0" * 64 if self.faults.due("wrong_signature", event.name) else signature(endpoint.secret, event.id)
        named = {"x-webhook-id": event.id} if self.account.assumed.hooks_tell_their_id else {}
        headers = {"content-type": "application/json", **named, "x-signature": signed}
        return Delivery(endpoint.id, event, endpoint.url, write_json(body_of(self.account, event)), headers)

    def _attempt(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        endpoint = self.account.endpoints.get(delivery.endpoint)
        try:
            taken = self.call(delivery.request()).is_success
        except httpx.HTTPError:
            taken = False
        if not taken:
            self.failed.append(delivery)
        if endpoint is not None:
            endpoint.failures = 0 if taken else endpoint.failures + 1
            endpoint.on = endpoint.on and endpoint.failures < FAILURES_UNTIL_OFF


def body_of(account: Account, event: Event) -> Record:
    """What a call tells (L14)."""
    employee = account.employees[event.employee]
    kind, number = ("order", event.order) if event.order is not None else ("client", event.contact)
    return {
        "id": event.id,
        "created_at": stamp(event.at),
        "event_name": event.name,
        "context": {"object_id": number, "object_type": kind},
        "metadata": {} if account.assumed.hooks_are_sparse else event.metadata,
        "employee": {
            "id": employee.id,
            "full_name": f"{employee.first_name} {employee.last_name}",
            "email": employee.email,
        },
    }
