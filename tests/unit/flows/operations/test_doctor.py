"""The doctor: what stands as it was made is well, and each thing that does not says what to do."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import NeedsAttention
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.health.doctor import TICKS, doctor
from shopbridge.ports import QueueStanding, Subscriptions, TableStanding

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
TABLE = TableStanding("state", active=True, protected=True, restorable=True)
QUEUE = QueueStanding("orders", 3, 1, 0, timedelta(minutes=2))
SCHEDULES = {f"shopbridge-{name}": True for name in TICKS}


def stack(**answers: Any) -> SimpleNamespace:
    """The deployment as it should be, but for ``answers``; an error among them is raised."""
    well = {
        "tables": [TABLE],
        "queues": [QUEUE],
        "schedules": SCHEDULES,
        "subscriptions": Subscriptions(("email",)),
        "log_days": 90,
        "clock": NOW,
    }
    return SimpleNamespace(**{name: _answering(answers.get(name, answer)) for name, answer in well.items()})


def _answering(answer: Any) -> Callable[[], Any]:
    def told() -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return told


def examined(ticks: Mapping[str, datetime] | None = None, **answers: Any) -> dict[str, Any]:
    every = dict.fromkeys(TICKS, NOW - timedelta(minutes=4))
    empty = SimpleNamespace(all=list, scheduled=lambda _lane: [], resting=list)
    known = SimpleNamespace(ticks=lambda: every if ticks is None else ticks, of=lambda _connections: {})
    parts = {"stack": stack(**answers), "connections": empty, "health": known, "clock": lambda: NOW}
    return doctor(cast("Bridge", SimpleNamespace(**parts)))


def state_of(told: dict[str, Any], name: str) -> tuple[str, str, str]:
    worst = max((each for each in told["checks"] if each["name"] == name), key=lambda each: ORDER[each["state"]])
    return worst["state"], worst["text"], worst["fix"]


ORDER = {"ok": 0, "warn": 1, "bad": 2}


def test_what_stands_as_it_was_made_is_well() -> None:
    told = examined()
    assert told["well"]
    assert told["version"]
    assert {each["name"] for each in told["checks"] if each["state"] != "ok"} == {"connections"}
    assert all(not each["fix"] for each in told["checks"] if each["state"] == "ok")
    assert [each["text"] for each in told["checks"] if each["name"] == "queues"] == [
        "orders: 3 messages wait, the oldest for 2 min, 1 are in hand or wait for a next try."
    ]


@pytest.mark.parametrize(
    ("answers", "name", "state", "text", "fix"),
    [
        ({"tables": [replace(TABLE, active=False)]}, "tables", "bad", "cannot be used", "DynamoDB console"),
        ({"tables": [replace(TABLE, protected=False)]}, "tables", "bad", "deleted by mistake", "deletion protection"),
        ({"tables": [replace(TABLE, restorable=False)]}, "tables", "bad", "cannot be restored", "point-in-time"),
        ({"queues": [replace(QUEUE, dead=2)]}, "queues", "bad", "2 messages were given up", "redrive"),
        ({"queues": [replace(QUEUE, oldest=timedelta(minutes=16))]}, "queues", "warn", "16 min", "shopbridge health"),
        ({"schedules": {**SCHEDULES, "x": False}}, "schedules", "bad", "Switched off: x.", "Enable them"),
        ({"schedules": {"x": True}}, "schedules", "bad", "There are 1 of 3", "Deploy"),
        ({"subscriptions": None}, "messages", "warn", "There is no topic", "Deploy"),
        ({"subscriptions": Subscriptions()}, "messages", "warn", "Nobody is told", "AlarmEmail"),
        (
            {"subscriptions": Subscriptions(("sms",), ("email",))},
            "messages",
            "warn",
            "1 of 2 subscriptions to alarms and messages are not confirmed.",
            "click its link",
        ),
        ({"log_days": None}, "log", "warn", "kept for ever", "ActivityRetentionDays"),
        ({"clock": NOW - timedelta(minutes=2)}, "clock", "warn", "2 min ahead of that of AWS", "report"),
        ({"clock": NOW + timedelta(minutes=6)}, "clock", "bad", "6 min behind that of AWS", "report"),
        (
            {"schedules": NeedsAttention("AWS does not tell (AccessDenied)", where="Scheduler", fix="Deploy it.")},
            "schedules",
            "warn",
            "AWS does not tell (AccessDenied) (Scheduler).",
            "Deploy it.",
        ),
    ],
)
def test_what_does_not_says_what_to_do(answers: dict[str, Any], name: str, state: str, text: str, fix: str) -> None:
    told = examined(**answers)
    found = state_of(told, name)
    assert found[0] == state
    assert text in found[1]
    assert fix in found[2]
    assert told["well"] is (state != "bad")


def test_who_is_told_by_message_is_counted_by_the_way_it_comes() -> None:
    told = examined(subscriptions=Subscriptions(("sqs", "email", "email")))
    assert state_of(told, "messages")[:2] == ("ok", "Who subscribed is told by message: 2 by email, 1 by sqs.")


def test_a_schedule_that_stood_still_is_bad_and_one_of_a_new_stack_is_waited_for() -> None:
    ticks = {"watch": NOW - timedelta(minutes=16), "dispatch_5": NOW - timedelta(minutes=14)}
    told = examined(ticks)
    found = {each["text"]: each["state"] for each in told["checks"] if each["name"] == "ticks"}
    assert found == {
        "watch last ended well 16 min ago.": "bad",
        "dispatch_5 last ended well 14 min ago.": "ok",
        "dispatch_10 was not called yet.": "warn",
    }


def test_the_version_that_is_told_is_that_of_the_release() -> None:
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text())["project"]
    assert examined()["version"] == project["version"]
