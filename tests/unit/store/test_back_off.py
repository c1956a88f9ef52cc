"""How long a message that failed waits before its next try."""

from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import LONGEST_PAUSE, LimitReached, RetryLater, back_off
from shopbridge.store.batch import LAST_TRY, MessageDelivery, pause_after

WAITS = st.floats(0, 100_000)
TRIES = st.integers(1, 1000)
VISIBILITY = 43_200
"""The longest that SQS hides a message."""


@given(WAITS, TRIES)
def test_a_message_waits_at_least_what_was_asked_for_and_an_hour_at_the_most(after: float, tries: int) -> None:
    assert min(after, LONGEST_PAUSE) < back_off(after, tries) <= LONGEST_PAUSE + 1 < VISIBILITY


@given(WAITS, TRIES)
def test_a_later_try_never_waits_less(after: float, tries: int) -> None:
    assert back_off(after, tries) <= back_off(after, tries + 1)


def test_three_tries_come_as_asked_for_then_the_wait_doubles() -> None:
    assert [back_off(30, tries) for tries in range(1, 7)] == [31, 31, 31, 61, 121, 241]


def test_all_tries_together_bridge_a_night() -> None:
    assert sum(back_off(30, tries) for tries in range(1, LAST_TRY)) > 8 * 3600


def test_the_last_try_is_the_one_before_the_dead_letters() -> None:
    assert [MessageDelivery("", tries).last for tries in (1, LAST_TRY - 1, LAST_TRY, LAST_TRY + 1)] == [
        False,
        False,
        True,
        True,
    ]


@given(st.floats(0, 1_000_000), TRIES)
def test_what_waits_for_a_limit_comes_back_when_that_is_free_however_often_it_waited(after: float, tries: int) -> None:
    pause = pause_after(LimitReached("Used up", after=after), tries)
    assert pause == pause_after(LimitReached("Used up", after=after), 1) < VISIBILITY
    assert pause > min(after, VISIBILITY - 200)


def test_what_failed_waits_longer_with_every_try() -> None:
    assert [pause_after(RetryLater("Away", after=30), tries) for tries in (1, 4, 6)] == [31, 61, 241]


def test_tries_before_a_wait_are_counted_and_waiting_is_none() -> None:
    assert [MessageDelivery("", 1).after(before).again for before in (0, 1)] == [False, True]
    assert MessageDelivery("", 1).after(LAST_TRY - 1).last
