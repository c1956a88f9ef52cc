"""Webhooks: what events become calls, how they are signed, sent, held back and given up."""

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from sandbox.platforms.shopware.payloads import entity_payload, order_payload
from sandbox.platforms.shopware.schema.model import words
from sandbox.platforms.shopware.state import Event, Happened, Shop, Written
from sandbox.platforms.shopware.values import LIVE_VERSION, SYSTEM_LANGUAGE_ID, php_json

HOOKABLE = words(
    "product product_price category sales_channel sales_channel_domain customer customer_address order"
    " order_address document media"
)
TIMEOUT = httpx.Timeout(20, connect=10)
RETRIES = (1, 2, 4)
SWITCH_OFF_AT = 10


@dataclass
class Subscriber:
    """Who gets webhooks signed: an installed app.

    Args:
        secret: The shop secret of this app.
        privileges: What the app may read; None for everything.
    """

    app: str
    secret: str
    version: str
    privileges: frozenset[str] | None = None
    active: bool = True

    def may_read(self, entity: str) -> bool:
        """Whether the app holds ``entity:read``."""
        return self.privileges is None or f"{entity}:read" in self.privileges


@dataclass
class Webhook:
    """One subscription; without ``subscriber`` it belongs to no app and is not signed."""

    event: str
    url: str
    subscriber: Subscriber | None = None
    only_live: bool = False
    active: bool = True
    error_count: int = 0


@dataclass(frozen=True)
class Delivery:
    """A call to make. Its bytes are fixed when the event happens, a retry repeats them."""

    webhook: Webhook
    request: httpx.Request
    due: datetime
    attempt: int = 0


@dataclass
class Webhooks:
    """The subscriptions of a shop and the calls under way. Delivery order is the order of events.

    Args:
        shop_id: As in ``source.shopId``.
        call: Makes a call.
        queued: False: sent within the change that caused them, never retried (the default installation).
            True: sent when ``run`` is called, with three retries after 1, 2 and 4 seconds.
    """

    shop: Shop
    shop_id: str
    call: Callable[[httpx.Request], httpx.Response]
    queued: bool = False
    subscriptions: list[Webhook] = field(default_factory=list)
    delivered: list[Delivery] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)
    _held: list[Delivery] = field(default_factory=list)
    _holding: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def subscribe(
        self, event: str, url: str, subscriber: Subscriber | None = None, *, only_live: bool = False
    ) -> Webhook:
        """Add a subscription."""
        live = only_live and self.shop.version.at_least("6.5.7")
        self.subscriptions.append(Webhook(event, url, subscriber, live))
        return self.subscriptions[-1]

    def hold(self) -> None:
        """From now on collect the calls instead of making them."""
        self._holding = True

    def release(self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]] = list, times: int = 1) -> None:
        """Make the collected calls in another order (``reversed``), or several times, and hold no more."""
        held, self._held, self._holding = self._held, [], False
        for delivery in order(held):
            for _ in range(times):
                self._attempt(delivery)

    def drop(self) -> int:
        """Forget the collected calls, as if they were lost, and hold no more: how many there were."""
        held, self._held, self._holding = self._held, [], False
        return len(held)

    def prepare(self, events: Sequence[Event]) -> None:
        """Turn what happened in one change into calls."""
        made = [call for event in _gathered(events) for call in self._calls(event)]
        with self._lock:
            (self._held if self._holding else self._waiting).extend(made)

    def send(self) -> None:
        """Make the calls at once, unless a queue works them off."""
        if not self.queued:
            self.run()

    def run(self) -> None:
        """Make all calls that are due."""
        now = self.shop.clock()
        with self._lock:
            due = [delivery for delivery in self._waiting if delivery.due <= now]
            self._waiting = [delivery for delivery in self._waiting if delivery.due > now]
        for delivery in due:
            self._attempt(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        if not delivery.webhook.active:
            return
        self.delivered.append(delivery)
        if self._succeeds(delivery.request):
            self._count(delivery.webhook, failed=False)
        elif self.queued and delivery.attempt < len(RETRIES):
            due = self.shop.clock() + timedelta(seconds=RETRIES[delivery.attempt])
            self._waiting.append(Delivery(delivery.webhook, delivery.request, due, delivery.attempt + 1))
        else:
            self._count(delivery.webhook, failed=True)

    def _succeeds(self, request: httpx.Request) -> bool:
        copy = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions={"timeout": TIMEOUT.as_dict()},
        )
        try:
            return self.call(copy).is_success
        except httpx.TransportError:
            return False

    def _count(self, webhook: Webhook, *, failed: bool) -> None:
        """Webhooks with the same event and address share their count of failures."""
        for each in self.subscriptions:
            if (each.event, each.url) == (webhook.event, webhook.url):
                each.error_count = each.error_count + 1 if failed else 0
                if each.error_count >= SWITCH_OFF_AT:
                    each.active, each.error_count = False, 0

    def _calls(self, event: "_Call") -> Iterable[Delivery]:
        for webhook in self.subscriptions:
            if webhook.active and webhook.event == event.name and _wants(webhook, event):
                yield Delivery(webhook, self._request(webhook, event), self.shop.clock())

    def _request(self, webhook: Webhook, event: "_Call") -> httpx.Request:
        body = php_json(self._body(webhook, event))
        headers = {
            "Content-Type": "application/json",
            "sw-version": str(self.shop.version),
            "sw-context-language": SYSTEM_LANGUAGE_ID,
            "sw-user-language": "en-GB",
        }
        if webhook.subscriber is not None:
            headers["shopware-shop-signature"] = sign(body, webhook.subscriber.secret)
        return httpx.Request("POST", webhook.url, headers=headers, content=body)

    def _body(self, webhook: Webhook, event: "_Call") -> dict[str, Any]:
        source: dict[str, Any] = {"url": self.shop.url}
        if webhook.subscriber is not None:
            source |= {"appVersion": webhook.subscriber.version, "shopId": self.shop_id}
        if self.shop.version.at_least("6.4.11"):
            source["eventId"] = self.shop.new_id("event")
        data: dict[str, Any] = {"data": {"payload": self._payload(event), "event": event.name}, "source": source}
        if self.shop.version.at_least("6.4.1"):
            data["timestamp"] = int(self.shop.clock().timestamp())
        return data

    def _payload(self, event: "_Call") -> Any:
        if event.order_id is None:
            return entity_payload(event.written)
        return order_payload(self.shop.store, self.shop.version, event.order_id)


@dataclass(frozen=True)
class _Call:
    """An event by its public name; of an entity, or about an order."""

    name: str
    entity: str
    written: tuple[Written, ...] = ()
    order_id: str | None = None


def sign(content: bytes, secret: str) -> str:
    """Hex HMAC-SHA256."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _wants(webhook: Webhook, event: _Call) -> bool:
    if webhook.only_live and any(each.version_id != LIVE_VERSION for each in event.written):
        return False
    subscriber = webhook.subscriber
    return subscriber is None or (subscriber.active and subscriber.may_read(event.entity))


def _gathered(events: Sequence[Event]) -> list[_Call]:
    """One call for all writes of an entity in a change, then the business events in their order."""
    merged: dict[tuple[str, str, str], Written] = {}
    for event in events:
        if isinstance(event, Written) and event.entity in HOOKABLE:
            _merge(merged, event)
    calls: dict[str, list[Written]] = {}
    for written in merged.values():
        name = f"{written.entity}.{'deleted' if written.operation == 'delete' else 'written'}"
        calls.setdefault(name, []).append(written)
    business = (event for event in events if isinstance(event, Happened))
    return [_Call(name, writes[0].entity, tuple(writes)) for name, writes in calls.items()] + [
        _Call(event.name, "order", (), event.order_id) for event in business
    ]


def _merge(merged: dict[tuple[str, str, str], Written], event: Written) -> None:
    """Several writes of one record in a change are told once; what is inserted is not also updated."""
    key = (event.entity, event.id, event.version_id)
    known = merged.get(key)
    if known is None:
        merged[key] = event
        return
    strongest = next(name for name in ("delete", "insert", "update") if name in {known.operation, event.operation})
    names = tuple(dict.fromkeys([*known.fields, *event.fields]))
    merged[key] = Written(event.entity, event.id, strongest, names, event.version_id)
