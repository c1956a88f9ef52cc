"""Sales as Tryton takes and tells them: lines to the cent by its own rounding, and what a real server answered."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.tryton.api import call_of
from shopbridge.connectors.tryton.orders.lines import ROUNDING, PlannedLine, half_even, plan_lines, tax_of, total_of
from shopbridge.connectors.tryton.orders.payload import goal_in
from shopbridge.connectors.tryton.orders.read import status_of
from shopbridge.connectors.tryton.outcomes import judge
from shopbridge.connectors.tryton.settings import TaxRounding
from shopbridge.connectors.tryton.wire import PartyRow, ProductRow, SaleRow
from shopbridge.errors import NeedsAttention, Rejected, RetryLater, Throttled, Unmapped
from shopbridge.http.answer import Answer
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from tests.salespos_orders import D, line, order, orders, shipping, split_line, to_cash

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tryton"
TAXES = {D(rate): f"{rate}" for rate in (27, 21, 19, 17, 11, 9, 7, 5)}


def parts(**other: Any) -> OrderParts:
    usual: dict[str, Any] = {"customer_id": None, "product_ids": {}, "status": "processing", "payment": None}
    return OrderParts.model_validate({**usual, "shipping": None, "taxes": TAXES, **other})


def recorded(name: str) -> Any:
    """What a real server answered."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


# --- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounding", ["document", "line"])
@given(of=orders())
def test_lines_come_to_the_shops_total_by_trytons_own_rounding(rounding: TaxRounding, of: Any) -> None:
    found = plan_lines(of, parts(taxes=dict.fromkeys(TAXES, "1") | dict.fromkeys(rates(of), "1")), rounding)
    assert total_of(found, rounding) == of.totals.gross
    assert all(-each.price.as_tuple().exponent <= 4 for each in found)  # type: ignore[operator]


def rates(of: Any) -> set[Decimal]:
    return {share.rate for each in (*of.lines, *([of.shipping] if of.shipping else [])) for share in each.taxes}


@pytest.mark.parametrize(("value", "rounded"), [("3.465", "3.46"), ("3.475", "3.48"), ("-0.125", "-0.12")])
def test_halves_go_to_the_even_cent(value: str, rounded: str) -> None:
    assert half_even(D(value)) == D(rounded)


def planned(price: str, quantity: int = 1, rate: int = 21) -> PlannedLine:
    return PlannedLine(0, None, "x", D(quantity), D(price), D(rate), "1")


def test_lines_below_zero_are_taxed_apart_and_a_document_rounds_once() -> None:
    lines = [planned("0.02"), planned("0.02"), planned("-0.02")]
    assert (tax_of(lines, "document"), tax_of(lines, "line")) == (D("0.01"), D("0.00"))


def test_a_total_that_no_price_makes_up_gets_a_line_without_tax() -> None:
    (goods, cent) = plan_lines(order([line(price=D("0.03"))]), parts(), "document")
    assert (goods.price, cent.name, cent.price, cent.tax) == (D("0.02"), ROUNDING, D("0.01"), "")


def test_what_is_left_over_is_taken_off_the_largest_line_where_that_makes_the_total() -> None:
    of = order(
        [line(price=D("9.99"), quantity=D(3)), line(2, price=D("0.99"), quantity=D(7))], shipping({D(21): D("4.95")})
    )
    assert ROUNDING not in [each.name for each in plan_lines(of, parts(), "document")]


def test_rounding_to_cash_is_a_line_without_tax() -> None:
    of = order([line(price=D("199.40"))])
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    assert plan_lines(cash, parts(), "document")[-1].price == D("-0.40")


def test_a_discount_is_a_line_below_zero_and_delivery_comes_last() -> None:
    off = split_line(2, "Voucher", {D(21): D("-5")}, "gross", "discount")
    of = order([line(), off], shipping({D(21): D("4.95")}))
    known = plan_lines(of, parts(product_ids={"l1": ExternalId("7")}), "document")
    assert [(each.line, each.product, each.amount < 0) for each in known] == [
        (0, "7", False),
        (1, None, True),
        (None, None, False),
    ]


def test_what_bears_no_tax_needs_no_entry_and_any_other_rate_does() -> None:
    assert plan_lines(order([line(rate=D(0))]), parts(taxes={}), "document")[0].tax == ""
    assert plan_lines(order([line(rate=D(0))]), parts(taxes={D(0): "12"}), "document")[0].tax == "12"
    with pytest.raises(Unmapped, match="21"):
        plan_lines(order(), parts(taxes={}), "document")


# --- what a real server answered --------------------------------------------------------------------------------------


def test_a_product_of_a_real_server_is_read() -> None:
    row = read_row(ProductRow, recorded("products")["result"][0])
    assert isinstance(row, ProductRow)
    assert (row.code, row.price, row.quantity, row.forecast) == ("MUG-1", D("20.6198"), D(100), D(98))
    assert [each.code for each in row.identifiers] == ["2000000000015"]
    category = row.template.account_category
    assert category is not None
    assert category.taxes == [2]


def test_a_sale_of_a_real_server_that_was_called_off_is_told_as_cancelled() -> None:
    row = read_row(SaleRow, recorded("sales")["result"][1])
    assert isinstance(row, SaleRow)
    assert (status_of(row), goal_in(row.comment), row.total) == ("cancelled", "processing", D("49.85"))
    assert row.last_modified_at.isoformat().startswith("2026-11-29T21:31:50")


def test_a_party_of_a_real_server_is_read_with_its_address() -> None:
    row = read_row(PartyRow, recorded("parties")["result"][0])
    assert isinstance(row, PartyRow)
    assert row.has_mail("SANNE.visser@voorbeeld.example")
    assert [(each.city, each.country and each.country.code) for each in row.addresses] == [("Utrecht", "NL")]


def judged(body: Any, *, write: bool, status: int = 200, kind: str = "application/json") -> Answer:
    call = call_of("model.sale.sale.create" if write else "model.sale.sale.search_read", [{}], repeatable=not write)
    return Answer("Tryton", call, status, {"content-type": kind}, json.dumps(body).encode())


def test_what_a_real_server_refuses_is_rejected_with_its_message() -> None:
    with pytest.raises(Rejected, match='"9999" for field "Product"') as caught:
        judge(judged(recorded("refused"), write=True))
    assert caught.value.code == "UserError"


@pytest.mark.parametrize(
    ("error", "write", "expected"),
    [
        (["UserError", ["You are not allowed to access.", "", None]], False, NeedsAttention),
        (["UserWarning", ["name", "Are you sure?", ""]], True, Rejected),
        (["ConcurrencyException", ["Records were modified in the meanwhile"]], True, RetryLater),
        (["LoginException", ["password", "Password", "password"]], False, NeedsAttention),
        (["RateLimitException", []], False, Throttled),
        (["'nofield'", ""], False, RetryLater),
        (["'nofield'", ""], True, Rejected),
    ],
)
def test_an_error_has_a_consequence_by_its_class(error: Any, write: bool, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        judge(judged({"id": 1, "error": error}, write=write))
    assert type(caught.value) is expected


@pytest.mark.parametrize("status", [404, 405])
def test_another_database_or_an_older_series_is_told_at_the_setting(status: int) -> None:
    with pytest.raises(NeedsAttention) as caught:
        judge(judged("<html>", write=True, status=status, kind="text/html"))
    assert caught.value.setting == "database"


@given(st.text(max_size=80))
def test_no_word_of_a_buyer_is_taken_for_how_far_a_sale_goes(text: str) -> None:
    assert goal_in(f"{text.translate(str.maketrans('[]', '()'))}\n[quotation]") == "quotation"
