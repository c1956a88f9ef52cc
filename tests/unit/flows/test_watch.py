"""What lasts is counted at every look, told once when it begins, and once when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import HOURLY_PROBES
from shopbridge.flows.schedule import COUNTS, watch
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerState, Reason
from shopbridge.model.messages import ProbeRequest
from shopbridge.ports import Scheduled, Waiting
from tests.unit.memory_stores import Log, MemoryHealth

SHOP = ConnectionId("my-shop")
AWAY = Reason(code="poll_failed", text="The shop is away (Shopware).", fix="Look whether it answers.")
REFUSED = Reason(code="poll_refused", text="The shop refuses the call.", fix="Report it.")


@dataclass
class Watched:
    """One connection that is looked at every five minutes."""

    scheduled: Scheduled = field(default_factory=lambda: Scheduled(SHOP, 5, 10, 20))
    status: str = "active"
    waiting: Mapping[LedgerState, int] = field(default_factory=dict)
    now: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)
    log: Log = field(default_factory=Log)
    probed: list[tuple[datetime, ProbeRequest]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.health = MemoryHealth(lambda: self.now)

    def looks(self, minutes: int = 0) -> Mapping[str, int]:
        """Let time pass, look every five minutes meanwhile, and return the last counts; what is zero is left out."""
        for _ in range(minutes // 5):
            self.now += timedelta(minutes=5)
            counts = watch(self.bridge)
        counts = watch(self.bridge)
        assert set(counts) == set(COUNTS)
        return {name: count for name, count in counts.items() if count}

    @property
    def bridge(self) -> Bridge:
        active = self.status == "active"
        resting = SimpleNamespace(id=SHOP, status=self.status, status_reason="The key is refused.")
        connections = SimpleNamespace(
            scheduled=lambda lane: [self.scheduled] if active and lane == 5 else [],
            resting=lambda: [] if active else [resting],
        )
        ledger = SimpleNamespace(waiting=lambda _connection: Waiting(self.waiting))
        polls = SimpleNamespace(send=lambda requests: self.probed.extend((self.now, each) for each in requests))
        parts = {
            "connections": connections,
            "ledger": ledger,
            "health": self.health,
            "activity": self.log,
            "polls": polls,
        }
        return cast("Bridge", SimpleNamespace(**parts, clock=lambda: self.now))

    def events(self) -> Sequence[tuple[str, Any]]:
        return [(event, facts.get("kind")) for event, facts in self.log.lines if event != "watched"]


def test_a_connection_whose_jobs_come_through_is_well() -> None:
    watched = Watched()
    for _ in range(30):
        for job in ("poll", "stock", "products"):
            watched.health.succeeded(SHOP, job)
        assert watched.looks(5) == {}
    assert watched.events() == []


def test_a_dead_shop_is_told_once_after_three_intervals_with_its_reason_and_counted_as_long_as_it_lasts() -> None:
    watched = Watched(Scheduled(SHOP, 5))
    watched.health.succeeded(SHOP, "poll")
    watched.health.failed(SHOP, "poll", AWAY)
    assert watched.looks() == {}
    assert watched.looks(15) == {}
    assert watched.looks(5) == {"stale": 1}
    assert watched.looks(600) == {"stale": 1}
    assert watched.events() == [("connection_stale", "stale poll")]
    ((_, facts),) = [line for line in watched.log.lines if line[0] == "connection_stale"]
    assert facts["reason"] == "No poll came through since 2026-01-31 12:00 UTC. The shop is away (Shopware)."
    assert facts["fix"] == "Look whether it answers."


def test_recovery_is_told_too() -> None:
    watched = Watched(Scheduled(SHOP, 5))
    assert watched.looks(30) == {"stale": 1}
    watched.health.succeeded(SHOP, "poll")
    assert watched.looks(5) == {}
    assert watched.events() == [("connection_stale", "stale poll"), ("connection_recovered", "stale poll")]


def test_a_schedule_that_asks_for_nothing_is_noticed_though_nothing_failed() -> None:
    assert Watched().looks(90) == {"stale": 3}


def test_a_comparison_of_stock_keeps_stock_fresh() -> None:
    watched = Watched(Scheduled(SHOP, 1440, 1440))
    for _ in range(4):
        watched.health.succeeded(SHOP, "poll")
        watched.health.succeeded(SHOP, "stock_comparison")
        assert watched.looks(1440) == {}


def test_rest_is_no_standstill_and_time_counts_from_the_resume_on() -> None:
    watched = Watched(Scheduled(SHOP, 5), status="paused")
    assert watched.looks(300) == {}
    watched.status = "active"
    assert watched.looks() == {}
    assert watched.looks(15) == {}
    assert watched.looks(5) == {"stale": 1}


def test_a_stopped_connection_is_counted_until_it_is_resumed() -> None:
    watched = Watched(Scheduled(SHOP, 5), status="stopped")
    assert watched.looks(300) == {"stopped": 1}
    watched.status = "active"
    watched.health.succeeded(SHOP, "poll")
    assert watched.looks() == {}
    assert watched.events() == [("connection_troubled", "stopped"), ("connection_recovered", "stopped")]


@pytest.mark.parametrize("job", ["orders", "stock", "stock_comparison", "products"])
def test_a_failed_run_is_counted_until_one_of_its_kind_ends_well(job: Any) -> None:
    watched = Watched(Scheduled(SHOP, 600))
    watched.health.failed(SHOP, job, AWAY)
    assert watched.looks(60) == {"failed_runs": 1}
    watched.health.succeeded(SHOP, job)
    assert watched.looks(60) == {}


def test_a_refused_poll_is_counted_and_one_that_failed_is_left_to_time() -> None:
    watched = Watched(Scheduled(SHOP, 600))
    watched.health.failed(SHOP, "poll", AWAY)
    assert watched.looks() == {}
    watched.health.failed(SHOP, "poll", REFUSED)
    assert watched.looks() == {"refused_polls": 1}


def test_what_waits_is_counted_of_connections_at_rest_too() -> None:
    waiting: dict[LedgerState, int] = {"HELD": 3, "UNKNOWN": 2, "DONE": 1}
    assert Watched(Scheduled(SHOP, 600), waiting=waiting).looks() == {"held": 6, "unknown": 2}
    assert Watched(Scheduled(SHOP, 600), "paused", waiting).looks() == {"held": 6, "unknown": 2}


# --- probes ---------------------------------------------------------------------------------------------------------


def probed_at(watched: Watched, since: datetime) -> list[float]:
    """The hours after which probes were asked for."""
    assert {request for _, request in watched.probed} <= {ProbeRequest(connection=SHOP)}
    return [(moment - since) / timedelta(hours=1) for moment, _ in watched.probed]


def test_a_stopped_connection_is_probed_hourly_at_first_and_then_daily() -> None:
    watched = Watched(Scheduled(SHOP, 5), status="stopped")
    watched.health.stopped(SHOP, "The key is refused", probes=0)
    since = watched.now
    watched.looks(4 * 1440)
    assert probed_at(watched, since) == [1, 2, 3, 4, 5, 6, 30, 54, 78]


def test_one_that_stopped_again_for_the_same_reason_is_probed_daily() -> None:
    watched = Watched(Scheduled(SHOP, 5), status="stopped")
    watched.health.stopped(SHOP, "A right is missing", probes=HOURLY_PROBES)
    since = watched.now
    watched.looks(3 * 1440)
    assert probed_at(watched, since) == [24, 48, 72]


def test_who_was_paused_or_has_nothing_that_waits_is_never_probed() -> None:
    waiting: dict[LedgerState, int] = {"HELD": 3}
    for watched in (Watched(status="paused", waiting=waiting), Watched()):
        watched.looks(1440)
        assert watched.probed == []


def test_a_queue_that_takes_no_probes_keeps_no_alarm_from_ringing(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise RetryLater("SQS is busy", after=5)

    monkeypatch.setattr("shopbridge.flows.schedule.ask_for_probes", busy)
    watched = Watched(Scheduled(SHOP, 5), status="stopped")
    with pytest.raises(RetryLater):
        watched.looks()
    assert [facts["stopped"] for event, facts in watched.log.lines if event == "watched"] == [1]


def test_a_connection_at_work_whose_orders_wait_is_probed_hourly() -> None:
    watched = Watched(waiting={"HELD": 3})
    since = watched.now
    watched.looks(180)
    assert [round(hours, 1) for hours in probed_at(watched, since)] == [0.1, 1.1, 2.1]
