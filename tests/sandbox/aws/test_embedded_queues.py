"""Schedules and queues of a stack on the embedded AWS: what falls due, batches, failed messages, dead letters."""

import json
from typing import Any

import httpx
import pytest

from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.queues import Depth

EMPTY = Depth(0, 0, 0)


def send(aws: EmbeddedAws, queue: str = "Queue", **order: Any) -> None:
    aws.cloud.client("sqs").send_message(
        QueueUrl=aws.stack.names[queue],
        MessageBody=json.dumps(order),
        MessageGroupId="shop",
        MessageAttributes={"colour": {"DataType": "String", "StringValue": "red"}},
    )


def seen(aws: EmbeddedAws) -> list[Any]:
    found: list[Any] = module_of(aws, "Work")["SEEN"]
    return found


def module_of(aws: EmbeddedAws, function: str) -> dict[str, Any]:
    found: dict[str, Any] = aws._functions[function].handler.__globals__
    return found


def kept(aws: EmbeddedAws, name: str) -> bool:
    table = aws.stack.names["Table"]
    return "Item" in aws.cloud.client("dynamodb").get_item(TableName=table, Key={"id": {"S": name}})


def until_empty(aws: EmbeddedAws) -> None:
    for _ in range(1000):
        if not any(sum(depth) for depth in aws.queue_depths().values()):
            return
    pytest.fail("The queues did not become empty")


def event(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202
    found: dict[str, Any] = response.json()
    return found


# --- schedules ------------------------------------------------------------------------------------------------


def test_a_tick_invokes_exactly_what_falls_due(aws: EmbeddedAws) -> None:
    ticks = module_of(aws, "Beat")["TICKS"]
    ticks.clear()
    assert aws.tick(4) == []
    assert aws.tick(1) == ["BeatFast"]
    assert aws.tick(55) == ["BeatFast"] * 11 + ["BeatSlow"]
    assert ticks == [5] * 12 + [60]


# --- queues -----------------------------------------------------------------------------------------------------


def test_the_function_gets_the_events_lambda_makes_of_messages(aws: EmbeddedAws) -> None:
    seen(aws).clear()
    send(aws, nothing=1)
    assert aws.drain() == 1
    record = seen(aws)[0]["Records"][0]
    assert record["body"] == '{"nothing": 1}'
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["MessageGroupId"] == "shop"
    assert record["messageAttributes"]["colour"]["stringValue"] == "red"
    assert record["eventSourceARN"].endswith(f":{aws.stack.names['Queue'].rpartition('/')[2]}")


def test_finished_messages_are_gone_and_batches_are_no_larger_than_agreed(aws: EmbeddedAws) -> None:
    seen(aws).clear()
    for number in range(7):
        send(aws, keep=f"batch {number}")
    assert aws.drain() == 7
    assert [len(event["Records"]) for event in seen(aws)] == [3, 3, 1]
    assert kept(aws, "batch 6")
    assert aws.queue_depths()["Queue"] == EMPTY


def test_only_the_failed_messages_of_a_batch_stay_and_come_back_after_their_visibility(aws: EmbeddedAws) -> None:
    send(aws, fail=1)
    send(aws, keep="beside a failure")
    aws.drain()
    assert aws.queue_depths()["Queue"] == Depth(0, 1, 0)
    assert kept(aws, "beside a failure")
    assert aws.drain() == 0
    aws.advance(61)
    assert aws.drain() == 1


def test_a_crash_fails_the_whole_batch(aws: EmbeddedAws) -> None:
    send(aws, keep="before the crash")
    send(aws, crash="now")
    aws.drain()
    assert aws.queue_depths()["Queue"] == Depth(0, 2, 0)
    assert len(aws.crashes) == 1


def test_a_malformed_partial_answer_fails_the_whole_batch(aws: EmbeddedAws) -> None:
    send(aws, answer={"batchItemFailures": [{"itemIdentifier": ""}]})
    aws.drain()
    assert aws.queue_depths()["Queue"] == Depth(0, 1, 0)


def test_without_partial_answers_failures_that_are_only_reported_vanish(aws: EmbeddedAws) -> None:
    send(aws, "WholeQueue", fail=1)
    aws.drain()
    assert aws.queue_depths()["WholeQueue"] == EMPTY


def test_what_keeps_failing_ends_as_a_dead_letter(aws: EmbeddedAws) -> None:
    send(aws, fail=1)
    for _ in range(3):
        aws.drain()
        aws.advance(61)
    assert aws.queue_depths() == {"Queue": EMPTY, "Dead": Depth(1, 0, 0), "WholeQueue": EMPTY}


def test_draining_follows_what_functions_send(aws: EmbeddedAws) -> None:
    send(aws, send={"send": {"keep": "third hand"}})
    assert aws.drain() == 3
    assert kept(aws, "third hand")


def test_draining_gives_up_on_functions_that_feed_each_other_for_ever(aws: EmbeddedAws) -> None:
    send(aws, send={"send": {"send": {"keep": "deep"}}})
    with pytest.raises(RuntimeError, match="do not run dry"):
        aws.drain(at_most=2)


def test_a_delayed_message_waits_for_the_clock(aws: EmbeddedAws) -> None:
    url = aws.stack.names["Queue"]
    aws.cloud.client("sqs").send_message(QueueUrl=url, MessageBody='{"keep": "late"}', DelaySeconds=300)
    assert aws.drain() == 0
    assert aws.queue_depths()["Queue"] == Depth(0, 0, 1)
    aws.advance(301)
    assert aws.drain() == 1


def test_background_pollers_deliver_by_themselves(aws: EmbeddedAws) -> None:
    aws.start()
    try:
        for number in range(5):
            send(aws, keep=f"background {number}", send={"keep": f"follow-up {number}"})
        until_empty(aws)
    finally:
        aws.stop()
    assert kept(aws, "follow-up 4")
    assert not aws.crashes
