"""The doctor on the embedded AWS: every right it needs is in template.yaml, and what it asks for is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws.embedded import EmbeddedAws
from shopbridge import __version__

ROOT = Path(__file__).parents[3]
Checks = list[dict[str, str]]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ROOT / "template.yaml", parameters={"AlarmEmail": "op@example.com"}) as aws:
        yield aws


def examined(aws: EmbeddedAws) -> dict[str, Any]:
    answer = aws.invoke("Operations", {"operation": "doctor"})
    assert answer["ok"], answer
    return dict(answer["result"])


def of(told: dict[str, Any], name: str) -> Checks:
    return [each for each in told["checks"] if each["name"] == name]


def test_a_new_stack_is_well_but_for_what_somebody_has_yet_to_do(aws: EmbeddedAws) -> None:
    assert [each["state"] for each in of(examined(aws), "ticks")] == ["warn"] * 3
    aws.tick(10)
    told = examined(aws)
    assert told["well"], told
    assert told["version"] == __version__
    assert {each["name"] for each in told["checks"] if each["state"] == "warn"} <= {"connections", "messages"}
    assert len(of(told, "tables")) == 2
    assert len(of(told, "queues")) == 5
    assert [each["text"] for each in of(told, "schedules")] == ["All 3 schedules are enabled."]
    assert [each["text"] for each in of(told, "log")] == ["The log of activity is kept for 90 days."]


def test_what_somebody_changed_by_hand_is_found(aws: EmbeddedAws) -> None:
    scheduler, dynamodb = aws.cloud.client("scheduler"), aws.cloud.client("dynamodb")
    (name,) = [each["Name"] for each in scheduler.list_schedules()["Schedules"] if "WatchEvery" in each["Name"]]
    found = scheduler.get_schedule(Name=name)
    known = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(**{part: found[part] for part in known}, State="DISABLED")
    table = aws.stack.names["StateTable"]
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    sqs = aws.cloud.client("sqs")
    sqs.send_message(QueueUrl=aws.stack.names["OrderDeadLetters"], MessageBody="{}")
    told = examined(aws)
    assert not told["well"]
    bad = {each["text"] for each in told["checks"] if each["state"] == "bad"}
    assert bad == {
        f"Switched off: {name}.",
        f"The table {table} may be deleted by mistake.",
        "orders: 1 messages were given up.",
    }
