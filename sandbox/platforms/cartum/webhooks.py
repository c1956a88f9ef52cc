"""Hooks: who subscribed to what, and the queue that a cron sends (platform file, "Webhooks")."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import floor
from typing import Any

import httpx

from sandbox.platforms.cartum import inferred
from sandbox.platforms.cartum.fields import TEXT, whole
from sandbox.platforms.cartum.routing import Answer, Function, Functions
from sandbox.platforms.cartum.state import Event, Hook, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit import Faults
from sandbox.platforms.kit.fields import Field, required
from sandbox.platforms.kit.wire import write_json

DOCUMENTED = ("order_created", "user_signup", "request_call_me")
NEWER = ("order_paid", "order_update", "user_update", "comments_created")
"""Seen in clients, and on no page of the vendor (C12)."""
MOST = 5
"""Subscriptions of an event."""
CREATED, GONE = 201, 410
JSON = {"Content-Type": "application/json"}
ID = Field("a whole number", lambda value: whole(value) is not None)


def subscribe(shop: Shop, body: Record) -> Answer:
    """A new subscription, answered without an envelope."""
    event, url = body["event"], body["target_url"]
    if event not in (DOCUMENTED + NEWER if shop.assumed.newer_events else DOCUMENTED):
        return _refused(inferred.HOOK_REFUSED, "Unknown event")
    if not url.startswith(("http://", "https://")):
        return _refused(inferred.HOOK_REFUSED, "Invalid target url")
    if sum(hook.event == event for hook in shop.hooks.values()) >= MOST:
        return _refused(inferred.HOOK_REFUSED, "Subscriptions limit for current event has been reached")
    hook = Hook(shop.new_id("hook"), event, url)
    shop.hooks[hook.id] = hook
    return Answer("", {"id": hook.id}, CREATED)


def unsubscribe(shop: Shop, body: Record) -> Answer:
    """The end of a subscription, which is told as gone: that is success (C13)."""
    hook = shop.hooks.get(whole(body["id"]) or 0)
    if hook is None or hook.target_url != body["target_url"]:
        return _refused(inferred.HOOK_UNKNOWN, "Subscription is not found")
    del shop.hooks[hook.id]
    return Answer("", {"status": "OK"}, GONE)


def _refused(http: int, message: str) -> Answer:
    """[inferred] The body of a refusal; the sentence of the limit is documented (C12)."""
    return Answer("", {"message": message}, http)


FUNCTIONS: Functions = {
    "hooks/subscribe": Function(subscribe, {"event": required(TEXT), "target_url": required(TEXT)}),
    "hooks/unSubscribe": Function(unsubscribe, {"id": required(ID), "target_url": required(TEXT)}),
}


@dataclass(frozen=True)
class Delivery:
    """One call to an address; ``status`` is None when nobody answered."""

    method: str
    event: str
    address: str
    body: bytes
    status: int | None

    @property
    def taken(self) -> bool:
        """The receiver answered with 20x."""
        return self.status is not None and 200 <= self.status < 210  # noqa: PLR2004 - HTTP


@dataclass(frozen=True)
class Waiting:
    """A call to come."""

    hook: int
    event: str
    address: str
    body: bytes
    due: datetime
    repeats: int = 0


@dataclass
class Outbox:
    """What the shop sends.

    Args:
        lock: The shop's: nothing happens there while events are taken.
        call: Makes the calls.
        cron: Seconds between two rounds, which begin at full ones since 1970; 0 sends at once.
    """

    shop: Shop
    faults: Faults
    lock: threading.RLock
    call: Callable[[httpx.Request], httpx.Response]
    cron: float
    sent: list[Delivery] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    _held: bool = False

    def hold(self) -> None:
        """Send nothing until ``drop`` or ``release``."""
        self.deliver()
        self._held = True

    def drop(self) -> None:
        """Lose what happened since ``hold``, and what waited: those calls never come."""
        with self.lock:
            self._collect()
            self.waiting.clear()
            self._held = False

    def release(self, order: Callable[[list[Waiting]], Iterable[Waiting]] = list, times: int = 1) -> None:
        """Send what happened since ``hold`` at once, in this order and so many times."""
        with self.lock:
            self._collect()
            now = self.shop.now()
            self.waiting = [replace(each, due=now) for each in order(self.waiting) for _ in range(times)]
            self._held = False
        self.deliver()

    def deliver(self) -> list[Delivery]:
        """Make the calls that are due; those that are not answered with 20x wait for their next round.

        Calls are made without the lock: whoever is called may call the shop before it answers.
        """
        with self.lock:
            self._collect()
            now = self.shop.now()
            due = [] if self._held else [each for each in self.waiting if each.due <= now]
            self.waiting = [each for each in self.waiting if self._held or each.due > now]
        made = [self._attempt(each) for each in due]
        self.sent.extend(made)
        return made

    def farewell(self, hook: Hook) -> Delivery:
        """Tell a subscriber that he was removed in the admin; what waits for him never comes (C11)."""
        with self.lock:
            self.waiting = [each for each in self.waiting if each.hook != hook.id]
        gone = Delivery("DELETE", hook.event, hook.target_url, b"", self._send("DELETE", hook.target_url, b""))
        self.sent.append(gone)
        return gone

    def _attempt(self, waiting: Waiting) -> Delivery:
        status = self._send("PUT", waiting.address, waiting.body)
        made = Delivery("PUT", waiting.event, waiting.address, waiting.body, status)
        if not made.taken and waiting.repeats < inferred.HOOK_REPEATS:
            due = self._round(self.shop.now() + inferred.HOOK_PAUSE, at_once=True)
            with self.lock:
                self.waiting.append(replace(waiting, repeats=waiting.repeats + 1, due=due))
        return made

    def _send(self, method: str, address: str, body: bytes) -> int | None:
        try:
            return self.call(httpx.Request(method, address, content=body, headers=JSON if body else {})).status_code
        except httpx.HTTPError:
            return None

    def _collect(self) -> None:
        events, self.shop.events[:] = list(self.shop.events), []
        for event in events if self.shop.assumed.hooks_are_sent else ():
            for hook in self.shop.hooks.values():
                if hook.event == event.name:
                    self._plan(hook, event)

    def _plan(self, hook: Hook, event: Event) -> None:
        due = self._round(event.at, at_once=False)
        waiting = Waiting(hook.id, event.name, hook.target_url, write_json(event.body), due)
        if not self.faults.due("missing_webhook", event.name):
            self.waiting += [waiting] * (1 + bool(self.faults.due("duplicate_webhook", event.name)))

    def _round(self, at: datetime, *, at_once: bool) -> datetime:
        """The round that takes what is due at a moment: the next one, or this one when it is just beginning."""
        if not self.cron:
            return at
        seconds = at.timestamp()
        rounds = floor(seconds / self.cron)
        if at_once and rounds * self.cron == seconds:
            return at
        return at + timedelta(seconds=(rounds + 1) * self.cron - seconds)


def removed(shop: Shop, hook_id: int) -> Hook:
    """A subscription that a person takes out in the admin.

    Raises:
        LookupError: There is none.
    """
    found: Any = shop.hooks.pop(hook_id, None)
    if found is None:
        raise LookupError(f"There is no subscription {hook_id}")
    hook: Hook = found
    return hook
