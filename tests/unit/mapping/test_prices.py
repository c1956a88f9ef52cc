"""A price as its target keeps it: what a buyer pays stays the same, whatever tax the target has."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import Held
from shopbridge.mapping.prices import PriceTerms, amount_for, gross_amount, known_rate, net_amount, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.model.catalogue import Price
from tests.unit.flows.products.catalogue_world import euro

TILL = PriceTerms("SalesPOS", "EUR", gross=False, rate=Decimal(19), fix="Name it.")
SHELF = PriceTerms("Gomag", "RON", gross=True, rate=Decimal(21), fix="Name it.")


def net(amount: str, currency: str = "EUR") -> Price:
    return Price(amount=Decimal(amount), gross=False, currency=currency)


def test_a_gross_price_is_the_same_at_a_till_that_taxes_it_otherwise() -> None:
    kept = cents(amount_for(euro("12.84"), TILL))
    assert kept == Decimal("10.79")
    assert cents(gross_amount(net(str(kept)), Decimal(19))) == Decimal("12.84")


def test_a_net_price_becomes_gross_by_the_targets_tax() -> None:
    assert cents(amount_for(net("12.00", "RON"), SHELF)) == Decimal("14.52")


amounts = st.integers(1, 10**7).map(lambda number: Decimal(number) / 100)
percentages = st.sampled_from([Decimal(rate) for rate in (0, 5, 7, 9, 11, 19, 21, 27)])


@given(amounts, percentages, st.booleans())
def test_with_and_without_tax_are_one_price(amount: Decimal, rate: Decimal, gross: bool) -> None:
    price = Price(amount=amount, gross=gross, currency="EUR")
    own = replace(TILL, gross=gross, rate=rate)
    other = amount_for(price, replace(own, gross=not gross))
    assert amount_for(price, own) == amount
    assert cents(amount_for(Price(amount=other, gross=not gross, currency="EUR"), own)) == amount
    assert other == (net_amount if gross else gross_amount)(price, rate)


def test_a_rate_that_nobody_tells_is_needed_only_where_a_price_is_converted() -> None:
    unknown = replace(TILL, rate=None)
    assert amount_for(net("10"), unknown) == 10
    with pytest.raises(Held, match="which tax the product has in SalesPOS") as caught:
        amount_for(euro("10"), unknown)
    assert (caught.value.code, caught.value.fix) == ("no_tax_rate", "Name it.")
    with pytest.raises(Held):
        known_rate(unknown)
    assert "in Gomag" in tax_fix("Gomag", keeps_tax=True)
    assert "at the source" in tax_fix("Gomag", keeps_tax=False)


def test_another_currency_is_never_taken_for_the_targets() -> None:
    with pytest.raises(Held, match="in EUR, but Gomag has its prices in RON") as caught:
        amount_for(euro("1"), SHELF)
    assert caught.value.code == "other_currency"
