"""Automations: kept by ``setAutomatism`` or people, and their webhooks delivered signed (platform file, "Webhooks").

Only 200 is taken for an answer; anything else is tried again after five minutes, five times in all.
"""

import base64
import hmac
import threading
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from sandbox.platforms.kit import Faults
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.errors import no_data, refused
from sandbox.platforms.unas.fields import TEXT, YES_NO, Merge, Shape, holding, listed, many, one_of
from sandbox.platforms.unas.inferred import HOOK_PAUSE, HOOK_TRIES
from sandbox.platforms.unas.routing import Functions, reading, writing
from sandbox.platforms.unas.state import Shop
from sandbox.platforms.unas.wire import Record, below

_ORDER_TOPICS = """
order_send order_status_modify order_modify_admin order_add_admin order_send_thirdparty order_delete successful_payment
"""
_OTHER_TOPICS = """
abandoned_cart newsletter_subscribe newsletter_subscribe_auth newsletter_unsubscribe customer_registration
customer_modification customer_modify_admin customer_delete opinion_send
"""
TOPICS = (*_ORDER_TOPICS.split(), *_OTHER_TOPICS.split())
LONGEST_NAME = 255
SHORTEST_DELAY = 20
SOURCE_RULE = "source_of_order"
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}
_OPERATIONS = ("email", "webhook", "change_customer_group", "change_order_status", "change_invoice_status")
_RULE: Shape = {
    "Relation": one_of("equal", "not_equal"),
    "Entity": one_of(SOURCE_RULE),
    "Values": holding({"Value": many()}),
}
AUTOMATISM: Shape = {
    "Name": TEXT,
    "Active": YES_NO,
    "Schedule": holding({"Type": one_of("instant", "delayed"), "Unit": one_of(*_UNITS), "Value": TEXT}),
    "Event": holding({"Type": one_of(*TOPICS), "Rules": holding({"Rule": many(_RULE)})}),
    "Operation": holding({"Type": one_of(*_OPERATIONS), "Config": holding({"WebhookUrl": TEXT})}),
}
"""Of rules only the source of an order is emulated."""


@dataclass(frozen=True)
class Delivery:
    """One call to an address; ``status`` is None when nobody answered."""

    topic: str
    address: str
    body: bytes
    status: int | None


@dataclass(frozen=True)
class Waiting:
    """A call to come."""

    automation: int
    topic: str
    subject: str
    address: str
    body: bytes
    due: datetime
    tries: int = 0


def signature(key: str, body: bytes) -> str:
    """Base64 of the binary HMAC-SHA256 over the raw body: 44 characters, never hex."""
    return base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


@dataclass
class Outbox:
    """What the shop's automations send.

    Args:
        lock: The shop's: nothing happens there while events are taken.
        client: Makes the calls.
        hmac_key: Signs; without it nothing is signed, as before somebody made one in the admin.
    """

    shop: Shop
    faults: Faults
    lock: threading.RLock
    client: httpx.Client
    hmac_key: str | None
    sent: list[Delivery] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    _held: bool = False

    def hold(self) -> None:
        """Send nothing until ``drop`` or ``release``."""
        self.deliver()
        self._held = True

    def drop(self) -> None:
        """Lose what happened since ``hold``: those calls never come."""
        with self.lock:
            self._collect()
            self.waiting.clear()
            self._held = False

    def release(self, order: Callable[[list[Waiting]], Iterable[Waiting]] = list, times: int = 1) -> None:
        """Send what happened since ``hold``, in this order and so many times."""
        with self.lock:
            self._collect()
            self.waiting = [each for each in order(self.waiting) for _ in range(times)]
            self._held = False
        self.deliver()

    def deliver(self) -> list[Delivery]:
        """Make the calls that are due; those that are not answered with 200 wait for their next try.

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

    def _attempt(self, waiting: Waiting) -> Delivery:
        status, tries = self._call(waiting), waiting.tries + 1
        if status != httpx.codes.OK and tries < HOOK_TRIES:
            with self.lock:
                self.waiting.append(replace(waiting, tries=tries, due=self.shop.now() + HOOK_PAUSE))
        return Delivery(waiting.topic, waiting.address, waiting.body, status)

    def _call(self, waiting: Waiting) -> int | None:
        headers = {"Content-Type": "application/json", "X-Unas-Topic": waiting.topic}
        if self.hmac_key is not None:
            headers["X-Unas-Hmac"] = signature(self.hmac_key, waiting.body)
        try:
            return self.client.post(waiting.address, content=waiting.body, headers=headers).status_code
        except httpx.HTTPError:
            return None

    def _collect(self) -> None:
        events, self.shop.events[:] = list(self.shop.events), []
        for topic, body, source in events:
            for automation_id, automation in self.shop.table("Automatism").items():
                if _fires(automation, topic, source):
                    self._plan(automation_id, automation, topic, body)

    def _plan(self, automation_id: int, automation: Record, topic: str, body: Record) -> None:
        subject = str(body.get("orderID") or body.get("customerID"))
        delay = _delay(automation)
        if delay:  # a newer event of the same kind cancels a run that waits
            same = automation_id, subject
            self.waiting = [each for each in self.waiting if (each.automation, each.subject) != same]
        due = self.shop.now() + (delay or timedelta(seconds=self.shop.assumed.hook_delay))
        address = below(automation, "Operation", "Config", "WebhookUrl")
        waiting = Waiting(automation_id, topic, subject, address, write_json(body), due)
        if not self.faults.due("missing_webhook", topic):
            self.waiting += [waiting] * (1 + bool(self.faults.due("duplicate_webhook", topic)))


def _fires(automation: Record, topic: str, source: str) -> bool:
    if automation["Active"] != "yes" or below(automation, "Operation", "Type") != "webhook":
        return False
    rules = listed(automation["Event"], "Rules", "Rule")
    return bool(automation["Event"]["Type"] == topic) and all(_holds(rule, source) for rule in rules)


def _holds(rule: Record, source: str) -> bool:
    """Values inside a rule are ORed, rules ANDed."""
    return (source in listed(rule, "Values", "Value")) == bool(rule["Relation"] == "equal")


def _delay(automation: Record) -> timedelta:
    schedule = automation.get("Schedule", {})
    if schedule.get("Type") != "delayed":
        return timedelta()
    return timedelta(**{_UNITS[schedule["Unit"]]: int(schedule["Value"])})


def add_automation(shop: Shop, automation: Record) -> int:
    """Make an automation; its id.

    Raises:
        EntityError: It breaks the contract.
    """
    kept: Record = {"Active": "yes", "Schedule": {"Type": "instant"}}
    Merge(True, shop.ignored).into(kept, automation, AUTOMATISM, "Automatism")
    _check(shop, kept, None)
    automation_id = shop.new_id("automation")
    shop.table("Automatism")[automation_id] = kept
    return automation_id


def _check(shop: Shop, automation: Record, own: int | None) -> None:
    name, schedule = automation.get("Name", ""), automation.get("Schedule", {})
    names = [each["Name"] for at, each in shop.table("Automatism").items() if at != own]
    if not 0 < len(name) <= LONGEST_NAME or name in names:
        raise refused("Name should be unique and at most 255 characters long")
    if not below(automation, "Event", "Type") or not below(automation, "Operation", "Type"):
        raise refused("Event and Operation are missing")
    if below(automation, "Operation", "Type") == "webhook" and not below(
        automation, "Operation", "Config", "WebhookUrl"
    ):
        raise refused("WebhookUrl is missing")
    if schedule.get("Type") == "delayed" and not _is_long_enough(schedule):
        raise refused("a delay has a Unit and a Value of at least 20 minutes")


def _is_long_enough(schedule: Record) -> bool:
    if not schedule.get("Value", "").isdigit() or schedule.get("Unit") not in _UNITS:
        return False
    return schedule["Unit"] != "minute" or int(schedule["Value"]) >= SHORTEST_DELAY


def list_automations(shop: Shop, params: Record) -> Any:
    """The automations every filter leaves."""
    rows = [{"Id": str(at), **each} for at, each in shop.table("Automatism").items()]
    return {"Automatism": [row for row in rows if _matches(row, params)]}


def _matches(row: Record, params: Record) -> bool:
    own = {**row, **{name: below(row, name, "Type") for name in ("Schedule", "Operation", "Event")}}
    return all(own[name] == value for name, value in params.items())


def write_automation(shop: Shop, action: str, row: Record) -> Record:
    """One automation of ``setAutomatism``."""
    sent = {name: value for name, value in row.items() if name not in ("Action", "Id")}
    if action == "add":
        return {"Id": str(add_automation(shop, sent))}
    table, automation_id = shop.table("Automatism"), str(row.get("Id", ""))
    if not automation_id.isdigit() or int(automation_id) not in table:
        raise refused("automation not found")
    if action == "delete":
        del table[int(automation_id)]
        return {"Id": automation_id}
    kept, merge = deepcopy(table[int(automation_id)]), Merge(False, shop.ignored)
    merge.into(kept, sent, AUTOMATISM, "Automatism")
    if not merge.known:
        raise no_data()
    _check(shop, kept, int(automation_id))
    table[int(automation_id)] = kept
    return {"Id": automation_id}


FUNCTIONS: Functions = {
    "getAutomatism": reading(
        list_automations, "Automatisms", "Id Active Schedule Operation Event", flat=True, vip=True
    ),
    "setAutomatism": writing(
        batch("Automatism", write_automation, ("add", "modify", "delete"), ("Id",)),
        "Automatisms",
        "Automatism",
        flat=True,
        vip=True,
    ),
}
