"""Queues: everything arrives whole in the right lane, or the caller hears about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from threading import Barrier
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.messages import (
    ORDER_MESSAGE,
    POLL_MESSAGE,
    STOCK_MESSAGE,
    AnyOrderMessage,
    OrderFound,
    OrderNotice,
    Origin,
    PollRequest,
    RunRequest,
    StockRequest,
)
from shopbridge.model.order import Order
from shopbridge.store.aws import Aws
from shopbridge.store.bundle import Store
from shopbridge.store.messages.queues import SqsPollQueue
from shopbridge.store.messages.sending import ABREAST, postpone
from tests.integration.conftest import Calls

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LINES = ("first_name", "last_name", "company", "department", "street", "postcode", "city", "state", "phone")
ADDRESS = dict.fromkeys(LINES, "") | {"extra": [], "country": "NL"}


def order(order_id: str, comment: str = "") -> Order:
    return Order.model_validate(
        {
            "id": order_id,
            "number": "10042",
            "revision": "1",
            "placed_at": NOON,
            "currency": "EUR",
            "tax_mode": "gross",
            "status": "open",
            "cancelled": False,
            "channel": "",
            "language": "",
            "comment": comment,
            "customer": None,
            "billing_address": ADDRESS,
            "shipping_address": ADDRESS,
            "payment": None,
            "shipping": None,
            "lines": [],
            "totals": {"gross": Decimal("119.00"), "net": Decimal("100.00"), "taxes": []},
            "extras": {},
        }
    )


def found(connection: ConnectionId, order_id: str = "a", comment: str = "", origin: Origin = "poll") -> OrderFound:
    return OrderFound(connection=connection, order=order(order_id, comment), origin=origin)


def notice(connection: ConnectionId, order_id: str = "a", origin: Origin = "webhook") -> OrderNotice:
    return OrderNotice(
        connection=connection, order_id=OrderId(order_id), origin=origin, event="order.placed", received_at=NOON
    )


def received(store: Store, url: str) -> list[Any]:
    messages = []
    while batch := store.aws.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        messages += batch
    return messages


def orders_of(store: Store, url: str) -> list[AnyOrderMessage]:
    return [ORDER_MESSAGE.validate_json(message["Body"]) for message in received(store, url)]


def test_orders_and_notices_arrive_as_they_were_sent_in_a_group_per_connection(
    store: Store, connection_id: ConnectionId
) -> None:
    store.orders.send([found(connection_id, comment="ä\x0b\ufffe\uffff😀"), notice(connection_id)])
    messages = received(store, store.environment.order_queue_url)
    bodies = [ORDER_MESSAGE.validate_json(message["Body"]) for message in messages]
    assert bodies == [found(connection_id, comment="ä\x0b\ufffe\uffff😀"), notice(connection_id)]
    assert {message["Attributes"]["MessageGroupId"] for message in messages} == {connection_id}
    assert not {"\ufffe", "\uffff"} & set(messages[0]["Body"])
    assert '"gross":"119.00"' in messages[0]["Body"]


@pytest.mark.parametrize("origin", ["backfill", "first_import"])
def test_old_orders_take_a_lane_of_their_own(store: Store, connection_id: ConnectionId, origin: Origin) -> None:
    store.orders.send([found(connection_id, "live"), found(connection_id, "old", origin=origin)])
    assert orders_of(store, store.environment.order_queue_url) == [found(connection_id, "live")]
    assert orders_of(store, store.environment.backfill_queue_url) == [found(connection_id, "old", origin=origin)]


def test_a_postponed_message_comes_back_later_and_a_handled_one_is_let_go(
    store: Store, connection_id: ConnectionId
) -> None:
    url = store.environment.poll_queue_url
    store.polls.send([PollRequest(connection=connection_id)])
    [message] = received(store, url)
    postpone(store.aws, url, message["ReceiptHandle"], 0)
    [again] = received(store, url)
    assert again["MessageId"] == message["MessageId"]
    postpone(store.aws, url, again["ReceiptHandle"], 0)
    assert len(received(store, url)) == 1


def test_ten_messages_go_with_one_call_and_a_megabyte_at_most(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    store.orders.send([notice(connection_id, str(number)) for number in range(25)])
    assert calls.taken() == {"SendMessageBatch": 3}
    store.orders.send([found(connection_id, str(number), comment="x" * 300_000) for number in range(7)])
    assert calls.taken() == {"SendMessageBatch": 3}
    assert len(received(store, store.environment.order_queue_url)) == 32


def test_an_order_too_large_for_a_message_is_announced_instead(store: Store, connection_id: ConnectionId) -> None:
    store.orders.send([found(connection_id, "huge", comment="ä" * 450_000), found(connection_id, "small")])
    first, second = orders_of(store, store.environment.order_queue_url)
    assert isinstance(first, OrderNotice)
    assert (first.connection, first.order_id, first.origin) == (connection_id, "huge", "poll")
    assert second == found(connection_id, "small")


def test_polls_and_runs_of_orders_arrive_on_one_lane(store: Store, connection_id: ConnectionId) -> None:
    requests = [PollRequest(connection=connection_id), PollRequest(connection=connection_id, hops=3)]
    store.polls.send(requests)
    store.polls.send([])
    run = RunRequest(connection=connection_id, job="orders", run="r1")
    store.work.send([run])
    bodies = [message["Body"] for message in received(store, store.environment.poll_queue_url)]
    assert [POLL_MESSAGE.validate_json(body) for body in bodies] == [*requests, run]


def test_stock_and_products_take_lanes_of_their_own_in_fair_groups(store: Store, connection_id: ConnectionId) -> None:
    skus = StockRequest(connection=connection_id, skus=("MUG", "LÄMP"), because="order 10042")
    sweep = RunRequest(connection=connection_id, job="stock")
    comparison = RunRequest(connection=connection_id, job="stock_comparison", run="r1", started_by="Ann", hops=3)
    products = RunRequest(connection=connection_id, job="products")
    store.work.send([skus, products, sweep, comparison])
    stock = received(store, store.environment.stock_queue_url)
    assert [STOCK_MESSAGE.validate_json(message["Body"]) for message in stock] == [skus, sweep, comparison]
    (other,) = received(store, store.environment.product_queue_url)
    assert RunRequest.model_validate_json(other["Body"]) == products
    assert {message["Attributes"]["MessageGroupId"] for message in [*stock, other]} == {connection_id}


def refuse(store: Store, monkeypatch: pytest.MonkeyPatch, refusals: Sequence[set[str]]) -> list[list[str]]:
    """The queue refuses these entries, call by call; returns what was asked of it."""
    asked: list[list[str]] = []
    left = list(refusals)

    def send(**request: Any) -> dict[str, Any]:
        ids = [entry["Id"] for entry in request["Entries"]]
        asked.append(ids)
        refused = left.pop(0) if left else set()
        return {"Failed": [{"Id": one} for one in ids if one in refused]}

    monkeypatch.setattr(store.aws.sqs, "send_message_batch", send)
    return asked


def test_entries_that_were_refused_are_sent_once_more(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = refuse(store, monkeypatch, [{"1"}])
    store.polls.send([PollRequest(connection=connection_id)] * 3)
    assert asked == [["0", "1", "2"], ["1"]]


def test_entries_that_are_refused_twice_are_the_callers_to_send_later(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(store, monkeypatch, [{"0", "1"}, {"1"}])
    with pytest.raises(RetryLater, match="all but 1 messages"):
        store.polls.send([PollRequest(connection=connection_id)] * 3)


# --- a tick's hundreds ------------------------------------------------------------------------------------------------


class CountingSqs:
    """Takes what it is sent; the second call and nine more have to be made at the same time, and ``bad`` is refused."""

    def __init__(self, bad: str = "") -> None:
        self.calls = count(1)
        self.names: set[str] = set()
        self.together = Barrier(ABREAST, timeout=30)
        self.bad = bad

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        entries: list[dict[str, str]] = asked["Entries"]
        if 1 < next(self.calls) <= ABREAST + 1:
            self.together.wait()
        refused = [{"Id": each["Id"]} for each in entries if each["MessageGroupId"] == self.bad]
        self.names |= {each["MessageGroupId"] for each in entries} - {self.bad}
        return {"Failed": refused}


def polls_of(sqs: CountingSqs, connections: int) -> None:
    """Ask for a poll of so many."""
    aws = cast("Aws", SimpleNamespace(sqs=sqs))
    SqsPollQueue(aws, "polls").send([PollRequest(connection=ConnectionId(f"shop-{n}")) for n in range(connections)])


def test_ten_thousand_connections_are_asked_for_ten_calls_at_a_time() -> None:
    sqs = CountingSqs()
    polls_of(sqs, 10_000)
    assert (len(sqs.names), next(sqs.calls)) == (10_000, 1_001)


def test_a_batch_that_is_refused_keeps_no_other_from_the_queue_and_is_told() -> None:
    sqs = CountingSqs(bad="shop-500")
    with pytest.raises(RetryLater, match="all but 1"):
        polls_of(sqs, 1_000)
    assert len(sqs.names) == 999
