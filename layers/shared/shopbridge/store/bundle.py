"""All stores of one container, made from the environment."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.ports import Clock
from shopbridge.store.activity import JsonActivity, to_stdout
from shopbridge.store.aws import Aws
from shopbridge.store.connections import DynamoConnections
from shopbridge.store.credentials import SideSecrets, SsmCredentials
from shopbridge.store.directory import DynamoDirectory
from shopbridge.store.environment import Environment, read_environment
from shopbridge.store.erasure import DynamoErasure, DynamoRemains
from shopbridge.store.former_names import DynamoFormerNames
from shopbridge.store.health import DynamoHealth
from shopbridge.store.leases import DynamoLeases, Sightings
from shopbridge.store.ledger import DynamoLedger
from shopbridge.store.limiter import SharedLimiter
from shopbridge.store.queues import SqsOrderQueue, SqsPollQueue, SqsRunQueue
from shopbridge.store.runs import DynamoCursors, DynamoRuns
from shopbridge.store.snapshots import DynamoSnapshots
from shopbridge.store.table import Table
from shopbridge.store.tokens import OwnTokens, SharedTokens


def system_clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Store:
    """What the flows need of AWS. Keep one per container: it remembers credentials, tokens and reserved calls.

    No client is made before something is asked of it.
    """

    environment: Environment
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    write_line: Callable[[str], None] = to_stdout
    aws: Aws = field(default_factory=Aws)
    _limiters: dict[tuple[ConnectionId, Side], SharedLimiter] = field(default_factory=dict, repr=False)
    _tokens: dict[tuple[ConnectionId, Side], SharedTokens] = field(default_factory=dict, repr=False)

    @cached_property
    def connections(self) -> DynamoConnections:
        """Connections with their settings."""
        return DynamoConnections(self._connections)

    @cached_property
    def credentials(self) -> SsmCredentials:
        """Their secrets."""
        return SsmCredentials(self.aws, self.environment.parameter_prefix, self.clock)

    @cached_property
    def cursors(self) -> DynamoCursors:
        """How far shops were read."""
        return DynamoCursors(self._state)

    @cached_property
    def ledger(self) -> DynamoLedger:
        """What became of every order, customer and product."""
        return DynamoLedger(self._state, self.clock, self._sightings)

    @cached_property
    def health(self) -> DynamoHealth:
        """How connections do."""
        return DynamoHealth(self._state, self.clock)

    @cached_property
    def directory(self) -> DynamoDirectory:
        """Ids of the back office."""
        return DynamoDirectory(self._state)

    @cached_property
    def former_names(self) -> DynamoFormerNames:
        """Customers by the names of before."""
        return DynamoFormerNames(self._state)

    @cached_property
    def erasure(self) -> DynamoErasure:
        """Records of one buyer."""
        return DynamoErasure(self._state, self.clock)

    @cached_property
    def orders(self) -> SqsOrderQueue:
        """To the import."""
        return SqsOrderQueue(
            self.aws, self.environment.order_queue_url, self.environment.backfill_queue_url, self.clock
        )

    @cached_property
    def polls(self) -> SqsPollQueue:
        """To the poll."""
        return SqsPollQueue(self.aws, self.environment.poll_queue_url)

    @cached_property
    def work(self) -> SqsRunQueue:
        """To the steps of stock and products, and runs of orders to the poll."""
        queues = self.environment
        return SqsRunQueue(self.aws, queues.stock_queue_url, queues.product_queue_url, queues.poll_queue_url)

    @cached_property
    def snapshots(self) -> DynamoSnapshots:
        """What was pushed last."""
        return DynamoSnapshots(self._state)

    @cached_property
    def runs(self) -> DynamoRuns:
        """Runs with their progress."""
        return DynamoRuns(self._state, self._sightings)

    @cached_property
    def leases(self) -> DynamoLeases:
        """One worker at a time."""
        return DynamoLeases(self._state, self.clock, self._sightings)

    @cached_property
    def remains(self) -> DynamoRemains:
        """All that is kept under a connection's id."""
        return DynamoRemains(self._state, self._connections)

    @cached_property
    def activity(self) -> JsonActivity:
        """The operator's log."""
        return JsonActivity(self.environment.service, self.clock, self.write_line)

    def limiter(self, connection: ConnectionId, side: Side) -> SharedLimiter:
        """The limits of one side; always the same object, since it holds reserved calls."""
        if (connection, side) not in self._limiters:
            limiter = SharedLimiter(self._state, connection, side, self.clock, self.sleep)
            self._limiters[connection, side] = limiter
        return self._limiters[connection, side]

    def tokens(self, connection: ConnectionId, side: Side) -> SharedTokens:
        """The access tokens of one side; always the same object, since it remembers them."""
        if (connection, side) not in self._tokens:
            self._tokens[connection, side] = SharedTokens(self._state, connection, side, self.trial_tokens())
        return self._tokens[connection, side]

    def trial_tokens(self) -> OwnTokens:
        """Tokens of secrets that are not stored yet; shared with nobody."""
        return OwnTokens(self.clock)

    def secrets(self, connection: ConnectionId, side: Side) -> SideSecrets:
        """The secrets of one side, for a connector's auth."""
        return SideSecrets(self.credentials, connection, side)

    @cached_property
    def _sightings(self) -> Sightings:
        return Sightings(self.clock)

    @cached_property
    def _connections(self) -> Table:
        return Table(self.aws, self.environment.connections_table, self.sleep)

    @cached_property
    def _state(self) -> Table:
        return Table(self.aws, self.environment.state_table, self.sleep)


def open_store(variables: Mapping[str, str] = os.environ) -> Store:
    """The stores of this container. Raises NeedsAttention when the environment is incomplete."""
    return Store(read_environment(variables))
