"""Outages in a size for every day: a day without back office, a poison order, a revoked key."""

import httpx

from chaos import outage
from chaos.report import outage_line

SEED = 1


def test_a_day_without_back_office_heals_by_itself_and_calls_come_down_to_a_probe() -> None:
    found = outage.day_without_office(1, SEED)
    assert found.broken == []
    assert (found.placed, found.arrived, found.resent, found.dead) == (1, 1, 1, 0)
    assert found.last_hour <= 1 < found.first_hour


def test_a_revoked_key_is_told_once_and_nothing_is_lost() -> None:
    assert outage.revoked_key(2, SEED) == (1, [])


def test_a_poison_order_delays_no_other() -> None:
    assert 0 <= outage.poison_delay(4, SEED) <= outage.MOST_DELAY


def test_a_gate_answers_what_it_is_told_to_and_counts() -> None:
    inner = httpx.MockTransport(lambda _: httpx.Response(200))
    gate = outage.Gate(inner, meets=lambda request: request.url.path == "/broken")
    client = httpx.Client(transport=gate)
    assert [client.get(f"https://office.example/{path}").status_code for path in ("well", "broken")] == [200, 503]
    assert gate.statuses == {200: 1, 503: 1}


def test_what_is_broken_fails_the_report() -> None:
    line, facts = outage_line(outage.Outage(placed=2, arrived=1, broken=["10001 is lost"]))
    assert line.broken == ["10001 is lost"]
    assert (facts["outage"]["placed"], facts["outage"]["arrived"]) == (2, 1)
    assert "broken" not in facts["outage"]
