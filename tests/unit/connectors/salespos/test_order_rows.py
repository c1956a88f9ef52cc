from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from shopbridge.connectors.salespos.orders.payload import draft_of, predicted_total
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import OrderInput, body_of
from shopbridge.errors import Held, Unmapped
from shopbridge.model.office import OrderDraft
from shopbridge.model.order import Order, TaxMode, TaxShare, Totals
from tests.examples import examples
from tests.salespos_orders import D, line, order, orders, parts, share, shipping, split_line, to_cash

PLAIN = SalesPosSettings(url="https://shop.example", package_id=11)


def draft(of: Order, using: SalesPosSettings = PLAIN, **other: Any) -> OrderDraft:
    return draft_of(of, parts(of, **other), using)


def rows(of: Order, using: SalesPosSettings = PLAIN, **other: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = draft(of, using, **other).payload["orderrows"]
    return found


def brief(of: Order, using: SalesPosSettings = PLAIN) -> list[tuple[Any, ...]]:
    return [(row.get("product_name"), row["count"], row["price"], row["tax"]) for row in rows(of, using)]


def test_a_product_row_carries_its_product_quantity_price_and_tax_and_no_deposits() -> None:
    assert rows(order([line(quantity=D(2))])) == [
        {
            "product_id": 4001,
            "count": D(2),
            "price": D("24.95"),
            "discount": D(0),
            "tax": D(21),
            "auto_create_deposit_rows": False,
        }
    ]


def test_a_variant_is_named_beside_its_product() -> None:
    (row,) = rows(order(), product_ids={"l1": "4001/9102"})
    assert (row["product_id"], row["attribute_combination_id"]) == (4001, 9102)


def test_the_options_of_a_product_without_combination_stand_beside_it() -> None:
    """They are chosen in the shop alone, such as an engraving: else nobody would know what to send."""
    (row,) = rows(order([line(options={"Size": "M", "Colour": "red"})]))
    assert (row["product_id"], row["memo"]) == (4001, "Size: M, Colour: red")
    assert "attribute_combination_id" not in row


def test_the_options_of_a_combination_are_what_it_is() -> None:
    (row,) = rows(order([line(options={"Size": "M"})]), product_ids={"l1": "4001/9102"})
    assert (row["attribute_combination_id"], row.get("memo")) == (9102, None)


def test_a_product_that_was_not_found_becomes_a_free_row_with_package_and_options() -> None:
    of = order([line(options={"Size": "M", "Colour": "red"})])
    (row,) = rows(of, product_ids={})
    assert row["product_name"] == "Product 1"
    assert row["product_number"] == "SKU-1"
    assert row["package_id"] == 11
    assert row["memo"] == "Size: M, Colour: red"


def test_a_long_name_is_cut_to_what_salespos_keeps() -> None:
    (row,) = rows(order([line(name="x" * 300)]), product_ids={})
    assert len(row["product_name"]) == 200


def test_a_discount_becomes_a_negative_row_for_each_tax_rate() -> None:
    lines = [
        line(1, price=D(100)),
        line(2, price=D(50), rate=D(9)),
        split_line(3, "Spring sale", {D(21): D("-10"), D(9): D("-5")}, "gross", "discount"),
    ]
    assert brief(order(lines))[2:] == [
        ("Spring sale (21 %)", 1, D(-10), 21),
        ("Spring sale (9 %)", 1, D(-5), 9),
    ]
    assert draft(order(lines)).line_of_row == (0, 1, 2, 2)


def test_a_discount_at_one_rate_keeps_its_name() -> None:
    lines = [line(1, price=D(100)), split_line(3, "Spring sale", {D(21): D("-10")}, "gross", "discount")]
    assert brief(order(lines))[1:] == [("Spring sale", 1, D(-10), 21)]


def test_a_line_total_that_is_no_multiple_of_a_price_leaves_a_rounding_row_at_its_rate() -> None:
    of = order([line(price=D("3.33"), quantity=D(3), total=D(10), rate=D(9))])
    assert brief(of) == [(None, 3, D("3.33"), 9), ("Rounding", 1, D("0.01"), 9)]
    assert draft(of).line_of_row == (0, None)


@pytest.mark.parametrize(
    ("price", "quantity", "total", "found"),
    [
        ("0.0125", 1000, "12.50", [(750, "0.01"), (250, "0.02")]),
        ("8.4034", 10, "84.03", [(7, "8.40"), (3, "8.41")]),
        ("0.004", 1000, "4.00", [(600, "0.00"), (400, "0.01")]),
    ],
)
@pytest.mark.parametrize("product_ids", [{"l1": "4001"}, {}])
def test_a_price_finer_than_a_cent_becomes_two_rows_of_whole_cents(
    price: str, quantity: int, total: str, found: list[tuple[int, str]], product_ids: dict[str, str]
) -> None:
    of = order([line(price=D(price), quantity=D(quantity), total=D(total), mode="net")], mode="net")
    plan = draft(of, product_ids=product_ids)
    assert [(row["count"], row["price"]) for row in plan.payload["orderrows"]] == [(n, D(each)) for n, each in found]
    assert plan.line_of_row == (0, 0)


def test_a_price_finer_than_a_cent_is_sent_as_it_is_where_it_is_kept() -> None:
    of = order([line(price=D("0.0125"), quantity=D(1000), total=D("12.50"))])
    assert brief(of, PLAIN.model_copy(update={"price_decimals": 4})) == [(None, 1000, D("0.0125"), 21)]


@pytest.mark.parametrize("mode", ["gross", "net"])
@pytest.mark.parametrize("interval", ["0.05", "0.50", "1"])
def test_rounding_to_cash_is_a_row_without_tax(mode: TaxMode, interval: str) -> None:
    of = order([line(price=D("199.40"), mode=mode)], mode=mode)
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(interval))})
    rounding = cash.totals.rounding
    assert brief(cash)[1:] == ([("Rounding", 1, rounding, 0)] if rounding else [])
    assert draft(cash).payload.get("extra_costs") is None


def test_rounding_to_cash_may_be_any_amount_and_makes_shipping_a_row() -> None:
    of = order([line(price=D("199.40"))], shipping({D(21): D("4.95")}))
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    assert brief(cash)[1:] == [("DHL", 1, D("4.95"), 21), ("Rounding", 1, D("-0.35"), 0)]
    assert draft(cash).payload["total_shipping"] == 0


def test_a_weighed_quantity_keeps_its_price() -> None:
    assert brief(order([line(price=D("12.99"), quantity=D("0.345"))])) == [(None, D("0.345"), D("12.99"), 21)]


def test_shipping_of_an_order_with_one_tax_rate_travels_as_its_shipping_costs() -> None:
    payload = draft(order(costs=shipping({D(21): D("0.95")}))).payload
    assert (payload["total_shipping"], payload["shipping_taxes_included"]) == (D("0.95"), True)
    assert len(payload["orderrows"]) == 1


def test_shipping_becomes_a_row_where_salespos_might_choose_another_rate_for_it() -> None:
    of = order([line(rate=D(9))], shipping({D(21): D("4.95")}))
    assert brief(of)[1:] == [("DHL", 1, D("4.95"), 21)]
    assert draft(of).payload["total_shipping"] == 0


def test_shipping_of_a_net_order_becomes_a_net_row() -> None:
    of = order([line(mode="net")], shipping({D(21): D("5.00")}, "net"), mode="net")
    payload = draft(of).payload
    assert brief(of)[1:] == [("DHL", 1, D("5.00"), 21)]
    assert (payload["order_row_taxes_included"], payload["shipping_taxes_included"]) == (False, False)


def test_no_shipping_is_sent_as_zero_since_salespos_would_compute_it_otherwise() -> None:
    assert draft(order()).payload["total_shipping"] == 0


def test_shipping_at_several_rates_becomes_rows_so_that_the_tax_stays_right() -> None:
    of = order(costs=shipping({D(21): D("3.00"), D(9): D("1.95")}))
    assert brief(of)[1:] == [("DHL (21 %)", 1, D("3.00"), 21), ("DHL (9 %)", 1, D("1.95"), 9)]
    assert draft(of).payload["total_shipping"] == 0


def test_shipping_of_an_order_without_tax_becomes_a_row_without_tax() -> None:
    of = order([line(mode="tax_free")], shipping({D(21): D("5.00")}, "tax_free"), mode="tax_free")
    assert brief(of) == [(None, 1, D("24.95"), 0), ("DHL", 1, D("5.00"), 0)]
    assert draft(of).payload["order_row_taxes_included"] is False


def test_shipping_becomes_a_row_where_the_operator_wants_it() -> None:
    using = PLAIN.model_copy(update={"shipping_as": "row"})
    assert brief(order(costs=shipping({D(21): D("4.95")})), using)[1:] == [("DHL", 1, D("4.95"), 21)]


def test_shares_that_do_not_add_up_give_way_to_the_shops_total() -> None:
    taxes = (TaxShare(rate=D(21), net=D("-8.27"), tax=D("-1.74")), share(D(9), D("-5"), "gross"))
    lines = [line(1, price=D(100)), line(3, kind="discount", total=D(-15), taxes=taxes, name="Sale", sku="")]
    assert brief(order(lines))[1:] == [("Sale (21 %)", 1, D(-10), 21), ("Sale (9 %)", 1, D(-5), 9)]


def test_taxes_are_sent_as_the_map_translates_them() -> None:
    of = order([line(rate=D(19), price=D(10))])
    assert rows(of, taxes={D(19): "21"})[0]["tax"] == 21


def test_a_tax_without_entry_holds_the_order() -> None:
    with pytest.raises(Unmapped) as caught:
        draft(order([line(rate=D("5.50"))]), taxes={})
    assert (caught.value.table, caught.value.value) == ("tax", "5.5")


def test_a_tax_that_is_no_percentage_holds_the_order() -> None:
    with pytest.raises(Held, match="no percentage") as caught:
        draft(order(), taxes={D(21): "high"})
    assert caught.value.code == "tax_not_a_percentage"


@pytest.mark.parametrize("quantity", [D(0), D(-1)])
def test_a_product_in_a_quantity_that_is_not_positive_holds_the_order(quantity: Decimal) -> None:
    with pytest.raises(Held, match="quantity") as caught:
        draft(order([line(quantity=quantity, price=D(5)), line(2, price=D(50))]))
    assert caught.value.code == "line_not_expressible"


def test_a_negative_line_without_product_becomes_a_negative_row() -> None:
    lines = [line(1, price=D(50)), line(2, price=D(5), quantity=D(-2), kind="free", name="Returned crate")]
    assert brief(order(lines))[1:] == [("Returned crate", 1, D(-10), 21)]


def test_net_rows_that_the_shop_taxed_one_by_one_are_balanced_with_extra_costs() -> None:
    of = order(
        [line(number, price=D("0.07"), mode="net", name=f"Screw {number}") for number in range(1, 4)], mode="net"
    )
    payload = draft(of).payload
    assert of.totals.gross == D("0.24")
    assert payload["extra_costs"] == D("-0.01")
    assert payload["extra_costs_description"] == "Rounding"


def test_a_difference_that_rounding_cannot_make_holds_the_order_with_both_figures() -> None:
    wrong = Totals(gross=D("119.05"), net=D(100), taxes=())
    with pytest.raises(Held, match=r"24\.95 EUR.*119\.05") as caught:
        draft(order(totals=wrong))
    assert caught.value.code == "totals_differ"


@settings(max_examples=examples(300))
@given(orders())
def test_every_order_adds_up_to_the_shops_total_and_to_its_tax_within_a_cent_a_row(of: Order) -> None:
    body = OrderInput.model_validate(draft(of).payload)
    assert predicted_total(body) == of.totals.gross
    assert abs(of.totals.tax - _tax(body, of)) <= max(5, len(body.orderrows)) * D("0.01")


def _tax(body: OrderInput, of: Order) -> Decimal:
    """The rows' tax, and the shop's tax of shipping costs that are no rows."""
    sums: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in body.orderrows:
        sums[row.tax] += row.count * row.price
    base = {rate: 100 + rate if body.order_row_taxes_included else D(100) for rate in sums}
    costs = of.shipping.taxes if of.shipping and body.total_shipping else ()
    return sum((amount * rate / base[rate] for rate, amount in sums.items()), sum((tax.tax for tax in costs), D(0)))


@settings(max_examples=examples(100))
@given(orders())
def test_every_number_leaves_as_the_very_decimal(of: Order) -> None:
    body = OrderInput.model_validate(draft(of).payload)
    for sent, row in zip(body_of(body)["orderrows"], body.orderrows, strict=True):
        assert Decimal(repr(sent["price"])) == row.price
        assert Decimal(repr(sent["count"])) == row.count


def test_a_number_with_more_digits_than_json_keeps_is_held() -> None:
    body = OrderInput.model_validate(draft(order()).payload | {"extra_costs": D("0.12345678901234567890")})
    with pytest.raises(Held) as caught:
        body_of(body)
    assert caught.value.code == "number_too_long"
