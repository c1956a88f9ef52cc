"""Tax rates: amounts with and without tax, and the tax map."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import Held, Unmapped
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import percentage_of, with_tax, without_tax

AMOUNTS = st.decimals("-100000", "100000", places=2)
RATES = st.decimals(0, 100, places=2)


@given(amount=AMOUNTS, rate=RATES)
def test_tax_that_was_put_on_comes_off_again(amount: Decimal, rate: Decimal) -> None:
    assert cents(without_tax(with_tax(amount, rate), rate)) == amount
    assert cents(with_tax(without_tax(amount, rate), rate)) == amount


@pytest.mark.parametrize(("rate", "text", "expected"), [("19", "21", "21"), ("0", "0", "0"), ("5.50", "5.5", "5.5")])
def test_a_rate_becomes_the_percentage_of_its_entry(rate: str, text: str, expected: str) -> None:
    assert percentage_of(Decimal(rate), {Decimal(rate): text}, "order 1") == Decimal(expected)


def test_what_bears_no_tax_needs_no_entry() -> None:
    assert percentage_of(Decimal("0.00"), {}, "order 1") == 0


def test_a_rate_without_an_entry_is_named() -> None:
    with pytest.raises(Unmapped, match=r"5\.5.*order 1"):
        percentage_of(Decimal("5.50"), {}, "order 1")


def test_an_entry_that_is_no_percentage_is_held() -> None:
    with pytest.raises(Held, match="19 % to 'high'") as caught:
        percentage_of(Decimal(19), {Decimal(19): "high"}, "order 1")
    assert caught.value.code == "tax_not_a_percentage"
