"""Getting a batch through that one record would sink."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.kit.batches import Refused, settle
from shopbridge.errors import RetryLater


class Target:
    """Refuses a batch that holds one of these; names them where it ``names`` any."""

    def __init__(self, *bad: int, names: bool = False) -> None:
        self.bad = set(bad)
        self.names = names
        self.taken: list[int] = []
        self.calls = 0

    def __call__(self, batch: Sequence[int]) -> Refused[str] | None:
        self.calls += 1
        at = {place: f"bad {item}" for place, item in enumerate(batch) if item in self.bad}
        if at:
            return Refused("bad", at if self.names else {})
        self.taken += batch
        return None


def test_nothing_is_sent_of_nothing() -> None:
    target = Target()
    assert settle([], target) == {}
    assert target.calls == 0


def test_a_batch_that_is_taken_is_one_call() -> None:
    target = Target()
    assert settle([7, 8, 9], target) == {}
    assert (target.taken, target.calls) == ([7, 8, 9], 1)


def test_items_that_are_named_are_left_out_at_once() -> None:
    target = Target(8, names=True)
    assert settle([7, 8, 9], target) == {1: "bad 8"}
    assert (target.taken, target.calls) == ([7, 9], 2)


@given(st.lists(st.integers(0, 30), unique=True), st.sets(st.integers(0, 30)), st.booleans())
def test_every_good_item_is_taken_once_in_fewer_calls_than_two_for_each(
    items: list[int], bad: set[int], names: bool
) -> None:
    target = Target(*bad, names=names)
    refused = settle(items, target)
    assert {items[place] for place in refused} == bad & set(items)
    assert sorted(target.taken) == sorted(set(items) - bad)
    assert target.calls <= max(0, 2 * len(items) - 1)


def test_an_error_ends_it() -> None:
    def away(_: Sequence[int]) -> Refused[str] | None:
        raise RetryLater("Away", after=5)

    with pytest.raises(RetryLater):
        settle([1, 2], away)
