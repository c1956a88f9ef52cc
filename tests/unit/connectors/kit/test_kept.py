"""A value of a platform that is read once and believed for a while."""

from datetime import timedelta

import pytest

from shopbridge.connectors.kit.kept import Kept
from shopbridge.errors import RetryLater
from tests.unit.memory_stores import Clock


class Source:
    """Counts how often it is read; ``error`` is what the next reading ends with."""

    def __init__(self) -> None:
        self.read = 0
        self.error: RetryLater | None = None

    def __call__(self) -> int:
        if self.error:
            raise self.error
        self.read += 1
        return self.read


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def kept(source: Source, clock: Clock) -> Kept[int]:
    return Kept(source, clock, timedelta(minutes=10))


def test_nothing_is_read_before_somebody_asks(kept: Kept[int], source: Source) -> None:
    assert not kept.is_younger(timedelta.max)
    assert source.read == 0


def test_a_value_is_believed_for_its_lifetime(kept: Kept[int], clock: Clock) -> None:
    assert kept.value() == 1
    clock.advance(seconds=599)
    assert kept.value() == 1
    clock.advance(seconds=1)
    assert kept.value() == 2


def test_a_value_is_read_anew_when_asked_and_believed_from_then_on(kept: Kept[int], clock: Clock) -> None:
    kept.value()
    clock.advance(seconds=300)
    assert kept.refreshed() == 2
    assert kept.is_younger(timedelta(seconds=1))
    clock.advance(seconds=599)
    assert kept.value() == 2


def test_what_cannot_be_read_anew_stays_as_old_as_it_is(kept: Kept[int], source: Source, clock: Clock) -> None:
    kept.value()
    clock.advance(seconds=300)
    source.error = RetryLater("The shop is away", after=5)
    with pytest.raises(RetryLater):
        kept.refreshed()
    assert kept.value() == 1
    clock.advance(seconds=300)
    with pytest.raises(RetryLater):
        kept.value()
