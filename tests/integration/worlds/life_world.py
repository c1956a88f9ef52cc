"""Two connections of a bridge with its real stores and flows, between shops and back offices in memory."""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from random import Random
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError

from chaos.crashes.race import At, Race
from sandbox.quick.cloud import KEYS, names
from sandbox.quick.parameters import Parameters
from sandbox.quick.queues import VISIBILITY, Message, event_of
from sandbox.quick.scenery import Scenery
from sandbox.quick.tables import Refused
from sandbox.quick.weather import Answer, Killed, Weather
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import OrderNotice, PollRequest
from shopbridge.model.run import OrderCursor
from shopbridge.store.aws import Aws
from shopbridge.store.environment import read_environment
from shopbridge.store.ledger.items import PREFIX, from_item
from shopbridge.wiring import Container
from tests.integration.worlds.life_platforms import MemoryOffice, MemoryPlatforms, MemoryShop

NAMES = ("one", "two")
KNOWN, MORE = "Invoice", "PayPal"
"""Payment methods: in the map from the start, and once an operator has added it."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a delivery, besides what is meant to.

    Attributes:
        fault: Of the next creation: see ``MemoryOffice.create``.
        dies: The container dies at this moment (``before`` or ``after``) of the first call whose name holds this word.
        race: A copy is delivered at once; one worker waits before its first call with the first word, until the other
            comes to its first call with the second.
    """

    fault: str = ""
    dies: tuple[str, str] | None = None
    race: tuple[str, str] | None = None


CALM = Fate()


@dataclass
class Doom(Weather):
    """Calm weather, but for the fate of one delivery."""

    moment: str = ""
    at: At | None = None
    here: bool = False
    race: Race | None = None

    def expect(self, fate: Fate) -> None:
        self.moment, word = fate.dies or ("", "")
        self.at, self.here = At(word) if word else None, False
        slow, quick = fate.race or ("", "")
        self.race = Race(At(slow), At(quick)) if fate.race else None

    def fault(self, kinds: tuple[str, ...], where: str) -> str:
        del kinds
        if self.race:
            self.race.before(where)
        self.here = self.at is not None and self.at(where)
        self._strike("before", where)
        return ""

    def after(self, where: str) -> None:
        self._strike("after", where)

    def _strike(self, moment: str, where: str) -> None:
        if self.here and moment == self.moment:
            self.here = False
            raise Killed(where)

    def through(self, where: str, work: Callable[[], Any]) -> Any:
        """An outside call that is none of AWS's."""
        self.fault((), where)
        done = work()
        self.after(where)
        return done


@contextmanager
def no_cloud() -> Iterator[None]:
    """What AWS's clients need while they reach nobody."""
    with patch.dict(os.environ, KEYS):
        yield


@cache
def clients() -> Aws:
    """The same for all worlds: making them costs as much as a life."""
    return Aws()


def _base64(value: bytes) -> str:
    """Bytes as the SDK writes them."""
    return b64encode(value).decode()


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
            service = client.meta.service_model.service_name
            vars(client)["_make_api_call"] = partial(self._answered, service, answer)
        return aws

    def _answered(self, service: str, answer: Answer, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """A call of the SDK's, past its own machinery: that costs three times what all else in a life does."""
        where = f"{service} {operation}"
        self.weather.fault((), where)
        try:
            return answer(operation, json.dumps(asked, default=_base64), True)
        except Refused as error:
            told: Any = {"Error": {"Code": error.code, "Message": error.code}, **error.told}
            raise ClientError(told, operation) from error
        finally:
            self.weather.after(where)

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
        self.hands = self.stage.new_container(), self.stage.new_container()
        self.stage.new_container()
        self.maps: dict[str, tuple[str, ...]] = dict.fromkeys(NAMES, (KNOWN,))
        self.shops: dict[str, str] = {}
        self.houses: dict[str, list[tuple[datetime, str]]] = {name: [] for name in NAMES}
        for name in NAMES:
            self.open_shop(name, name)
            self.stage.offices[f"office-{name}"] = MemoryOffice(f"office {name}", self.clock, searchable)
        for name in NAMES:
            assert self.create(name), "the connection is not made"

    def open_shop(self, name: str, called: str) -> None:
        """The shop that a connection of this name links from now on."""
        self.shops[name] = f"shop-{called}"
        self.stage.shops[self.shops[name]] = MemoryShop(called, self.clock)
        self.houses[name].append((self.clock(), called))

    def move_house(self, name: str) -> None:
        """The merchant has another shop from now on."""
        self.open_shop(name, f"{name}{len(self.houses[name])}")

    def linked(self, name: str, moment: datetime) -> str:
        """The shop of the connection at that moment."""
        return next(called for since, called in reversed(self.houses[name]) if since <= moment)

    def shop(self, name: str) -> MemoryShop:
        return self.stage.shops[self.shops[name]]

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
            "shop": {"platform": "shopware", "settings": {"url": self.shops[name]}},
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

    def deliver(self, message: Message, fate: Fate = CALM) -> None:
        """One delivery of one message, or two at once; what the container's death leaves comes back."""
        self._expect(fate)
        if self.stage.doom.race is None:
            self._deliver(message)
        else:
            self._put(message.queue, message.body)
            copy = list(self.stage.queues.waiting.values())[-1]
            slow, quick = self.hands
            self.stage.doom.race.run(partial(self._deliver_by, slow, message), partial(self._deliver_by, quick, copy))
        self._expect(CALM)

    def _expect(self, fate: Fate) -> None:
        self.stage.doom.expect(fate)
        for office in self.stage.offices.values():
            office.fault = fate.fault

    def _deliver_by(self, hand: Container, message: Message) -> None:
        self.stage.container = hand
        self._deliver(message)

    def _deliver(self, message: Message) -> None:
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
        return bool(self.about(name, order_id))

    def about(self, name: str, order_id: str) -> list[Message]:
        """The messages about an order, whenever they are due."""
        marks = (f'"connection":"{name}"', f'"{order_id}"')
        return [each for each in self.stage.queues.waiting.values() if all(mark in each.body for mark in marks)]
