"""Connections between emulated platforms and a bridge in one process, with containers that come and go."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from inspect import signature
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx
from botocore import UNSIGNED

from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.pair import Pair
from sandbox.pairs.sides.protocols import OfficeSide, ShopSide
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.quick.cloud import KEYS, described_tables, names
from sandbox.quick.functions import Context, http_event, load, step_of
from sandbox.quick.parameters import Parameters
from sandbox.quick.queues import Message, Queues, event_of
from sandbox.quick.tables import Tables
from sandbox.quick.weather import Internet, Killed, Weather
from shopbridge.errors import RetryLater
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId
from shopbridge.store.aws import Aws
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, read_environment
from shopbridge.wiring import Container

BRIDGE = "https://bridge.example"
SKEW = timedelta(minutes=10)
"""How far a container's clock may be off."""
LIVES = 40
"""Invocations of a container at most, before the next one is cold."""
TICK = timedelta(minutes=5)
CALLED = 3
"""How often Lambda calls a function that nobody waits for, until it comes to an end (Lambda developer guide)."""
BETWEEN = timedelta(minutes=15)
"""Between two looks of an operator: an odd number of ticks, as every second one is not for every connection."""
NO_PARTS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Linked:
    """One connection: its two platforms, and by which hosts they are reached."""

    id: ConnectionId
    pair: Pair
    shop: ShopSide
    office: OfficeSide
    shop_of: str = ""
    office_of: str = ""

    @property
    def hosts(self) -> tuple[str, str]:
        """Of the shop and of the back office; one that is another connection's, too, is reached by its host."""
        return f"shop.{self.shop_of or self.id}.example", f"office.{self.office_of or self.id}.example"


@dataclass
class Scenery:
    """The bridge with its connections; time passes only when told to."""

    environment: Environment
    seed: int | str
    clock: ManualClock = field(default_factory=ManualClock)
    every: timedelta = TICK
    lines: Counter[str] = field(default_factory=Counter)
    links: dict[ConnectionId, Linked] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    made_weather: Callable[[Random], Weather] = Weather

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} scenery")
        self.weather = self.made_weather(Random(f"{self.seed} weather"))
        self.queues = Queues(self.clock, Random(f"{self.seed} queues"))
        self.tables = Tables(described_tables(), self.clock, Random(f"{self.seed} tables"))
        self.aws = self._aws()
        self.internet = Internet({}, self.weather)
        queues = self.environment
        self._readers = {
            queues.poll_queue_url: "order_poll",
            queues.stock_queue_url: "stock_push",
            queues.product_queue_url: "product_sync",
        }
        self.skew = timedelta(0)
        self._next_tick = self.clock()
        self._left = 0
        self._apps: dict[str, Any] = {}
        self.container = self.new_container()

    # --- containers -----------------------------------------------------------------------------------

    def new_container(self) -> Container:
        """A cold start: nothing remembered, and a clock that is off by up to ``skew``."""
        off = self.skew * self.random.uniform(-1, 1)
        store = Store(
            self.environment,
            clock=lambda: self.clock() + off,
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            write_line=self._line,
            aws=self.aws,
        )
        self._left = self.random.randint(1, LIVES)
        self.container = Container(store, transport=self.internet)
        return self.container

    def use(self, container: Container) -> None:
        """Go on in this one, which lives as long as any does."""
        self.container, self._left = container, LIVES

    def _aws(self) -> Aws:
        """Clients that all containers share: making one costs as much as twenty calls."""
        aws = Aws()
        answers = {aws.dynamodb: self.tables.answer, aws.sqs: self.queues.answer, aws.ssm: Parameters().answer}
        for client, answer in answers.items():
            plain(client)
            self.weather.over_aws(client, answer)
        return aws

    def _line(self, line: str) -> None:
        """Take a line of the log. Raises OSError when the weather will not have it written."""
        told = json.loads(line)
        self.lines[told["event"]] += 1
        if told["event"] == "bug":
            self.crashes.append(line)
        self.weather.over_log()

    def invoke(self, step: str, event: Any) -> Any:
        """Call a function's handler in the present container. Raises Killed."""
        if self._left <= 0:
            self.new_container()
        self._left -= 1
        if step not in self._apps:
            self._apps[step] = load(step, self.environment)
        self._apps[step].container = self.container
        try:
            return self._apps[step].handler(event, Context())
        except Killed:
            self.new_container()
            raise

    # --- connections ----------------------------------------------------------------------------------

    def link(
        self, name: str, chosen: str | Pair, *, shop_of: Linked | None = None, office_of: Linked | None = None
    ) -> Linked:
        """A merchant's shop and back office are to be connected, in calm weather; either may be another one's, too."""
        pair = PAIRS[chosen] if isinstance(chosen, str) else chosen
        made = Linked(
            ConnectionId(name),
            pair,
            shop_of.shop if shop_of else self._shop(pair),
            office_of.office if office_of else pair.office(self.clock, pair.market.currency),
            shop_of.id if shop_of else "",
            office_of.id if office_of else "",
        )
        shop, office = made.hosts
        routes = {shop: in_process(made.shop.app), office: in_process(made.office.app)}
        self.internet.platforms = {**self.internet.platforms, **routes}
        made.shop.open_at(f"https://{shop}")
        self.links[made.id] = made
        return made

    def connect(self, link: Linked, parts: Mapping[str, Any] = NO_PARTS) -> None:
        """Create the connection as an operator does, with these parts of its settings, and install the shop's app.

        Others at its shop or its back office are named: their numbers and SKUs never meet.
        """
        secrets = {"shop": link.shop.secrets(), "office": link.office.secrets()}
        others = [other for other in self.links if other != link.id]
        made = self.ask("create", settings={**settings_of(link), **parts}, secrets=secrets, start=True, beside=others)
        self.agree(link, made)
        link.shop.install(BRIDGE, made["hooks"])

    def agree(self, link: Linked, told: Mapping[str, Any]) -> None:
        """Agree to what products overwrite, where that was told. Raises RuntimeError with the problems."""
        if "consent" in told:
            self.ask("consent", connection=link.id, consent=told["consent"])

    def ask(self, operation: str, **fields: Any) -> Any:
        """What an operator asks for. Raises RuntimeError with the problems."""
        answer = operate(self.container.bridge, {"operation": operation, **fields})
        if not answer["ok"]:
            raise RuntimeError(f"{operation}: {answer['problems']}")
        return answer["result"]

    def _shop(self, pair: Pair) -> ShopSide:
        make: Callable[..., ShopSide] = pair.shop
        if "client" in signature(pair.shop).parameters:  # it calls us, through a client that is given to it
            make = partial(make, client=httpx.Client(transport=httpx.MockTransport(self._from_shop)))
        return make(self.clock, pair.market.currency)

    def _from_shop(self, request: httpx.Request) -> httpx.Response:
        """The HTTP API in front of the intake; an intake that dies is a 502, as with Lambda."""
        try:
            answer = self.invoke(step_of(event := http_event(request)), event)
        except Killed:
            return httpx.Response(502)
        return httpx.Response(answer["statusCode"], headers=answer.get("headers"), text=answer.get("body", ""))

    # --- what Lambda does -----------------------------------------------------------------------------

    def step(self) -> bool:
        """Deliver one message, or let time pass until something is due; False when nothing is left."""
        self.tick()
        self.queues.bury()
        message = self.queues.receive()
        if message is None:
            return self._wait()
        self._deliver(message)
        return True

    def tick_after(self, span: timedelta) -> None:
        """The schedule's next tick comes when so much time has passed."""
        self._next_tick = self.clock() + span

    def tick(self) -> None:
        """The schedule calls the dispatch as often as ``every`` passed, and again when that fails."""
        if self.clock() < self._next_tick:
            return
        self._next_tick = self.clock() + self.every
        for every in (5, 10):
            for _ in range(CALLED):
                with suppress(Killed, RetryLater):
                    self.invoke("dispatch", {"every": every})
                    break

    def _wait(self) -> bool:
        due = self.queues.next_due()
        if due is None:
            return False
        self.clock.moment = max(self.clock(), min(due, self._next_tick))
        return True

    def _deliver(self, message: Message) -> None:
        try:
            answer = self.invoke(self._readers.get(message.queue, "order_import"), event_of(message))
        except Killed:
            return  # it comes back when its visibility ends
        if not answer["batchItemFailures"]:
            self.queues.delete(message)

    def settle(self, most: int = 200_000) -> None:
        """Work until only the schedule is left. Raises RuntimeError when that never happens."""
        for _ in range(most):
            orders = [one for one in self.queues.waiting.values() if one.queue != self.environment.poll_queue_url]
            if not self.queues.waiting or (not orders and self.clock() < self._next_tick and not self._due()):
                return
            self.step()
        raise RuntimeError(f"The queues never ran empty: {len(self.queues.waiting)} messages wait")

    def let_pass(self, span: timedelta) -> None:
        """Time passes, the schedule's tick comes, and what is due is worked off."""
        self.clock.moment += span
        self.tick_after(timedelta(0))
        self.tick()
        self.settle()

    def _due(self) -> bool:
        due = self.queues.next_due()
        return due is not None and due <= self.clock()


@contextmanager
def scenery(
    seed: int | str, weather: Callable[[Random], Weather] = Weather, variables: Mapping[str, str] = NO_PARTS
) -> Iterator[Scenery]:
    """An empty stack in this process while the ``with`` block runs; its functions are told these ``variables``, too.

    The SDK's pauses cost no time, and one call follows the other: two threads would meet the weather in any order.
    """
    no_pause = patch("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    with patch.dict(os.environ, KEYS), no_pause, patch("shopbridge.store.ledger.directory.THREADS", 1):
        stage = Scenery(read_environment({**names(), **variables}), seed, made_weather=weather)
        # How busy this machine is must not decide how much an invocation has time for.
        own_time = SimpleNamespace(monotonic=lambda: stage.clock().timestamp())
        with patch("shopbridge.store.environment.time", own_time):
            yield stage


def plain(client: Any) -> None:
    """Leave out what costs half of a call and nobody looks at: the signature, and the SDK's words about itself."""
    events, words = client.meta.events, client._user_agent_creator
    events.register("choose-signer", lambda **_: UNSIGNED)
    service = client.meta.service_model.service_id.hyphenize()
    events.unregister(f"request-created.{service}", words.rebuild_and_replace_user_agent_handler)
    client._user_agent_creator = SimpleNamespace(to_string=lambda: "quick")


def settings_of(link: Linked) -> dict[str, Any]:
    """The connection's settings: every map but the payment that an operator forgets."""
    maps = {name: {"entries": dict(entries)} for name, entries in link.pair.maps.items()}
    shop, office = link.hosts
    return {
        "id": link.id,
        "name": link.id,
        "shop": _side(link.shop.platform, shop, link.shop.settings()),
        "office": _side(link.office.platform, office, link.office.settings()),
        "orders": {"maps": maps, "write_back": dict(link.pair.write_back)},
    }


def _side(platform: str, host: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"platform": platform, "settings": {"url": f"https://{host}", **settings}}
