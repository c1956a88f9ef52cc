"""The real handlers at work in this process, fed with messages as Lambda feeds them."""

import importlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from unittest.mock import patch

from botocore.config import Config

from benchmarks.orders.aws_server import AwsServer
from benchmarks.orders.meter import Spent, metered
from benchmarks.orders.platforms import Platforms
from sandbox.quick.cloud import KEYS, names
from sandbox.quick.functions import Context
from sandbox.quick.queues import Message, event_of
from shopbridge.flows.operations.dispatch import operate
from shopbridge.flows.reception import Reception
from shopbridge.intake import IntakeContainer, gate_of
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest
from shopbridge.store import aws as aws_clients
from shopbridge.store.activity import JsonActivity
from shopbridge.store.aws import Aws
from shopbridge.store.bundle import Store
from shopbridge.store.environment import read_environment
from shopbridge.wiring import Container

CONNECTION = ConnectionId("bench")
BATCH = 1
"""Messages of a batch at most (template.yaml, ``BatchSize``)."""
READERS = {"poll": "order_poll", "order": "order_import", "backfill": "order_import"}
REFUSED = 400
ENDPOINTS = ("DYNAMODB", "SQS", "SSM")
BETWEEN_POLLS = 300.0
MANY = 1000
PATIENT = aws_clients.CONFIG.merge(Config(read_timeout=60))
"""Tables of ours that hold much answer slowly; whoever waits for them is not paid here."""


INTAKE = "webhook_intake"


class _App(Protocol):
    """A function's module; the intake's container has no bridge."""

    container: Any

    def handler(self, event: Any, context: Any) -> Any:
        """As Lambda calls it."""


@dataclass
class BridgeUnderTest:
    """One warm container of each function, its tables and queues, and the two platforms."""

    aws: AwsServer
    sides: Platforms
    _apps: dict[str, _App] = field(default_factory=dict)
    _spent: Spent = field(default_factory=Spent)

    def connect(self) -> Mapping[str, str]:
        """Create the connection, and let the first poll of an empty shop pass; returns the addresses of its hooks."""
        made = self._ask("create", settings=self.sides.settings, secrets=self.sides.secrets, start=True)
        self._work()
        hooks: Mapping[str, str] = made["hooks"]
        return hooks

    def poll(self, *, imports: bool = True) -> Spent:
        """One poll, five minutes after the last, and all imports that come of it, or none of them."""
        self.aws.clock.sleep(BETWEEN_POLLS)
        self.app("order_poll").container.bridge.polls.send([PollRequest(connection=CONNECTION)])
        with self._metered() as spent:
            self._work(imports=imports)
        return spent

    def tick(self, every: int) -> tuple[Spent, int]:
        """One tick of a schedule; how many connections are to be polled, which then are not."""
        self.app("dispatch")
        with self._metered() as spent:
            polls = self.run("dispatch", {"every": every})["polls"]
        while self.aws.receive(MANY):
            pass
        return spent, int(polls)

    def forget(self) -> None:
        """All containers end; the next call of a function starts a new one."""
        for step, app in self._apps.items():
            app.container = self._container(step)

    def take_calls(self, events: Sequence[Mapping[str, Any]]) -> Spent:
        """Take these calls of the shop, and all imports that come of them."""
        with self._metered() as spent:
            for event in events:
                if self.run(INTAKE, event)["statusCode"] >= REFUSED:
                    raise RuntimeError("A call of the shop was refused")
            self._work()
        return spent

    def run(self, step: str, event: Mapping[str, Any]) -> Any:
        """Call a function."""
        self._spent.invocations[step] += 1
        return self.app(step).handler(event, Context())

    def app(self, step: str) -> _App:
        """A function's module, its container warm."""
        if step not in self._apps:
            with patch.dict(os.environ, {"POWERTOOLS_SERVICE_NAME": step}):
                app: Any = importlib.import_module(f"functions.{step}.app")
                app.container = self._container(step)
            self._apps[step] = app
        return self._apps[step]

    def _container(self, step: str) -> Container | IntakeContainer:
        environment, clock = read_environment(os.environ), self.aws.clock
        if step != INTAKE:
            return Container(Store(environment, clock, clock.sleep, self._log))
        aws = Aws()
        gate = replace(gate_of(environment, aws, clock), activity=JsonActivity(environment.service, clock, self._log))
        return IntakeContainer(aws, Reception(gate, clock.sleep))

    def _log(self, line: str) -> None:
        self._spent.log_bytes += len(line.encode()) + 1

    @contextmanager
    def _metered(self) -> Iterator[Spent]:
        with metered(self.aws) as self._spent:
            yield self._spent

    def _work(self, *, imports: bool = True) -> None:
        """Deliver what waits in the queues until nothing does; without ``imports`` orders are thrown away."""
        while messages := self.aws.receive(BATCH):
            queue = messages[0].queue.rpartition("/")[2]
            if imports or queue == "poll":
                self._deliver(queue, messages)

    def _deliver(self, queue: str, messages: Sequence[Message]) -> None:
        for message in messages:
            message.receives += 1
        event = {"Records": [each for message in messages for each in event_of(message)["Records"]]}
        if self.run(READERS[queue], event)["batchItemFailures"]:
            raise RuntimeError(f"The {queue} did not get through: {messages}")

    def _ask(self, operation: str, **fields: Any) -> Any:
        answer = operate(self.app("operations").container.bridge, {"operation": operation, **fields})
        if not answer["ok"]:
            raise RuntimeError(f"{operation}: {answer['problems']}")
        return answer["result"]


@contextmanager
def bridge(aws: AwsServer, sides: Platforms, public_url: str) -> Iterator[BridgeUnderTest]:
    """The functions of a stack that has no connection yet."""
    endpoints = {f"AWS_ENDPOINT_URL_{name}": aws.url for name in ENDPOINTS}
    settings = {**KEYS, **names(), **endpoints, "SHOPBRIDGE_PUBLIC_URL": public_url}
    with patch.dict(os.environ, settings), patch.object(aws_clients, "CONFIG", PATIENT):
        yield BridgeUnderTest(aws, sides)
