"""Line items: a flat list that is a tree, in three tax modes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shopbridge.connectors.shopware.orders.lines import order_lines, tax_mode, tax_shares, totals
from shopbridge.connectors.shopware.wire import WireLine, WirePrice, WireTotals
from shopbridge.model.order import TaxMode

NOTHING, SEVEN, NINETEEN = Decimal(0), Decimal(7), Decimal(19)
RATES = (NINETEEN, SEVEN)
MODES: tuple[TaxMode, ...] = ("gross", "net", "tax_free")


def price(total: Decimal, mode: TaxMode = "gross", rate: Decimal = RATES[0], quantity: int = 1) -> WirePrice:
    base = 100 + rate if mode == "gross" else Decimal(100)
    taxes = [] if mode == "tax_free" else [{"tax": total * rate / base, "taxRate": rate, "price": total}]
    return WirePrice.model_validate(
        {"unitPrice": total / quantity, "totalPrice": total, "calculatedTaxes": taxes, "taxRules": []}
    )


def line(key: str, total: str, kind: str = "product", parent: str | None = None, **more: Any) -> WireLine:
    values = {"id": key, "parentId": parent, "type": kind, "label": key, "quantity": 1, "price": price(Decimal(total))}
    return WireLine.model_validate(values | more)


@pytest.mark.parametrize(
    ("kind", "total", "product_id", "expected"),
    [
        ("product", "10", None, "product"),
        ("product", "0", "p", "product"),
        ("promotion", "-5", None, "discount"),
        ("promotion", "0", None, "discount"),
        ("credit", "-5", None, "discount"),
        ("discount", "-5", None, "discount"),
        ("custom", "3", None, "free"),
        ("custom", "-3", None, "discount"),
        ("custom", "0", None, "free"),
        ("quantity", "1", None, "free"),
        ("plugin-gift-wrap", "2", None, "free"),
        ("plugin-bundle-item", "2", "p", "product"),
    ],
)
def test_every_type_of_line_is_a_product_a_free_position_or_a_discount(
    kind: str, total: str, product_id: str | None, expected: str
) -> None:
    (made,) = order_lines([line("a", total, kind, productId=product_id)], "gross")
    assert (made.kind, made.total, made.id) == (expected, Decimal(total), "a")


def test_blanks_around_an_sku_are_none_of_it() -> None:
    (made,) = order_lines([line("a", "10", productId="p", payload={"productNumber": " LAMP "})], "gross")
    assert made.sku == "LAMP"


def test_a_container_becomes_its_children_and_what_it_saves() -> None:
    rows = [line("set", "25", "container"), line("x", "10", parent="set"), line("y", "20", parent="set")]
    made = order_lines(rows, "gross")
    assert [(each.id, each.kind, each.total) for each in made] == [
        ("set", "discount", Decimal(-5)),
        ("x", "product", Decimal(10)),
        ("y", "product", Decimal(20)),
    ]
    assert round(sum(share.gross for share in made[0].taxes), 20) == -5


def test_a_container_that_costs_what_its_children_cost_leaves_no_line() -> None:
    rows = [line("set", "30", "container"), line("x", "10", parent="set"), line("y", "20", parent="set")]
    assert [each.id for each in order_lines(rows, "gross")] == ["x", "y"]


def test_a_product_with_children_keeps_its_line_for_the_stock() -> None:
    rows = [line("shirt", "30", quantity=2), line("print", "10", "custom", parent="shirt")]
    made = order_lines(rows, "gross")
    assert [(each.id, each.kind) for each in made] == [("shirt", "product"), ("print", "free")]
    assert [(each.quantity, each.unit_price, each.total) for each in made] == [
        (Decimal(2), Decimal(10), Decimal(20)),
        (Decimal(1), Decimal(10), Decimal(10)),
    ]


def test_a_product_with_free_children_keeps_its_price() -> None:
    rows = [line("shirt", "30"), line("gift", "0", parent="shirt")]
    assert [each.total for each in order_lines(rows, "gross")] == [30, 0]


def test_lines_stand_in_the_order_of_their_positions() -> None:
    rows = [line("b", "1", position=2), line("a", "1", position=1), line("c", "1", position=3)]
    assert [each.id for each in order_lines(rows, "gross")] == ["a", "b", "c"]


def test_options_of_any_odd_form_are_read_or_left_out() -> None:
    payload = {"options": [{"group": "Size", "option": "M"}, "x", {"group": None, "option": "y"}, {"group": "Colour"}]}
    (made,) = order_lines([line("a", "1", payload=payload)], "gross")
    assert made.options == {"Size": "M", "Colour": ""}
    (made,) = order_lines([line("a", "1", payload={"options": "none", "productNumber": 12})], "gross")
    assert (made.options, made.sku) == ({}, "12")


@pytest.mark.parametrize("payload", [{"productNumber": {"a": 1}}, {"options": [{"group": ["Size"], "option": "M"}]}])
def test_a_number_or_a_name_that_is_no_text_is_not_guessed_at(payload: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="valid string"):
        line("a", "1", payload=payload)


def test_a_discount_over_several_rates_has_a_share_for_each() -> None:
    taxes = [
        {"tax": Decimal("-1.6"), "taxRate": 19, "price": -10},
        {"tax": Decimal("-0.65"), "taxRate": 7, "price": -10},
    ]
    spread = {"unitPrice": -20, "totalPrice": -20, "calculatedTaxes": taxes, "taxRules": []}
    (made,) = order_lines([line("a", "0", "promotion", price=spread)], "gross")
    assert [(share.rate, share.net, share.tax) for share in made.taxes] == [
        (NINETEEN, Decimal("-8.4"), Decimal("-1.6")),
        (SEVEN, Decimal("-9.35"), Decimal("-0.65")),
    ]


@pytest.mark.parametrize(
    ("mode", "net", "tax"), [("gross", "100", "19"), ("net", "119", "22.61"), ("tax_free", "119", "0")]
)
def test_a_share_is_net_and_tax_in_every_mode(mode: TaxMode, net: str, tax: str) -> None:
    (share,) = tax_shares(price(Decimal(119), mode), mode)
    assert (share.net, share.tax) == (Decimal(net), Decimal(tax))
    assert share.rate == (0 if mode == "tax_free" else 19)


def test_a_free_product_keeps_its_rate() -> None:
    free = {"unitPrice": 0, "totalPrice": 0, "calculatedTaxes": [], "taxRules": [{"taxRate": 7, "percentage": 100}]}
    (share,) = tax_shares(WirePrice.model_validate(free), "gross")
    assert (share.rate, share.net, share.tax) == (SEVEN, NOTHING, NOTHING)


@pytest.mark.parametrize(("status", "gross"), [("gross", "119"), ("net", "119"), ("tax-free", "100")])
def test_order_totals_are_gross_and_net_in_every_mode(status: str, gross: str) -> None:
    share = {"tax": 19, "taxRate": 19, "price": 119 if status == "gross" else 100}
    taxes = [] if status == "tax-free" else [share]
    wire = WireTotals.model_validate(
        {"netPrice": 100, "totalPrice": Decimal(gross), "taxStatus": status, "calculatedTaxes": taxes}
    )
    made = totals(wire)
    assert (made.gross, made.net) == (Decimal(gross), Decimal(100))
    assert sum(each.net for each in made.taxes) == 100
    assert sum(each.gross for each in made.taxes) == Decimal(gross)
    assert tax_mode(wire) == status.replace("-", "_")


CENTS = st.integers(-5000, 50000).map(lambda cents: Decimal(cents) / 100)
KINDS = st.sampled_from(["product", "container", "custom", "promotion", "credit", "discount", "some-plugin"])


@st.composite
def trees(draw: st.DrawFn, mode: TaxMode) -> list[WireLine]:
    """Up to twelve rows, each a root or below any row before it, shuffled; groups are taxed as their children."""
    rate = draw(st.sampled_from(RATES))
    rows: list[WireLine] = []
    for number in range(draw(st.integers(1, 12))):
        parent = draw(st.sampled_from([None, *(row.id for row in rows)]))
        cost = price(draw(CENTS), mode, rate)
        kind, quantity = draw(KINDS), draw(st.integers(0, 4))
        rows.append(
            line(f"row{number}", "0", kind, parent, price=cost, quantity=quantity, position=draw(st.integers(0, 3)))
        )
    return draw(st.permutations(rows))


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_lines_add_up_to_the_rows_without_a_parent(mode: TaxMode, data: st.DataObject) -> None:
    rows = data.draw(trees(mode))
    made = order_lines(rows, mode)
    roots = [row for row in rows if row.parent_id is None]
    assert sum(each.total for each in made) == sum(row.price.total_price for row in roots)
    expected = sum((share.tax for row in roots for share in tax_shares(row.price, mode)), NOTHING)
    assert abs(sum((share.tax for each in made for share in each.taxes), NOTHING) - expected) < Decimal("1e-20")
    sold = {row.id: row.quantity for row in rows if row.type == "product"}
    assert {each.id: each.quantity for each in made if each.kind == "product"} == sold
    assert len({each.id for each in made}) == len(made)


@given(data=st.data())
def test_no_row_is_ever_lost_but_groups_that_cost_nothing_of_their_own(data: st.DataObject) -> None:
    rows = data.draw(trees("gross"))
    parents = {row.parent_id for row in rows}
    made = {each.id for each in order_lines(rows, "gross")}
    assert {row.id for row in rows if row.id not in parents} <= made <= {row.id for row in rows}
