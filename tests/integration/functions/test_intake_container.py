"""The intake's own container: less than the others', and what it reads and hands over is the same."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.aws.template import Template
from shopbridge.connectors.registry import HINTING, KEYS, SIGNING, connector_spec, hinted_order, receiver_of
from shopbridge.errors import NotFound, RetryLater
from shopbridge.flows.reception import Reception
from shopbridge.flows.webhooks import WebhookCall, hash_token, take_unsigned
from shopbridge.intake import IntakeGate, gate_of
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection, FormerToken
from shopbridge.model.messages import ORDER_MESSAGE, POLL_MESSAGE, OrderNotice, PollRequest, ProgressRequest
from shopbridge.ports import WebhookEvent
from shopbridge.store.bundle import Store
from shopbridge.store.connections.settings import to_item
from shopbridge.store.environment import Environment
from shopbridge.store.items import compact
from shopbridge.store.limits.line import DynamoLines, line_key
from shopbridge.store.messages.hooks import REMEMBERED, SqsHookQueue, door_of
from tests.integration.conftest import Calls, ManualClock
from tests.template.expanded import conditions, template
from tests.unit.flow_samples import a_connection

__all__ = ["template"]

ONE = ConnectionId("my-shop")
ROUTE = "POST /hooks/{connection}/token/{token}"


class Sqs:
    """A queue that takes all."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.urls: list[str] = []
        self.delays: list[int] = []

    @property
    def sqs(self) -> "Sqs":
        return self

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: N803 - as AWS
        assert len({entry["MessageGroupId"] for entry in Entries}) == 1
        self.urls += [QueueUrl] * len(Entries)
        self.bodies += [entry["MessageBody"] for entry in Entries]
        self.delays += [entry.get("DelaySeconds", 0) for entry in Entries]
        return {}


@pytest.fixture
def sqs() -> Sqs:
    return Sqs()


@pytest.fixture
def queue(sqs: Any, store: Store) -> SqsHookQueue:
    return SqsHookQueue(sqs, "orders", "polls", store.hooks.lines)


def an_order_needs_a_second(store: Store, connection: ConnectionId) -> None:
    needs = compact({"office#orders": [1, "60/60"]})
    store.hooks.lines.table.update(line_key(connection), "SET #needs = :needs", needs=needs)


def test_a_notice_is_one_that_the_import_reads(sqs: Sqs, queue: SqsHookQueue, store: Store, clock: ManualClock) -> None:
    an_order_needs_a_second(store, ONE)
    events = [WebhookEvent("order.placed", OrderId("ő\uffff1")), WebhookEvent("app.updated", None)]
    queue.notify(ONE, events, clock())
    assert sqs.urls == ["orders", "orders"]
    first, second = (ORDER_MESSAGE.validate_json(body) for body in sqs.bodies)
    of: Any = {"connection": ONE, "origin": "webhook", "received_at": clock()}
    assert isinstance(first, OrderNotice)
    assert first == OrderNotice(order_id=OrderId("ő\uffff1"), event="order.placed", turn=first.turn, **of)
    assert second == OrderNotice(order_id=None, event="app.updated", **of)
    assert first.turn is not None
    assert first.turn.left(clock()) <= timedelta(seconds=1)


def test_orders_that_are_announced_at_once_have_turns_one_after_the_other_for_few_writes(
    sqs: Sqs, queue: SqsHookQueue, store: Store, clock: ManualClock, calls: Calls, connection_id: ConnectionId
) -> None:
    an_order_needs_a_second(store, connection_id)
    calls.taken()
    for number in range(20):
        queue.notify(connection_id, [WebhookEvent("order.placed", OrderId(str(number)))], clock())
    assert sqs.delays == [0, 0, 0, 0, *range(2, 18)]
    assert calls.taken() == {"GetItem": 1, "UpdateItem": 5}


def test_orders_that_are_announced_now_and_then_wait_for_nothing_that_nobody_came_for(
    sqs: Sqs, queue: SqsHookQueue, store: Store, clock: ManualClock, connection_id: ConnectionId
) -> None:
    an_order_needs_a_second(store, connection_id)
    for number in range(6):
        queue.notify(connection_id, [WebhookEvent("order.placed", OrderId(str(number)))], clock())
        clock.advance(60)
    assert sqs.delays == [0] * 6


def test_nothing_is_booked_by_a_guess_before_an_order_has_told_what_it_needs(
    sqs: Sqs, queue: SqsHookQueue, store: Store, clock: ManualClock, connection_id: ConnectionId
) -> None:
    for number in range(20):
        queue.notify(connection_id, [WebhookEvent("order.placed", OrderId(str(number)))], clock())
    assert sqs.delays == [0] * 20
    an_order_needs_a_second(store, connection_id)
    queue.notify(connection_id, [WebhookEvent("order.placed", OrderId("20"))], clock())
    assert [json.loads(body).get("turn") is None for body in sqs.bodies] == [True] * 20 + [False]


def test_a_notice_is_taken_when_no_turn_can_be_had(
    sqs: Sqs, queue: SqsHookQueue, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> datetime:
        raise RetryLater("DynamoDB is busy", after=1)

    monkeypatch.setattr(DynamoLines, "next_turn", busy)
    queue.notify(ONE, [WebhookEvent("order.placed", OrderId("7"))], clock())
    (body,) = sqs.bodies
    found = ORDER_MESSAGE.validate_json(body)
    assert isinstance(found, OrderNotice)
    assert found.turn is None


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


def test_a_token_that_was_made_anew_is_taken_at_once_and_the_one_before_for_a_minute_at_most(
    store: Store, environment: Environment, clock: ManualClock
) -> None:
    connection = a_connection().model_copy(update={"path_token_hash": hash_token("before")})
    gate = gate_of(environment, store.aws, clock)
    standing = store.connections.get(connection.id)
    store.connections.save(connection, expected_version=standing.version if standing else 0)
    is_taken(gate, connection.id, "before")
    anew = connection.model_copy(update={"path_token_hash": hash_token("after")})
    store.connections.save(anew, expected_version=standing.version + 1 if standing else 1)
    assert is_taken(gate, connection.id, "before"), "what is remembered"
    assert is_taken(gate, connection.id, "after"), "what is not known is looked up"
    assert not is_taken(gate, connection.id, "before")
    clock.advance(REMEMBERED.total_seconds())
    assert is_taken(gate, connection.id, "after")


def standing_with_a_line_at_rest(store: Store) -> Connection:
    connection = a_connection()
    if store.connections.get(connection.id) is None:
        store.connections.save(connection, expected_version=0)
    store.hooks.lines.table.delete(line_key(connection.id))
    an_order_needs_a_second(store, connection.id)
    return connection


def test_a_connection_is_read_with_its_line_and_the_first_turn_of_a_line_at_rest_needs_no_booking(
    store: Store, environment: Environment, clock: ManualClock, calls: Calls
) -> None:
    connection = standing_with_a_line_at_rest(store)
    gate = gate_of(environment, store.aws, clock)
    calls.taken()
    assert gate.connections.get(connection.id)
    turns = gate.hooks.lines.next_turn
    assert (turns(connection.id), calls.taken()) == (clock(), {"BatchGetItem": 1})
    assert (turns(connection.id), calls.taken()) == (clock(), {"UpdateItem": 1}), "others come behind it"
    clock.advance(REMEMBERED.total_seconds())
    assert gate.connections.get(connection.id)
    assert (turns(connection.id), calls.taken()) == (clock(), {"BatchGetItem": 1})


def test_in_a_line_that_others_stand_in_every_turn_is_booked(
    store: Store, environment: Environment, clock: ManualClock, calls: Calls
) -> None:
    connection = standing_with_a_line_at_rest(store)
    gate = gate_of(environment, store.aws, clock)
    store.turns.book(connection.id, 10, old=False)
    assert gate.connections.get(connection.id)
    calls.taken()
    turn = gate.hooks.lines.next_turn(connection.id)
    assert calls.taken() == {"UpdateItem": 1}
    assert turn is not None
    assert turn > clock()


def test_two_intakes_book_no_turn_twice_and_no_change_of_a_line_says_more_than_the_intake_may(
    store: Store, environment: Environment, clock: ManualClock, template: Template
) -> None:
    connection = standing_with_a_line_at_rest(store)
    store.turns.book(connection.id, 10, old=False)
    changes: list[Mapping[str, Any]] = []
    store.aws.dynamodb.meta.events.register("before-parameter-build", lambda params, **_: changes.append(dict(params)))
    gates = [gate_of(environment, store.aws, clock) for _ in range(2)]
    for gate in gates:
        assert gate.connections.get(connection.id)
    turns = [gate.hooks.lines.next_turn(connection.id) for _ in range(6) for gate in gates]
    assert len(set(turns)) == len(turns)
    asked = [each for each in changes if "UpdateExpression" in each]
    (may,) = conditions(template, "WebhookIntakeRole", "dynamodb:UpdateItem")
    assert {each["ReturnValues"] for each in asked} == {may["StringEquals"]["dynamodb:ReturnValues"]}
    assert not any("ReturnValuesOnConditionCheckFailure" in each for each in asked)
    named = {name for each in asked for name in (*each["Key"], *each["ExpressionAttributeNames"].values())}
    assert named == set(may["ForAllValues:StringEquals"]["dynamodb:Attributes"])


def is_taken(gate: IntakeGate, connection: ConnectionId, token: str) -> bool:
    door = gate.connections.get(connection)
    assert door is not None
    call = WebhookCall(connection, b"", "", {}, "https://api.example", token=token)
    try:
        take_unsigned(gate, door, call)
    except NotFound:
        return False
    return True


def waiting(store: Store, url: str) -> list[str]:
    found = store.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        store.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]
