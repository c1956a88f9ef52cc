"""Quantities, sums and currencies of Shoprenter's orders: what is read adds up to the cent, or is held."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shoprenter.orders.amounts import sums_of
from shopbridge.connectors.shoprenter.wire import WireOrder
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.salespos_orders import D
from tests.shoprenter_shapes import read, row


def good(order: Order | UnreadableOrder) -> Order:
    assert isinstance(order, Order), order
    return order


def held(order: Order | UnreadableOrder) -> UnreadableOrder:
    assert isinstance(order, UnreadableOrder), order
    return order


def adds_up(order: Order) -> bool:
    parts = sum((line.total for line in order.lines), D(0)) + (order.shipping.total if order.shipping else D(0))
    shares = sum((share.gross for share in order.totals.taxes), D(0))
    whole = order.totals.gross - order.totals.rounding
    return parts == shares == whole and order.totals.net == sum((share.net for share in order.totals.taxes), D(0))


def with_line(**changes: Any) -> dict[str, Any]:
    (line,) = row()["orderProducts"]
    return row(orderProducts=[{**line, **changes}])


@pytest.mark.parametrize(
    ("stocks", "quantity"),
    [(("1", "1", "0", "0"), 2), (("0", "0", "0", "2"), 2), (("0", "0", "0", "0"), 2), (("", {}, None, []), 2)],
)
def test_the_quantity_is_what_the_warehouses_gave_else_total_by_price(stocks: Any, quantity: int) -> None:
    names = ("stock1", "stock2", "stock3", "stock4")
    order = good(read(with_line(**dict(zip(names, stocks, strict=True)))))
    assert order.lines[0].quantity == quantity


def test_a_line_that_does_not_tell_its_quantity_is_held() -> None:
    none = {"stock1": "0", "price": "0.0000", "grossPrice": None, "grossPriceCurrency": None}
    order = row(
        orderProducts=[{**with_line()["orderProducts"][0], **none, "total": "0.0000"}], orderTotals=[], total="0"
    )
    assert held(read(order)).code == "odd_quantity"


def test_a_line_of_a_product_that_was_deleted_is_read_as_it_was_sold() -> None:
    order = good(read(with_line(product=None, productInnerId=None, parentProduct=None)))
    assert (order.lines[0].sku, order.lines[0].total, order.lines[0].fields) == ("MUG-BLUE", D("5080.00"), {})


def test_gross_prices_that_older_orders_lack_follow_from_the_net_ones() -> None:
    old = dict.fromkeys(("grossPrice", "originalGrossPrice", "priceCurrency", "grossPriceCurrency"))
    assert good(read(with_line(**old))).lines == good(read(row())).lines


def whole_forint(*lines: tuple[str, str, int], total: str) -> dict[str, Any]:
    """An order in HUF of lines (net price, net total, quantity) at 27 %."""
    rows = [
        {
            "id": str(at),
            "name": "x",
            "sku": "X",
            "price": price,
            "total": net,
            "taxRate": "27.0000",
            "stock1": str(count),
        }
        for at, (price, net, count) in enumerate(lines)
    ]
    totals = [{"name": "Összesen", "type": "TOTAL", "value": total}]
    return row(
        orderProducts=rows, orderTotals=totals, total=total, shippingMethodName="", shippingMethodLocalizedName=""
    )


def test_a_total_in_whole_forint_is_met_by_rounding_each_piece() -> None:
    order = good(read(whole_forint(("1573.2283", "4719.6849", 3), total="5994.0000")))
    assert (order.totals.gross, order.totals.rounding, adds_up(order)) == (D("5994.00"), D(0), True)


def test_what_rounding_the_total_made_is_told_as_rounding() -> None:
    halves = ("100.3000", "100.3000", 1)  # 127.38 each
    order = good(read(whole_forint(halves, halves, total="255.0000")))
    assert (order.totals.gross, order.totals.rounding) == (D("255.00"), D("0.24"))
    assert [line.total for line in order.lines] == [D("127.38"), D("127.38")]
    assert adds_up(order)
    assert held(read(whole_forint(halves, halves, total="256.0000"))).code == "totals_differ_in_shop"


@given(
    st.lists(
        st.tuples(st.integers(1, 50_000_000), st.integers(1, 40), st.sampled_from(["27", "18", "5", "0"])),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 500_000),
    st.sampled_from([0, 2]),
)
def test_totals_are_met_to_the_cent_however_the_shop_rounds_its_lines(
    lines: list[tuple[int, int, str]], fee: int, decimals: int
) -> None:
    unit = D(1).scaleb(-decimals)
    rows, goods = [], D(0)
    for at, (price, count, rate) in enumerate(lines):
        net = D(price).scaleb(-4)
        gross = (net * (100 + D(rate)) / 100).quantize(unit, "ROUND_HALF_UP")
        goods += gross * count
        rows.append(
            {
                "id": str(at),
                "sku": "X",
                "price": str(net),
                "total": str(net * count),
                "taxRate": f"{rate}.0000",
                "stock1": str(count),
            }
        )
    shipping = D(fee)
    totals = [{"type": "SHIPPING", "value": str(shipping)}, {"type": "TOTAL", "value": str(goods + shipping)}]
    wire = WireOrder.model_validate(
        row(
            orderProducts=rows,
            orderTotals=totals,
            total=str(goods + shipping),
            currency={"code": "EUR", "decimalPlace": decimals},
        )
    )
    sums = sums_of(wire)
    assert sums.parts + sums.rounding == sums.total == goods + shipping
    assert abs(sums.rounding) <= unit / 2


def test_an_order_that_does_not_add_up_is_held_with_both_figures() -> None:
    order = row()
    order["orderTotals"][-1]["value"] = order["total"] = "7000.0000"
    assert held(read(order)).code == "totals_differ_in_shop"
    assert "6985.00" in held(read(order)).text
    assert "7000.00" in held(read(order)).text
    assert "gift wrapping" in held(read({**order, "orderGiftWrappings": [{"id": "x"}]})).text


def test_totals_that_contradict_each_other_are_held() -> None:
    assert held(read(row(total="7000.0000"))).code == "totals_differ_in_shop"


def test_a_row_of_the_totals_that_nobody_knows_is_held_unless_it_is_nothing() -> None:
    order = row()
    order["orderTotals"].append({"name": "Biztosítás:", "type": "INSURANCE", "value": "0.0000", "key": None})
    good(read(order))
    order["orderTotals"][-1]["value"] = "100.0000"
    assert "Biztosítás" in held(read(order)).text


@pytest.mark.parametrize("told", [None, "-1.0000", "", {}])
def test_a_fee_without_a_tax_rate_is_held(told: Any) -> None:
    assert held(read(row(shippingMethodTaxRate=told))).code == "missing_tax"
    assert held(read(row(paymentMethodTaxRate=told))).code == "missing_tax"


def test_a_discount_counts_as_one_whatever_its_sign() -> None:
    order = row("order_everything")
    positive = [{**each, "value": each["value"].lstrip("-")} for each in order["orderTotals"]]
    assert good(read({**order, "orderTotals": positive})).lines == good(read(order)).lines


def test_an_order_in_another_currency_is_read_in_its_own() -> None:
    euro = {"code": "EUR", "decimalPlace": "2", "value": "0.0025"}
    (line,) = row()["orderProducts"]
    lines = [{**line, "priceCurrency": "5.0000", "grossPriceCurrency": "6.3500"}]
    order = good(read(row(value="0.00250000", currency=euro, orderProducts=lines)))
    assert (order.currency, order.totals.gross) == ("EUR", D("17.46"))
    assert [each.total for each in order.lines] == [D("12.70"), D("0.95")]
    assert order.shipping
    assert order.shipping.total == D("3.81")
    assert order.totals.rounding == 0
