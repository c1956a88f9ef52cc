"""Two connections of a bridge with its real stores and flows, between shops and back offices in memory."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from benchmarks.cloud import KEYS, names
from chaos.parameters import Parameters
from chaos.queues import VISIBILITY, Message, event_of
from chaos.scenery import Scenery, plain
from chaos.weather import Killed, Weather
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import OrderNotice, PollRequest
from shopbridge.model.run import OrderCursor
from shopbridge.store.aws import Aws
from shopbridge.store.environment import read_environment
from shopbridge.store.ledger import PREFIX, from_item
from shopbridge.wiring import Container
from tests.integration.life_platforms import MemoryOffice, MemoryPlatforms, MemoryShop

NAMES = ("one", "two")
KNOWN, MORE = "Invoice", "PayPal"
"""Payment methods: in the map from the start, and once an operator has added it."""


@dataclass
class Doom(Weather):
    """Calm weather in which the container dies at one call to come."""

    left: int = -1
    moment: str = ""

    def fault(self, kinds: tuple[str, ...], where: str) -> str:
        del kinds
        self.left -= 1
        self._strike("before", where)
        return ""

    def after(self, where: str) -> None:
        self._strike("after", where)

    def _strike(self, moment: str, where: str) -> None:
        if self.left == 0 and moment == self.moment:
            self.left = -1
            raise Killed(where)

    def through(self, where: str, work: Callable[[], Any]) -> Any:
        """An outside call that is none of AWS's."""
        self.fault((), where)
        done = work()
        self.after(where)
        return done


@contextmanager
def no_cloud() -> Iterator[None]:
    """What AWS's clients need while they reach nobody; the SDK's pauses cost no time."""
    with patch.dict(os.environ, KEYS), patch("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None)):
        yield


@cache
def clients() -> Aws:
    """The same for all worlds: making them costs as much as a life."""
    aws = Aws()
    for client in (aws.dynamodb, aws.sqs, aws.ssm):
        plain(client)
    return aws


@dataclass
class Stage(Scenery):
    """Its containers speak to platforms in memory."""

    shops: dict[str, MemoryShop] = field(default_factory=dict)
    offices: dict[str, MemoryOffice] = field(default_factory=dict)
    made_weather: Callable[[Random], Weather] = Doom

    def _aws(self) -> Aws:
        aws = clients()
        answers = {aws.dynamodb: self.tables.answer, aws.sqs: self.queues.answer, aws.ssm: Parameters().answer}
        for client, answer in answers.items():
            self.weather.over_aws(client, answer)
        return aws

    def new_container(self) -> Container:
        container = super().new_container()
        platforms = MemoryPlatforms(
            self.shops, self.offices, lambda of, side: container.store.secrets(of.id, side), self.doom.through
        )
        vars(container)["bridge"] = replace(container.bridge, platforms=platforms)  # type: ignore[arg-type]
        return container

    @property
    def doom(self) -> Doom:
        assert isinstance(self.weather, Doom)
        return self.weather


class LifeWorld:
    """What a test does with it; every wish of an operator may be refused."""

    def __init__(self, *, searchable: bool, skewed: bool) -> None:
        self.stage = Stage(read_environment(names()), "life")
        self.clock = self.stage.clock
        self.stage.skew = timedelta(minutes=10) if skewed else timedelta(0)
        self.maps: dict[str, tuple[str, ...]] = dict.fromkeys(NAMES, (KNOWN,))
        for name in NAMES:
            self.stage.shops[f"shop-{name}"] = MemoryShop(name, self.clock)
            self.stage.offices[f"office-{name}"] = MemoryOffice(f"office {name}", self.clock, searchable)
        for name in NAMES:
            assert self.create(name), "the connection is not made"

    def shop(self, name: str) -> MemoryShop:
        return self.stage.shops[f"shop-{name}"]

    def office(self, name: str) -> MemoryOffice:
        return self.stage.offices[f"office-{name}"]

    # --- operators ----------------------------------------------------------------------------------------

    def ask(self, operation: str, **fields: Any) -> Any:
        """The answer's result; None when it is refused, or the container dies."""
        try:
            answer = operate(self.stage.container.bridge, {"operation": operation, **fields})
        except Killed:
            self.stage.new_container()
            return None
        return answer["result"] if answer["ok"] else None

    def create(self, name: str) -> Any:
        return self.ask("create", settings=self.settings(name), secrets=self.secrets(name), start=True)

    def change(self, name: str) -> Any:
        """The settings and the keys as they are by now."""
        standing = self.stage.container.bridge.connections.get(ConnectionId(name))
        version = standing.version if standing else None
        return self.ask("change", settings=self.settings(name), secrets=self.secrets(name), version=version)

    def settings(self, name: str) -> dict[str, Any]:
        maps = {
            "status": {"entries": {"open": "1", "in_progress": "1"}},
            "payment": {"entries": dict.fromkeys(self.maps[name], "=")},
            "tax": {"entries": {"21": "="}},
        }
        return {
            "id": name,
            "name": name,
            "shop": {"platform": "shopware", "settings": {"url": f"shop-{name}"}},
            "office": {"platform": "salespos", "settings": {"url": f"office-{name}"}},
            "orders": {"maps": maps, "write_back": {"status": "in_progress"}},
        }

    def secrets(self, name: str) -> Mapping[str, Mapping[str, str]]:
        return {"shop": {"key": self.shop(name).key}, "office": {"key": self.office(name).key}}

    # --- what Lambda does ---------------------------------------------------------------------------------

    def poll(self, name: str) -> None:
        self._put(self.stage.environment.poll_queue_url, PollRequest(connection=ConnectionId(name)).model_dump_json())

    def notify(self, name: str, order_id: OrderId) -> None:
        """The shop's webhook was taken."""
        notice = OrderNotice(
            connection=ConnectionId(name), order_id=order_id, origin="webhook", event="x", received_at=self.clock()
        )
        self._put(self.stage.environment.order_queue_url, notice.model_dump_json())

    def _put(self, url: str, body: str) -> None:
        self.stage.queues.put(url, body)

    def due(self) -> list[Message]:
        return [each for each in self.stage.queues.waiting.values() if each.due <= self.clock()]

    def deliver(self, message: Message) -> None:
        """One delivery of one message; what the container's death leaves comes back."""
        message.receives += 1
        message.due = self.clock() + VISIBILITY
        polls = message.queue == self.stage.environment.poll_queue_url
        try:
            answer = self.stage.invoke("order_poll" if polls else "order_import", event_of(message))
        except Killed:
            return
        if not answer["batchItemFailures"]:
            self.stage.queues.delete(message)

    def settle(self) -> None:
        """Deliver until nothing waits."""
        for _ in range(400):
            if not self.stage.queues.waiting:
                return
            due = self.due()
            if due:
                self.deliver(due[0])
            else:
                self.clock.moment = min(each.due for each in self.stage.queues.waiting.values())
        raise AssertionError(f"The queues never ran empty: {list(self.stage.queues.waiting.values())[:2]}")

    # --- what became of it --------------------------------------------------------------------------------

    def records(self, name: str) -> dict[str, LedgerRecord]:
        """The connection's orders in the ledger, by id."""
        items = self.stage.tables.records(self.stage.environment.state_table, ConnectionId(name), f"{PREFIX}order#")
        return {record.key.id: record for record in map(from_item, items)}

    def cursor(self, name: str) -> OrderCursor | None:
        return self.stage.container.bridge.cursors.load(ConnectionId(name), "orders")

    def status(self, name: str) -> str:
        found = self.stage.container.bridge.connections.get(ConnectionId(name))
        return found.status if found else "deleted"

    def waits(self, name: str, order_id: str) -> bool:
        """A message about it is on its way."""
        bodies = [each.body for each in self.stage.queues.waiting.values()]
        return any(f'"{order_id}"' in body and f'"connection":"{name}"' in body for body in bodies)
