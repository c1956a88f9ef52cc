"""All stores of one container, made from the environment."""

import os
import time
from collections.abc import Callable, Mapping

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.ports import Clock
from shopbridge.store.activity import JsonActivity, Metrics, system_clock, to_stdout
from shopbridge.store.aws import Aws
from shopbridge.store.connections.credentials import SideSecrets, SsmCredentials
from shopbridge.store.connections.health import DynamoHealth
from shopbridge.store.connections.settings import DynamoConnections
from shopbridge.store.connections.tokens import OwnTokens, SharedTokens
from shopbridge.store.cursors import DynamoCursors
from shopbridge.store.environment import Environment, read_environment
from shopbridge.store.leases import DynamoLeases, Sightings
from shopbridge.store.ledger.directory import DynamoDirectory
from shopbridge.store.ledger.effects import DynamoLedger
from shopbridge.store.ledger.erasure import DynamoErasure, DynamoRemains
from shopbridge.store.ledger.former_names import DynamoFormerNames
from shopbridge.store.limits.buckets import DynamoLimits
from shopbridge.store.limits.limiter import SharedLimiter
from shopbridge.store.limits.line import DynamoLines
from shopbridge.store.limits.turns import DynamoTurns
from shopbridge.store.mail import SesMail
from shopbridge.store.messages.hooks import SqsHookQueue
from shopbridge.store.messages.queues import SqsOrderQueue, SqsPollQueue, SqsRunQueue
from shopbridge.store.notices import SnsNotices
from shopbridge.store.runs import DynamoRuns
from shopbridge.store.sights import DynamoSights
from shopbridge.store.snapshots import DynamoSnapshots
from shopbridge.store.stack import AwsStack
from shopbridge.store.table import Table


class Store:
    """What the flows need of AWS. Keep one per container: it remembers credentials, tokens and reserved calls.

    No client is made before something is asked of it.

    Attributes:
        connections, credentials: Connections with their settings, and their secrets.
        cursors, runs: How far shops were read, and runs with their progress.
        ledger, erasure: What became of every order, customer and product; the records of one buyer.
        health: How connections do.
        directory, former_names: Ids of the back office; customers by the names of before.
        sights: What several of them have, at once.
        orders, polls, work: Queues: to the import; to the poll; to the steps of stock and products, and runs of orders
            to the poll.
        hooks: What webhooks tell, to the first two.
        snapshots: What was pushed last.
        leases: One worker at a time.
        notices: What people are told.
        mail: Letters to buyers.
        remains: All that is kept under a connection's id.
        stack: The deployment as AWS tells of it.
        limits: How far ahead the platforms' limits are given out.
        turns: Orders that wait for them.
        activity: The operator's log.
    """

    def __init__(
        self,
        environment: Environment,
        clock: Clock = system_clock,
        sleep: Callable[[float], None] = time.sleep,
        write_line: Callable[[str], None] = to_stdout,
        aws: Aws | None = None,
    ) -> None:
        self.environment, self.clock, self.sleep, self.aws = environment, clock, sleep, aws or Aws()
        state = self._state = Table(self.aws, environment.state_table, sleep)
        connections, seen = Table(self.aws, environment.connections_table, sleep), Sightings(clock)
        self.connections = DynamoConnections(connections)
        self.credentials = SsmCredentials(self.aws, environment.parameter_prefix, clock)
        self.cursors, self.runs = DynamoCursors(state), DynamoRuns(state, seen)
        self.ledger, self.erasure = DynamoLedger(state, clock, seen), DynamoErasure(state, clock)
        self.health = DynamoHealth(state, clock)
        self.directory, self.former_names = DynamoDirectory(state), DynamoFormerNames(state)
        self.sights = DynamoSights(state, self.connections)
        self.orders = SqsOrderQueue(self.aws, environment.order_queue_url, environment.backfill_queue_url, clock)
        self.polls = SqsPollQueue(self.aws, environment.poll_queue_url)
        lines = DynamoLines(state, clock)
        self.hooks = SqsHookQueue(self.aws, environment.order_queue_url, environment.poll_queue_url, lines)
        self.work = SqsRunQueue(
            self.aws, environment.stock_queue_url, environment.product_queue_url, environment.poll_queue_url
        )
        self.snapshots = DynamoSnapshots(state)
        self.leases = DynamoLeases(state, clock, seen)
        self.notices = SnsNotices(self.aws, state, environment.notice_topic, clock)
        self.mail = SesMail(environment.mail_identity, environment.mail_region)
        self.remains = DynamoRemains(state, connections)
        self.limits, self.turns = (
            DynamoLimits(state, clock),
            DynamoTurns(state, clock, self.limiter, self.tokens, lines, self.connections),
        )
        self.stack = AwsStack(self.aws, environment, clock)
        self.activity = JsonActivity(
            environment.service,
            clock,
            write_line,
            Metrics(environment.metric_namespace, environment.metric_connections),
        )
        self._limiters: dict[tuple[ConnectionId, Side], SharedLimiter] = {}
        self._tokens: dict[tuple[ConnectionId, Side], SharedTokens] = {}

    def limiter(self, connection: ConnectionId, side: Side) -> SharedLimiter:
        """Return the limits of one side; always the same object, since it holds reserved calls."""
        if (connection, side) not in self._limiters:
            limiter = SharedLimiter(self._state, connection, side, self.clock, self.sleep, self.turns.patience)
            self._limiters[connection, side] = limiter
        return self._limiters[connection, side]

    def tokens(self, connection: ConnectionId, side: Side) -> SharedTokens:
        """Return the access tokens of one side; always the same object, since it remembers them."""
        if (connection, side) not in self._tokens:
            self._tokens[connection, side] = SharedTokens(self._state, connection, side, self.trial_tokens())
        return self._tokens[connection, side]

    def trial_tokens(self) -> OwnTokens:
        """Return tokens of secrets that are not stored yet; shared with nobody."""
        return OwnTokens(self.clock)

    def secrets(self, connection: ConnectionId, side: Side) -> SideSecrets:
        """Return the secrets of one side, for a connector's auth."""
        return SideSecrets(self.credentials, connection, side)


def open_store(variables: Mapping[str, str] = os.environ) -> Store:
    """Return the stores of this container. Raises NeedsAttention when the environment is incomplete."""
    return Store(read_environment(variables))
