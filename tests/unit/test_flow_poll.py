"""Where a poll begins, and what it remembers of the overlap."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.poll_orders import SEEN_KEPT, first_moment, latest
from shopbridge.model.base import OrderId
from tests.unit.flow_samples import CREATED, a_connection


def test_a_first_import_begins_two_months_before_the_connection_was_made() -> None:
    assert first_moment(a_connection()) == CREATED - timedelta(days=61)


def test_a_chosen_day_begins_at_its_midnight_in_utc() -> None:
    assert first_moment(a_connection(from_date="2026-02-03")) == datetime(2026, 2, 3, tzinfo=UTC)


REVISIONS = st.dictionaries(st.text(max_size=5).map(OrderId), st.text("0123456789", max_size=4), max_size=40)


@given(REVISIONS)
def test_few_revisions_are_all_remembered(seen: dict[OrderId, str]) -> None:
    assert latest(seen) == seen


def test_of_many_revisions_the_newest_are_remembered() -> None:
    seen = {OrderId(f"order-{number}"): f"{number:06}" for number in range(SEEN_KEPT + 500)}
    kept = latest(dict(sorted(seen.items(), reverse=True)))
    assert set(kept.values()) == {f"{number:06}" for number in range(500, SEEN_KEPT + 500)}
