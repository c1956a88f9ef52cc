"""What people are told goes to a topic once, whoever subscribes to it; what SNS refuses says what to do."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.ports import Notice
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.store.notices import KEPT, subject_of
from tests.integration.conftest import ManualClock


@pytest.fixture
def inbox() -> Iterator[Any]:
    """Somebody who subscribed: the topic, and what arrived."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def arrived() -> list[tuple[str, str]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        bodies = [json.loads(message["Body"]) for message in found]
        return [(body["Subject"], body["Message"]) for body in bodies]

    yield topic, arrived
    sqs.delete_queue(QueueUrl=queue)
    sns.delete_topic(TopicArn=topic)


@pytest.fixture
def open_store(environment: Environment, clock: ManualClock, inbox: Any) -> Callable[[], Store]:
    """Each call is a container that knows the topic."""
    known = replace(environment, notice_topic=inbox[0])
    return lambda: Store(known, clock=clock, sleep=clock.sleep)


def a_notice(connection: ConnectionId, once: str = "run 1", subject: str = "Shopbridge: done") -> Notice:
    return Notice(connection, once, subject, "The run is done.\n")


def test_it_is_told_once_whoever_tells_it(
    open_store: Callable[[], Store], connection_id: ConnectionId, inbox: Any
) -> None:
    _, arrived = inbox
    first, second = open_store(), open_store()
    assert first.notices.tell(a_notice(connection_id))
    assert not second.notices.tell(a_notice(connection_id))
    assert second.notices.tell(a_notice(connection_id, "run 2"))
    assert arrived() == [("Shopbridge: done", "The run is done.\n")] * 2


def test_what_was_told_is_known_for_ninety_days(
    environment: Environment, clock: ManualClock, open_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    store = open_store()
    store.notices.tell(a_notice(connection_id))
    key: Any = {"connection": {"S": connection_id}, "record": {"S": "NOTICE#run 1"}}
    item = boto3.client("dynamodb").get_item(TableName=environment.state_table, Key=key)["Item"]
    assert item["forget_at"]["N"] == str(int((clock() + KEPT).timestamp()))


def test_without_a_topic_nothing_is_told_and_nothing_is_asked(
    new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    store = new_store()
    assert not store.notices.tell(a_notice(connection_id))
    assert "sns" not in vars(store.aws)


def refusing(store: Store, monkeypatch: pytest.MonkeyPatch, code: str, status: int = 400) -> None:
    answer: Any = {"Error": {"Code": code, "Message": "No"}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def publish(**_: Any) -> None:
        raise ClientError(answer, "Publish")

    monkeypatch.setattr(store.aws.sns, "publish", publish)


@pytest.mark.parametrize("code", ["NotFound", "AuthorizationError", "AccessDeniedException"])
def test_a_topic_that_is_gone_or_refuses_us_is_told_with_what_to_do(
    open_store: Callable[[], Store],
    connection_id: ConnectionId,
    inbox: Any,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    _, arrived = inbox
    store = open_store()
    with monkeypatch.context() as patch:
        refusing(store, patch, code)
        with pytest.raises(NeedsAttention, match=code) as refusal:
            store.notices.tell(a_notice(connection_id))
        assert "AlarmTopic" in refusal.value.fix
    assert store.notices.tell(a_notice(connection_id))
    assert len(arrived()) == 1


@pytest.mark.parametrize(("code", "status"), [("Throttled", 429), ("InternalError", 500)])
def test_a_busy_topic_is_tried_again(
    open_store: Callable[[], Store],
    connection_id: ConnectionId,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    status: int,
) -> None:
    store = open_store()
    refusing(store, monkeypatch, code, status)
    with pytest.raises(RetryLater):
        store.notices.tell(a_notice(connection_id))


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Árvíztűrő\ntükörfúrógép", "Arvizturo tukorfurogep"),
        ("a" * 99, "a" * 99),
        ("a" * 100, "a" * 96 + "..."),
    ],
)
def test_a_subject_is_one_line_of_ascii(words: str, subject: str) -> None:
    assert subject_of(words) == subject
