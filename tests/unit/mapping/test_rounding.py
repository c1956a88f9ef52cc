from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.mapping.rounding import cents, split_by_rate, whole_cent_prices

MONEY = st.decimals(min_value=-(10**7), max_value=10**7, places=2)
SHARES = st.dictionaries(
    st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "7", "9", "19", "21")]),
    st.decimals(min_value=0, max_value=10**6, places=4),
    min_size=1,
).filter(lambda shares: any(shares.values()))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1", "1.00"), ("0.0049", "0.00")],
)
def test_halves_of_cents_go_away_from_zero(value: str, rounded: str) -> None:
    assert str(cents(Decimal(value))) == rounded


@given(amount=MONEY, shares=SHARES)
def test_a_split_adds_up_and_each_part_is_within_a_cent(amount: Decimal, shares: dict[Decimal, Decimal]) -> None:
    parts = split_by_rate(amount, shares)
    assert sum(parts.values()) == amount
    assert list(parts) == list(shares)
    total = sum(map(Fraction, shares.values()))
    for rate, part in parts.items():
        exact = Fraction(amount) * Fraction(shares[rate]) / total
        assert abs(Fraction(part) - exact) < Fraction(1, 100)
        assert part * amount >= 0
        assert part or part == cents(part)


def test_cents_left_over_go_to_the_largest_remainders_and_then_the_higher_rate() -> None:
    thirds = {Decimal(7): Decimal(1), Decimal(19): Decimal(1), Decimal(0): Decimal(1)}
    assert split_by_rate(Decimal("-10.00"), thirds) == {
        Decimal(7): Decimal("-3.33"),
        Decimal(19): Decimal("-3.34"),
        Decimal(0): Decimal("-3.33"),
    }
    uneven = {Decimal(7): Decimal(2), Decimal(19): Decimal(1)}
    assert split_by_rate(Decimal("0.01"), uneven) == {Decimal(7): Decimal("0.01"), Decimal(19): Decimal(0)}


def test_nothing_is_split_into_nothing() -> None:
    assert split_by_rate(Decimal(0), {}) == {}
    assert split_by_rate(Decimal(0), {Decimal(19): Decimal(0)}) == {Decimal(19): Decimal(0)}


@pytest.mark.parametrize("shares", [{}, {Decimal(19): Decimal(0)}, {Decimal(19): Decimal(2), Decimal(7): Decimal(-1)}])
def test_a_split_that_nothing_decides_is_refused(shares: dict[Decimal, Decimal]) -> None:
    with pytest.raises(ValueError, match="cannot split"):
        split_by_rate(Decimal("4.95"), shares)


cents_of = st.integers(-500_000, 500_000).map(lambda amount: Decimal(amount) / 100)
counts = st.one_of(st.integers(1, 5000).map(Decimal), st.integers(1, 5_000_000).map(lambda n: Decimal(n) / 1000))


@given(cents_of, counts)
def test_two_neighbouring_prices_make_up_any_total(total: Decimal, quantity: Decimal) -> None:
    pairs = whole_cent_prices(total, quantity)
    assert sum(count for count, _ in pairs) == quantity
    assert all(count > 0 and cents(price) == price for count, price in pairs)
    assert {abs(price - pairs[0][1]) for _, price in pairs} <= {Decimal(0), Decimal("0.01")}
    off = abs(total - sum(cents(price * count) for count, price in pairs))
    assert off <= (Decimal(0) if len(pairs) > 1 or quantity == int(quantity) else Decimal("0.01"))


def test_a_thousand_for_twelve_fifty_are_750_at_one_cent_and_250_at_two() -> None:
    assert whole_cent_prices(Decimal("12.50"), Decimal(1000)) == (
        (Decimal(750), Decimal("0.01")),
        (Decimal(250), Decimal("0.02")),
    )
