"""An embedded AWS per test module: its tables are those of template.yaml, and tests are kept apart by connection."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from sandbox.quick.checked_tables import checked_tables
from shopbridge.model.base import ConnectionId
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, read_environment
from shopbridge.store.limits.limiter import SharedLimiter
from shopbridge.store.limits.line import DynamoLines
from shopbridge.store.limits.turns import DynamoTurns
from tests.integration.aws.clients import copied_clients, new_aws
from tests.integration.aws.dynalite import embedded_aws
from tests.integration.aws.quick_queues import quick_queues, quick_sending

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
STORE = Path(__file__).parent / "store"
REGION = "eu-central-1"
TABLES = {"ConnectionsTable": "connections", "StateTable": "state"}
QUEUES = ("orders", "polls", "backfill", "stock", "products")
CREATE = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
_numbers = count(1)


class TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short functions as None: nothing here needs them."""


TemplateLoader.add_multi_constructor("!", lambda _loader, _tag, _node: None)


class ManualClock:
    """Time that passes only when told to; sleeping is telling."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)


class Calls:
    """Counts the AWS calls of a store by operation."""

    def __init__(self, store: Store) -> None:
        self.by_operation: Counter[str] = Counter()
        for client in (store.aws.dynamodb, store.aws.sqs, store.aws.ssm):
            client.meta.events.register("before-call", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.by_operation[model.name] += 1

    def taken(self) -> dict[str, int]:
        """The calls since the last look."""
        counted = dict(self.by_operation)
        self.by_operation.clear()
        return counted


@pytest.fixture(scope="module")
def environment(request: pytest.FixtureRequest) -> Iterator[Environment]:
    """Tables and queues, empty; the store's own tests (the folder ``store``) speak to moto or dynalite themselves."""
    with pytest.MonkeyPatch.context() as patch, embedded_aws(), quick_queues():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        _create_tables()
        variables = _variables()
        with nullcontext() if STORE in request.path.parents else _quick(), copied_clients():
            yield read_environment(variables)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def new_store(environment: Environment, clock: ManualClock) -> Callable[[], Store]:
    """Each call is a container of its own: nothing remembered, the same tables and the same time."""
    return lambda: Store(environment, clock=clock, sleep=clock.sleep, aws=new_aws())


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    return new_store()


@pytest.fixture
def calls(store: Store) -> Calls:
    return Calls(store)


@pytest.fixture
def connection_id() -> ConnectionId:
    return ConnectionId(f"shop-{next(_numbers)}")


@contextmanager
def _quick() -> Iterator[None]:
    with checked_tables(_described()), quick_sending():
        yield


@cache
def _resources() -> Any:
    return yaml.load(TEMPLATE.read_text(), TemplateLoader)["Resources"]  # noqa: S506 - a SafeLoader


def _described() -> dict[str, dict[str, Any]]:
    """Properties of the tables in template.yaml, by their names here."""
    return {name: _resources()[logical]["Properties"] for logical, name in TABLES.items()}


def _create_tables() -> None:
    client = boto3.client("dynamodb")
    for name, properties in _described().items():
        client.create_table(TableName=name, **{part: properties[part] for part in CREATE})


def _variables() -> dict[str, str]:
    client = boto3.client("sqs")
    urls = {name: client.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    return {
        "SHOPBRIDGE_CONNECTIONS_TABLE": TABLES["ConnectionsTable"],
        "SHOPBRIDGE_STATE_TABLE": TABLES["StateTable"],
        "SHOPBRIDGE_ORDER_QUEUE_URL": urls["orders"],
        "SHOPBRIDGE_POLL_QUEUE_URL": urls["polls"],
        "SHOPBRIDGE_BACKFILL_QUEUE_URL": urls["backfill"],
        "SHOPBRIDGE_STOCK_QUEUE_URL": urls["stock"],
        "SHOPBRIDGE_PRODUCT_QUEUE_URL": urls["products"],
        "SHOPBRIDGE_PARAMETER_PREFIX": "/shopbridge/test",
        "SHOPBRIDGE_SERVICE": "order_import",
    }


@pytest.fixture
def new_world(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Sets up shop, back office and connection, see ``stage.set_up``; no log line of theirs may tell who bought.

    Calls are counted by the limiter only with ``limits=True``: in moto its writes are a fifth of an order's time.
    """
    from tests.integration import stage

    worlds: list[Any] = []

    def make(*, limits: bool = False, **options: Any) -> Any:
        if not limits:
            monkeypatch.setattr(SharedLimiter, "take", lambda *_: None)
            monkeypatch.setattr(DynamoTurns, "book", lambda turns, _, orders, **__: [turns.clock()] * orders)
            monkeypatch.setattr(DynamoTurns, "begin", lambda turns, its, **_: nullcontext(turns.connections.get(its)))
            monkeypatch.setattr(DynamoLines, "next_turn", lambda lines, _: lines.clock())
        worlds.append(stage.set_up(environment, ConnectionId(f"shop-{next(_numbers)}"), **options))
        return worlds[-1]

    stage.empty_queues()
    yield make
    for world in worlds:
        stage.check_log(world)
