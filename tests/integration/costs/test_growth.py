"""The thousandth order costs what the hundredth did: in calls of functions, in units, and in memory."""

import pytest

from benchmarks.orders.growth import grow

FEW, MANY = 100, 2_000


def test_an_order_takes_the_same_work_however_many_there_are() -> None:
    grown = grow((FEW, MANY), rounds=1, orders=10)
    few, many = grown[FEW], grown[MANY]
    assert many.calls == pytest.approx(few.calls, rel=0.05)
    assert many.peak <= few.peak * 1.25
    assert many.counts == pytest.approx(few.counts, abs=0.2)
