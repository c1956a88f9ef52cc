"""The intake's own container: less than the others', and what it reads and hands over is the same."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shopbridge.connectors.registry import HINTING, KEYS, SIGNING, connector_spec, hinted_order, receiver_of
from shopbridge.flows.reception import Reception
from shopbridge.flows.webhooks import hash_token, take_unsigned
from shopbridge.intake import gate_of
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import FormerToken
from shopbridge.model.messages import ORDER_MESSAGE, POLL_MESSAGE, OrderNotice, PollRequest, ProgressRequest
from shopbridge.ports import WebhookEvent
from shopbridge.store.bundle import Store
from shopbridge.store.connections import to_item
from shopbridge.store.environment import Environment
from shopbridge.store.hooks import SqsHookQueue, door_of
from tests.integration.conftest import ManualClock
from tests.unit.flow_samples import a_connection

ONE = ConnectionId("my-shop")
ROUTE = "POST /hooks/{connection}/token/{token}"


class Sqs:
    """A queue that takes all."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.urls: list[str] = []

    @property
    def sqs(self) -> "Sqs":
        return self

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: N803 - as AWS
        assert {entry["MessageGroupId"] for entry in Entries} == {ONE}
        self.urls += [QueueUrl] * len(Entries)
        self.bodies += [entry["MessageBody"] for entry in Entries]
        return {}


@pytest.fixture
def sqs() -> Sqs:
    return Sqs()


@pytest.fixture
def queue(sqs: Any) -> SqsHookQueue:
    return SqsHookQueue(sqs, "orders", "polls")


def test_a_notice_is_one_that_the_import_reads(sqs: Sqs, queue: SqsHookQueue, clock: ManualClock) -> None:
    events = [WebhookEvent("order.placed", OrderId("ő\uffff1")), WebhookEvent("app.updated", None)]
    queue.notify(ONE, events, clock())
    assert sqs.urls == ["orders", "orders"]
    assert [ORDER_MESSAGE.validate_json(body) for body in sqs.bodies] == [
        OrderNotice(connection=ONE, order_id=each.order_id, origin="webhook", event=each.name, received_at=clock())
        for each in events
    ]


def test_a_hint_is_one_that_the_poll_reads(sqs: Sqs, queue: SqsHookQueue, clock: ManualClock) -> None:
    queue.ask_shop(ONE, clock())
    queue.ask_office(ONE, clock())
    assert sqs.urls == ["polls", "polls"]
    assert [POLL_MESSAGE.validate_json(body) for body in sqs.bodies] == [
        PollRequest(connection=ONE, asked_at=clock()),
        ProgressRequest(connection=ONE, asked_at=clock()),
    ]


@pytest.mark.parametrize("more", [{}, {"name_key": "5c" * 32, "token_round": 2}])
def test_a_door_is_what_the_connection_says(more: Mapping[str, Any], clock: ManualClock) -> None:
    former = FormerToken(hash=hash_token("before"), until=clock() + timedelta(days=1)) if more else None
    connection = a_connection().model_copy(update={**more, "former_token": former})
    door = door_of(connection.id, to_item(connection))
    for name in ("id", "path_token_hash", "name_key", "token_round"):
        assert getattr(door, name) == getattr(connection, name)
    assert [door.platform("shop"), door.platform("office")] == [
        connection.settings.shop.platform,
        connection.settings.office.platform,
    ]
    kept = door.former_token and (door.former_token.hash, door.former_token.until)
    assert kept == (former and (former.hash, former.until))


def test_every_platforms_calls_are_read_by_its_connectors_own_reader() -> None:
    for key in KEYS:
        spec = connector_spec(key)
        assert receiver_of(key) == spec.webhook, key
        assert (key in HINTING) == (spec.hint is not None), key
        assert hinted_order(key, b'{"order_id": 7}') == (spec.hint(b'{"order_id": 7}') if spec.hint else None)
    assert set(SIGNING) <= set(KEYS)


@pytest.mark.parametrize(("token", "status", "kinds"), [("right", 200, ["poll"]), ("wrong", 401, [])])
def test_a_call_is_answered_by_the_intakes_own_container(
    store: Store, environment: Environment, clock: ManualClock, token: str, status: int, kinds: list[str]
) -> None:
    connection = a_connection().model_copy(update={"path_token_hash": hash_token("right")})
    if store.connections.get(connection.id) is None:
        store.connections.save(connection, expected_version=0)
    reception = Reception(gate_of(environment, store.aws, clock), clock.sleep)
    event = {
        "routeKey": ROUTE,
        "headers": {},
        "requestContext": {"domainName": "api.example"},
        "pathParameters": {"connection": connection.id, "token": token},
    }
    assert reception.answer(event, {ROUTE: take_unsigned})["statusCode"] == status
    assert [json.loads(body)["kind"] for body in waiting(store, environment.poll_queue_url)] == kinds


def waiting(store: Store, url: str) -> list[str]:
    found = store.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        store.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]
