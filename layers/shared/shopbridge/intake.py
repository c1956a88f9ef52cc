"""Puts the intake of webhooks together, which a shop waits for: without pydantic, httpx, connectors and other flows."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shopbridge import end_start
from shopbridge.connectors.registry import hinted_order, receiver_of
from shopbridge.flows.reception import Reception
from shopbridge.model.basics import OrderId
from shopbridge.model.webhook import Door
from shopbridge.store.activity import JsonActivity, quiet_libraries, system_clock
from shopbridge.store.aws import Aws
from shopbridge.store.connections.credentials import SsmCredentials
from shopbridge.store.environment import Environment, read_environment
from shopbridge.store.limits.line import DynamoLines
from shopbridge.store.messages.hooks import DynamoDoors, SqsHookQueue
from shopbridge.store.table import Table

if TYPE_CHECKING:
    from shopbridge.model.connection import Side
    from shopbridge.ports import Clock, WebhookReceiver


@dataclass(frozen=True)
class PlatformReceivers:
    """Implements the port ``Receivers``."""

    def webhook(self, connection: Door, side: "Side") -> "WebhookReceiver | None":
        """Read a side's webhook calls."""
        return receiver_of(connection.platform(side))

    def hinted(self, connection: Door, raw: bytes) -> OrderId | None:
        """Return the order that an unsigned call of the shop says it is about."""
        return hinted_order(connection.platform("shop"), raw)


@dataclass(frozen=True)
class IntakeGate:
    """Implements the port ``Gate``."""

    connections: DynamoDoors
    credentials: SsmCredentials
    hooks: SqsHookQueue
    activity: JsonActivity
    clock: "Clock"
    platforms: PlatformReceivers = field(default_factory=PlatformReceivers)


@dataclass(frozen=True)
class IntakeContainer:
    """One warm intake: its clients, and who answers."""

    aws: Aws
    reception: Reception

    @contextmanager
    def invocation(self, _context: Any) -> Iterator[None]:
        """Hold for one call of the function, as a ``Container`` does; nothing here takes long."""
        yield


def gate_of(environment: Environment, aws: Aws, clock: "Clock" = system_clock) -> IntakeGate:
    """Return what webhooks are taken with; nothing is called."""
    lines = DynamoLines(Table(aws, environment.state_table), clock, keeps=False)
    return IntakeGate(
        connections=DynamoDoors(Table(aws, environment.connections_table), clock, lines),
        credentials=SsmCredentials(aws, environment.parameter_prefix, clock),
        hooks=SqsHookQueue(aws, environment.order_queue_url, environment.poll_queue_url, lines),
        activity=JsonActivity(environment.service, clock),
        clock=clock,
    )


def open_intake(variables: Mapping[str, str] = os.environ) -> IntakeContainer:
    """Return the container of this function. Raises NeedsAttention when its environment is incomplete."""
    quiet_libraries()
    aws = Aws()
    container = IntakeContainer(aws, Reception(gate_of(read_environment(variables), aws), time.sleep))
    end_start()
    return container
