"""Automations: what happens to an order becomes an unsigned call with one form field ``data``.

[inferred]: a call that is not answered with 2xx is not repeated; the file tells of repeated and lost calls, and of no
rule.
"""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.platforms.kit.fields import Shape, listed, one_of, required
from sandbox.platforms.shoprenter.fields import FLAG, INT, TEXT, URL, amount, check
from sandbox.platforms.shoprenter.orders.payload import payload
from sandbox.platforms.shoprenter.records import Automation, Order
from sandbox.platforms.shoprenter.routing import Numbers, Resource, Resources, single
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Record, as_xml

EVENTS = (
    "order_confirm",
    "order_status_change",
    "abandoned_cart",
    "newsletter_subscribe",
    "newsletter_unsubscribe",
    "newsletter_update_subscriber",
)
BOUNDARY = "------------------------d74496d66958873e"
TIMEOUT = httpx.Timeout(20, connect=10)


@dataclass(frozen=True)
class Delivery:
    """A call to make. Its bytes are fixed when the event happens."""

    url: str
    content: bytes
    content_type: str
    due: datetime
    order: int

    def request(self) -> httpx.Request:
        """The call as the shop makes it."""
        headers = {
            "User-Agent": "ShopRenter",
            "Accept": "*/*",
            "Expect": "100-continue",
            "Content-Type": self.content_type,
        }
        extensions = {"timeout": TIMEOUT.as_dict()}
        return httpx.Request("POST", self.url, headers=headers, content=self.content, extensions=extensions)


@dataclass
class Webhooks:
    """The calls of a shop's automations. Their order is that of the events.

    Args:
        call: Makes a call.
    """

    shop: Shop
    call: Callable[[httpx.Request], httpx.Response]
    delivered: list[Delivery] = field(default_factory=list)
    failed: list[Delivery] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)
    _held: list[Delivery] = field(default_factory=list)
    _holding: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def announce(self, event: str, order: Order) -> None:
        """Turn an event into the calls of the automations that wait for it; ``send`` makes them."""
        made = [
            self._delivery(each, event, order)
            for each in self.shop.automations.values()
            if each.event == event and each.active
        ]
        with self._lock:
            (self._held if self._holding else self._waiting).extend(made)

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

    def send(self) -> None:
        """Make the calls that are due."""
        now = self.shop.clock()
        with self._lock:
            due = [delivery for delivery in self._waiting if delivery.due <= now]
            self._waiting = [delivery for delivery in self._waiting if delivery.due > now]
        for delivery in due:
            self._attempt(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        self.delivered.append(delivery)
        try:
            answered = self.call(delivery.request()).is_success
        except httpx.TransportError:
            answered = False
        if not answered:
            self.failed.append(delivery)

    def _delivery(self, automation: Automation, event: str, order: Order) -> Delivery:
        tree = payload(self.shop, event, order, automation.fields)
        text = as_xml(tree).decode() if automation.type == "xml" else php_json(tree)
        content, content_type = written(text, self.shop.assumed.webhook_encoding)
        return Delivery(automation.url, content, content_type, self.shop.clock() + automation.delay, order.id)


def php_json(value: Any) -> str:
    """JSON as PHP writes it: all ASCII, slashes escaped, numbers as short as can be."""
    return json.dumps(value, separators=(",", ":"), default=_number).replace("/", "\\/")


def written(text: str, encoding: str) -> tuple[bytes, str]:
    """A body whose one field is ``data``, and its content type; the field itself in the encoding ``json``."""
    if encoding == "json":
        return text.encode(), "application/json"
    if encoding == "urlencoded":
        return urlencode({"data": text}).encode(), "application/x-www-form-urlencoded"
    lines = (f"--{BOUNDARY}", 'Content-Disposition: form-data; name="data"', "", text, f"--{BOUNDARY}--", "")
    return "\r\n".join(lines).encode(), f"multipart/form-data; boundary={BOUNDARY}"


def _number(value: Any) -> float | int:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} does not go into JSON")
    return int(value) if value == value.to_integral_value() else float(value)


# --- the resource -------------------------------------------------------------------------------------------------

_PARAMETERS: Shape = {"type": required(one_of(("json", "xml"))), "url": required(URL), "fields": TEXT}
_DELAY: Shape = {"delay": required(INT), "delayUnit": required(one_of(("day", "hour")))}
_AUTOMATION: Shape = {
    "event": required(one_of(EVENTS)),
    "status": FLAG,
    "label": TEXT,
    "webHookParameters": required(listed(_PARAMETERS)),
    "webHookDelay": listed(_DELAY),
}


def _view(shop: Shop, automation: Automation) -> Record:
    """Documented as lists in one place and as objects in another."""
    hours = int(automation.delay.total_seconds() // 3600)
    parameters: Any = {"type": automation.type, "url": automation.url}
    if automation.fields is not None:
        parameters["fields"] = list(automation.fields)
    delay: Any = {"delay": str(hours), "delayUnit": "hour"} if hours else None
    if shop.assumed.webhook_lists:
        parameters, delay = [parameters], [delay] if delay else []
    return {
        "event": automation.event,
        "status": str(int(automation.active)),
        "label": automation.label,
        "webHookParameters": parameters,
        "webHookDelay": delay,
    }


def _create(shop: Shop, body: Record) -> Numbers:
    number = shop.new_id("webHook")
    shop.automations[number] = _changed(Automation(number, "", ""), _checked(body, new=True))
    return (number,)


def _update(_: Shop, automation: Automation, body: Record, __: str) -> None:
    _changed(automation, _checked(body, new=False))


def _delete(shop: Shop, automation: Automation) -> None:
    del shop.automations[automation.id]


def _checked(body: Record, *, new: bool) -> Record:
    """The body; ``fields`` is a list of names, which no shape of objects says."""
    plain = {**body}
    if isinstance(rows := plain.get("webHookParameters"), list):
        plain["webHookParameters"] = [_without_fields(row) for row in rows]
    check(plain, _AUTOMATION, new=new)
    return body


def _without_fields(row: Any) -> Any:
    fields = row.get("fields") if isinstance(row, dict) else None
    is_list = isinstance(fields, list) and all(isinstance(name, str) for name in fields)
    return {name: value for name, value in row.items() if name != "fields"} if is_list else row


def _changed(automation: Automation, body: Record) -> Automation:
    automation.event = body.get("event", automation.event)
    automation.label = body.get("label", automation.label)
    automation.active = str(body.get("status", int(automation.active))) == "1"
    for row in body.get("webHookParameters", ()):
        automation.url, automation.type, automation.fields = row["url"], row["type"], row.get("fields")
    for row in body.get("webHookDelay", ()):
        automation.delay = timedelta(hours=int(amount(row["delay"])) * (24 if row["delayUnit"] == "day" else 1))
    return automation


RESOURCES: Resources = {
    "webHooks": Resource(
        "webHook",
        "store.webhook",
        single(lambda shop: shop.automations),
        _view,
        create=_create,
        update=_update,
        delete=_delete,
    )
}
