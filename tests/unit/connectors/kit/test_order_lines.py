"""An order's lines as rows: every cent is in a row of its rate, or told as a rest, or the order is held."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings

from shopbridge.connectors.kit.order_lines import (
    PlannedRow,
    amounts_by_rate,
    priced,
    rounding_left,
    row_total,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.order import Order
from tests.examples import examples
from tests.salespos_orders import D, line, order, orders, parts, share, shipping, split_line


def planned(of: Order, *, gross: bool) -> list[PlannedRow]:
    products = parts(of).product_ids
    lines = rows_of_lines(of, products, gross=gross, platform="Till", row="row")
    return [*lines, *rows_of_shipping(of, "Shipping", gross=gross)]


@settings(max_examples=examples(150))
@given(orders())
def test_rows_add_up_to_the_lines_and_the_shipping_costs(of: Order) -> None:
    rows = planned(of, gross=of.tax_mode == "gross")
    for index, one in enumerate(of.lines):
        assert sum(row.total for row in rows if row.line == index) == one.total
    costs = of.shipping.total if of.shipping else 0
    assert sum(row.total for row in rows if row.line is None) == costs


@settings(max_examples=examples(150))
@given(orders())
def test_each_cent_is_at_its_rate_with_tax_or_without(of: Order) -> None:
    for gross in (True, False) if of.tax_mode != "tax_free" else (True,):
        found: dict[Decimal, Decimal] = defaultdict(Decimal)
        for row in planned(of, gross=gross):
            found[row.rate] += row.total
        wanted: dict[Decimal, Decimal] = defaultdict(Decimal)
        for taxes in (*(one.taxes for one in of.lines), of.shipping.taxes if of.shipping else ()):
            for tax in taxes:
                wanted[tax.rate if of.tax_mode != "tax_free" else D(0)] += tax.gross if gross else tax.net
        assert {rate: sum_ for rate, sum_ in found.items() if sum_} == {r: w for r, w in wanted.items() if w}


@settings(max_examples=examples(150))
@given(orders())
def test_prices_make_up_a_row_and_leave_a_cent_at_most(of: Order) -> None:
    for row in planned(of, gross=True):
        for decimals in (2, 4):
            pairs, rest = priced(row, decimals)
            assert sum(count for count, _ in pairs) == row.quantity
            assert sum(row_total(price, count) for count, price in pairs) + rest == row.total
            assert abs(rest) <= D("0.01")


def test_a_line_is_sold_as_it_is_and_a_discount_only_holds_an_amount() -> None:
    sale = split_line(2, "Sale", {D(21): D(-3)}, "gross", "discount").model_copy(update={"quantity": D(2)})
    of = order([line(quantity=D(3), name=" "), sale, line(3, kind="free", quantity=D(-1), total=D(-5))])
    rows = planned(of, gross=True)
    assert [(row.line, row.product, row.name, row.quantity, row.total) for row in rows] == [
        (0, ExternalId("4001"), "SKU-1", D(3), D("74.85")),
        (1, None, "Sale", D(1), D(-3)),
        (2, None, "Product 3", D(1), D(-5)),
    ]
    assert [row.sold for row in rows] == [of.lines[0], None, None]


def test_several_rates_are_rows_of_one_line() -> None:
    sale = split_line(1, "Sale", {D(21): D(-3), D(9): D(-1)}, "gross", "discount")
    rows = planned(order([sale], shipping({D(21): D(3), D(9): D(0)})), gross=True)
    assert [(row.rate, row.total, row.one_rate) for row in rows] == [
        (D(21), D(-3), False),
        (D(9), D(-1), False),
        (D(21), D(3), True),
    ]


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_product_without_a_quantity_is_held_in_the_words_of_the_target(quantity: str) -> None:
    with pytest.raises(Held) as caught:
        planned(order([line(quantity=D(quantity))]), gross=True)
    assert caught.value.code == "line_not_expressible"
    assert caught.value.what == f"The line 'Product 1' has the quantity {quantity}, which a row of Till cannot have"
    assert caught.value.fix == "Book this order by hand in Till, then skip it here."


def test_a_product_at_two_rates_is_held() -> None:
    taxes = (share(D(21), D(10), "gross"), share(D(9), D(5), "gross"))
    with pytest.raises(Held, match="has 2 tax rates"):
        planned(order([line(total=D(15), taxes=taxes)]), gross=True)


def test_the_largest_amount_gives_way_to_a_total_of_its_kind_only() -> None:
    shares = (share(D(9), D("5.00"), "gross"), share(D(21), D("10.00"), "gross"))
    assert amounts_by_rate(D("15.01"), shares, "gross", gross=True) == {D(9): D("5.00"), D(21): D("10.01")}
    assert amounts_by_rate(D("15.01"), shares, "net", gross=True) == {D(9): D("5.00"), D(21): D("10.00")}
    assert amounts_by_rate(D("15.01"), shares, "net", gross=False) == {D(9): D("4.59"), D(21): D("10.42")}
    assert amounts_by_rate(D("15.01"), shares, "tax_free", gross=True) == {D(0): D("15.01")}


def test_rounding_may_make_five_cents_and_a_cent_for_each_further_row() -> None:
    for rows, most in ((1, "0.05"), (5, "0.05"), (120, "1.20"), (0, "0.00")):
        found = D(100) - D(most)
        assert rounding_left(order(), D(100), found, rows, "They come to") == D(most)
        with pytest.raises(Held) as caught:
            rounding_left(order(), D(100), found - D("0.01"), rows, "They come to")
        assert (caught.value.code, caught.value.where) == ("totals_differ", "order 10042")
        assert caught.value.what.startswith(f"They come to {found - D('0.01'):f} EUR where the shop has 100")
