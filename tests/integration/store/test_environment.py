"""The environment is checked at cold start; nothing is asked of AWS before it is needed."""

import pytest

from shopbridge.errors import NeedsAttention
from shopbridge.model.base import ConnectionId
from shopbridge.ports import (
    Activity,
    Clock,
    Connections,
    Credentials,
    Cursors,
    Directory,
    Leases,
    Ledger,
    Limiter,
    OrderQueue,
    PollQueue,
    RunQueue,
    Runs,
    Snapshots,
    TokenStore,
)
from shopbridge.store.activity import system_clock
from shopbridge.store.bundle import Store, open_store
from shopbridge.store.environment import read_environment

VARIABLES = {
    "SHOPBRIDGE_CONNECTIONS_TABLE": "connections",
    "SHOPBRIDGE_STATE_TABLE": "state",
    "SHOPBRIDGE_ORDER_QUEUE_URL": "https://sqs.example/orders",
    "SHOPBRIDGE_POLL_QUEUE_URL": "https://sqs.example/polls",
    "SHOPBRIDGE_BACKFILL_QUEUE_URL": "https://sqs.example/backfill",
    "SHOPBRIDGE_STOCK_QUEUE_URL": "https://sqs.example/stock",
    "SHOPBRIDGE_PRODUCT_QUEUE_URL": "https://sqs.example/products",
    "SHOPBRIDGE_PARAMETER_PREFIX": "/shopbridge/my-stack",
    "SHOPBRIDGE_SANDBOX": "",
    "PATH": "/bin",
}


def test_the_variables_of_the_template_are_enough() -> None:
    environment = read_environment(VARIABLES)
    assert (environment.state_table, environment.sandbox, environment.public_url) == ("state", False, "")


@pytest.mark.parametrize(("text", "on"), [("1", True), ("", False), ("0", False), ("false", False)])
def test_the_sandbox_switch_is_on_for_one_only(text: str, on: bool) -> None:
    assert read_environment(VARIABLES | {"SHOPBRIDGE_SANDBOX": text}).sandbox is on


def test_every_missing_or_wrong_variable_is_named_at_once() -> None:
    wrong = VARIABLES | {"SHOPBRIDGE_STATE_TABLE": "", "SHOPBRIDGE_PARAMETER_PREFIX": "no-slash"}
    del wrong["SHOPBRIDGE_POLL_QUEUE_URL"]
    with pytest.raises(NeedsAttention) as caught:
        open_store(wrong)
    assert caught.value.what == (
        "Environment variables are missing or wrong: "
        "SHOPBRIDGE_PARAMETER_PREFIX, SHOPBRIDGE_POLL_QUEUE_URL, SHOPBRIDGE_STATE_TABLE"
    )


def test_a_store_offers_every_port_and_makes_no_client_for_it() -> None:
    store = open_store(VARIABLES)
    connections: Connections = store.connections
    credentials: Credentials = store.credentials
    cursors: Cursors = store.cursors
    ledger: Ledger = store.ledger
    directory: Directory = store.directory
    orders: OrderQueue = store.orders
    polls: PollQueue = store.polls
    activity: Activity = store.activity
    work: RunQueue = store.work
    snapshots: Snapshots = store.snapshots
    runs: Runs = store.runs
    leases: Leases = store.leases
    ports = [connections, credentials, cursors, ledger, directory, orders, polls, activity]
    assert [getattr(store, name) for name in STORES] == [*ports, work, snapshots, runs, leases]
    assert vars(store.aws) == {}


STORES = (
    *("connections", "credentials", "cursors", "ledger", "directory", "orders", "polls", "activity"),
    *("work", "snapshots", "runs", "leases"),
)


def test_limiter_and_tokens_of_a_side_are_the_same_objects_each_time(store: Store) -> None:
    shop = ConnectionId("my-shop")
    limiter: Limiter = store.limiter(shop, "office")
    tokens: TokenStore = store.tokens(shop, "office")
    assert store.limiter(shop, "office") is limiter
    assert store.tokens(shop, "office") is tokens
    assert store.limiter(shop, "shop") is not limiter


def test_the_clock_is_aware() -> None:
    clock: Clock = system_clock
    assert clock().utcoffset() is not None
