"""The intake under attack in a size for every day, and that its judge sees what is wrong."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chaos.intake import attack as intake
from chaos.intake.tricks import TRICKS
from chaos.intake.world import ONE, Gate, sign, signed, webhook
from chaos.report import intake_line
from shopbridge.connectors.shopware import webhook as receiver
from shopbridge.errors import RetryLater
from shopbridge.store.messages.hooks import SqsHookQueue


def chance(seed: str | int) -> Random:
    return Random(seed)  # noqa: S311 - chooses attacks


@pytest.fixture(scope="module")
def found() -> intake.Found:
    return intake.attack_intake(600, seed=3)


def test_nothing_that_proves_nothing_is_taken_stored_or_crashes(found: intake.Found) -> None:
    assert (found.accepted, found.stored, found.crashed) == ([], [], [])
    assert found.calls == 600


def test_genuine_calls_are_taken_between_attacks_with_both_secrets_and_in_a_crowd(found: intake.Found) -> None:
    assert (found.refused, found.lost) == ([], [])
    assert found.genuine > intake.CROWD


def test_memory_log_and_reads_stay_within_bounds(found: intake.Found) -> None:
    assert found.spent == []


def test_every_trick_is_refused_again_and_again() -> None:
    gate = Gate(5)
    for trick in TRICKS:
        statuses = {gate.call(trick(gate, chance(f"{trick.__name__} {number}"))) for number in range(12)}
        assert statuses <= {400, 401, 413}, trick.__name__
    assert gate.cloud.writes == 0


def attacked(calls: int = 60) -> intake.Found:
    found, gate = intake.Found(), Gate(1)
    for number in range(calls):
        intake._try(gate, found, chance(number))
    return found


def test_a_gate_that_lets_everybody_in_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "is_signed", lambda *_: True)
    found = attacked()
    assert found.accepted
    assert found.stored
    line, facts = intake_line(found)
    assert line.broken
    assert facts["intake"]["accepted"] == len(found.accepted)


def test_a_gate_that_crashes_or_is_shut_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise KeyError("nobody expected this")

    monkeypatch.setattr(receiver, "is_signed", crash)
    assert attacked().crashed

    def shut(*_: Any) -> bool:
        return False

    monkeypatch.setattr(receiver, "is_signed", shut)
    found = intake.Found()
    intake._genuine(Gate(1), found)
    assert found.refused


def test_an_order_that_was_taken_and_did_not_arrive_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    notify, calls = SqsHookQueue.notify, iter(range(10_000))

    def forgetful(queue: SqsHookQueue, *told: Any) -> None:
        try:
            notify(queue, *told)
        except RetryLater:
            if next(calls) % 2:
                raise

    monkeypatch.setattr(SqsHookQueue, "notify", forgetful)
    found = intake.Found()
    intake.let_in_a_crowd(Gate(1), found)
    assert found.lost


def test_what_an_attack_uses_up_is_seen() -> None:
    gate = Gate(1)
    gate.lines, gate.cloud.reads["GetParameters"] = 1_000, 1_000
    spent = list(intake._spent(gate, timedelta(minutes=2), 100_000))
    assert [text.partition(":")[0] for text in spent] == ["memory", "log", "SSM"]


def test_the_genuine_call_is_one_that_is_taken() -> None:
    gate = Gate(1)
    raw = webhook(gate, "one")
    assert gate.call(signed(ONE, raw, sign("secret-one", raw))) == 200
    assert len(gate.cloud.queued) == 1
