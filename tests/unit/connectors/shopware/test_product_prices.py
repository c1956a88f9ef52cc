"""Gross and net of a product's price, computed without losing a cent."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.catalogue.prices import (
    REGULAR,
    SALE,
    StoredPrice,
    WireEntry,
    gross_of,
    net_of,
    price_list,
    read_prices,
)
from shopbridge.connectors.shopware.facts import DEFAULT_CURRENCY, Currency
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.rounding import cents
from shopbridge.model.catalogue import CataloguePrice, Price

EURO = Currency(DEFAULT_CURRENCY, "EUR")
CENTS = st.integers(0, 99_999_99).map(lambda amount: Decimal(amount) / 100)
RATES = st.one_of(
    st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "7", "9", "19", "21", "25", "27")]),
    st.integers(0, 100_00).map(lambda rate: Decimal(rate) / 100),
)


@given(CENTS, RATES)
def test_a_gross_amount_comes_back_from_its_net_amount(gross: Decimal, rate: Decimal) -> None:
    assert gross_of(net_of(gross, rate), rate) == gross


@given(CENTS, RATES)
def test_a_net_amount_comes_back_to_the_cent_from_its_gross_amount(net: Decimal, rate: Decimal) -> None:
    assert cents(net_of(gross_of(net, rate), rate)) == net


@given(CENTS, RATES, st.booleans(), CENTS)
def test_what_is_written_reads_the_same(amount: Decimal, rate: Decimal, is_gross: bool, off: Decimal) -> None:
    def price(value: Decimal) -> Price:
        return Price(amount=value, gross=is_gross, currency="EUR")

    sale = price(amount) if off else None
    wanted = CataloguePrice(regular=price(amount + off), sale=sale)
    sent = json.loads(json.dumps(price_list(wanted, rate, EURO, ())), parse_float=Decimal)
    groups = read_prices([WireEntry.model_validate(each) for each in sent], EURO, "gross" if is_gross else "net")
    assert groups == ({REGULAR: wanted.regular, SALE: sale} if sale else {REGULAR: wanted.regular})


@given(st.decimals(0, 10**7, places=10))
def test_a_json_number_keeps_the_cent(value: Decimal) -> None:
    assert cents(Decimal(json.dumps(json_number(value)))) in {cents(value), cents(value + Decimal("1e-8"))}


def test_halves_of_a_gross_cent_go_up() -> None:
    assert gross_of(Decimal("0.50"), Decimal(1)) == Decimal("0.51")
    assert net_of(Decimal(1), Decimal(19)) == Decimal("0.8403361345")


OWN = StoredPrice(currency_id=DEFAULT_CURRENCY, gross=Decimal(1), net=Decimal(1))


@pytest.mark.parametrize(
    ("code", "currency", "stored", "reason"),
    [
        ("USD", EURO, [], "other_currency"),
        ("USD", Currency("d" * 32, "USD"), [], "no_own_currency"),
        (
            "USD",
            Currency("d" * 32, "USD"),
            [OWN],
            None,
        ),
    ],
)
def test_a_price_list_needs_the_shops_own_currency(
    code: str, currency: Currency, stored: list[StoredPrice], reason: str | None
) -> None:
    price = CataloguePrice(regular=Price(amount=Decimal(1), gross=True, currency=code), sale=None)
    if reason is None:
        assert len(price_list(price, Decimal(19), currency, stored)) == 2
        return
    with pytest.raises(Held) as caught:
        price_list(price, Decimal(19), currency, stored)
    assert caught.value.code == reason
