"""What a shop's order becomes in SalesAutopilot, and how it gets there."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from shopbridge.connectors.salesautopilot.orders.lines import plan_items
from shopbridge.connectors.salesautopilot.orders.payload import draft_of, form_of, order_fields, ready
from shopbridge.errors import AlreadyDone, BridgeError, Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import Order
from tests.examples import examples
from tests.salesautopilot_orders import ANNA, HOME, bits, bought, chosen, courier, golden, mugs, talk
from tests.salespos_orders import D, line, orders, share, shipping, split_line, to_cash

NONE: list[Any] = []


def drafted(of: Order, **given: Any) -> dict[str, Any]:
    return draft_of(of, bits(of), chosen(**given)).payload


def rows(of: Order, **given: Any) -> list[tuple[str, str, int, Decimal, Decimal]]:
    names = ("prod_id", "prod_name", "qty", "tax", "prod_price")
    return [tuple(row[name] for name in names) for row in drafted(of, **given)["products"]]


def costs(of: Order, **given: Any) -> tuple[Decimal, Decimal]:
    body = drafted(of, **given)
    return body["netshippingcost"], body["grossshippingcost"]


def total(of: Order) -> Decimal:
    """What the order comes to there."""
    planned = plan_items(of, bits(of), chosen())
    return planned.gross + sum((row.gross for row in planned.rows), D(0))


def created(answer: Any, *, there: Any = NONE, status: int = 200, again: bool = False, **kind: Any) -> Any:
    """What becomes of an order whose creation is answered so, and which is found so before and after."""
    looked = iter(there if isinstance(there, tuple) else (there, there))
    office, transport = talk(
        lambda call: next(looked) if call.method == "GET" else httpx.Response(status, **_body(answer, **kind))
    )
    of = bought(number="50123")
    try:
        return office.order_target.create(office.order_target.plan(of, bits(of)), again=again), transport
    except BridgeError as error:
        return error, transport


def _body(answer: Any, kind: str = "application/json") -> dict[str, Any]:
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return {"content": content, "headers": {"content-type": kind}}


# --- the body -----------------------------------------------------------------------------------------------------


def test_the_documented_order_is_sent_as_documented() -> None:
    of = bought([mugs()], courier(), number="50123")
    _, transport = created_of(of)
    example = golden("order")
    del example["products"][0]["categories"]
    example["mssys_integration_type"] = "shopbridge"
    address = {name.replace("bill", "postal"): value for name, value in example.items() if "_bill_" in name}
    assert transport.body(1) == example | address
    assert transport.calls == [
        "GET /list/90001/field/mssys_shoprenter_id/value/50123",
        "POST /processWebshopOrder/90001/ns_id/70002",
    ]
    assert transport.asked[1].headers["authorization"].startswith("Basic ")


def created_of(of: Order, **given: Any) -> Any:
    office, transport = talk(lambda call: [] if call.method == "GET" else 123, **given)
    receipt = office.order_target.create(office.order_target.plan(of, bits(of)))
    return receipt, transport


def test_every_field_of_an_order_has_its_place() -> None:
    place = {"company": "Példa Kft.", "state": "BU", "extra": ("2. em. 3.",), "department": "Raktár"}
    other = HOME.model_copy(update={"first_name": "Béla", "last_name": "Más", "country": "AT", "phone": ""})
    of = bought(
        [mugs()],
        number="SR-7",
        comment=" Csengő nem jó ",
        customer=ANNA.model_copy(update={"vat_id": "12345678-1-41"}),
        billing_address=HOME.model_copy(update=place),
        shipping_address=other,
    )
    body = drafted(of, reference_prefix="W")
    assert body["order_id"] == "WSR-7"
    assert body["mssys_comment"] == "Csengő nem jó"
    assert body["mssys_vat_number"] == "12345678-1-41"
    assert (body["mssys_bill_company"], body["mssys_bill_state"]) == ("Példa Kft.", "BU")
    assert body["mssys_bill_address"] == "Minta u. 1., 2. em. 3., Raktár"
    assert (body["mssys_postal_company"], body["mssys_postal_country"]) == ("Béla Más", "at")
    assert body["mssys_phone"] == "+36301112233"


def test_what_is_empty_is_not_sent_and_consent_never_is() -> None:
    _, transport = created_of(bought([mugs()], payment=None))
    sent = transport.body(1)
    assert "" not in sent.values()
    assert {"consent", "payment_code", "mssys_vat_number"}.isdisjoint(sent)


def test_an_order_without_an_email_is_held() -> None:
    for buyer in (None, ANNA.model_copy(update={"email": " "})):
        with pytest.raises(Held) as caught:
            drafted(bought(customer=buyer))
        assert (caught.value.code, bool(caught.value.fix)) == ("missing_email", True)


def test_a_number_with_a_slash_can_be_looked_for() -> None:
    assert drafted(bought(number="2026/04 7é"))["order_id"] == "2026-04 7é"
    office, _ = talk(lambda _: NONE)
    assert office.order_target.reference_of("2026/04 7é") == "2026-04 7é"
    of = bought()
    assert office.order_target.plan(of, bits(of, reference="Web-7")).reference == "Web-7"


def test_a_rule_may_fill_what_is_sent_but_no_number() -> None:
    fields = order_fields()
    assert {"consent", "email", "mssys_postal_deliverypoint_type", "products[].prod_name"} <= fields.keys()
    assert {"order_id", "mssys_integration_type"}.isdisjoint(fields)
    assert (fields["consent"].type, fields["products[].qty"].type) == ("boolean", "integer")


def test_only_a_rule_s_word_chooses_the_form_of_buyers_who_agreed() -> None:
    payload, both = drafted(bought()), chosen(consent_form=70006)
    assert form_of(ready(payload, ""), both) == 70002
    agreed = ready({**payload, "consent": True}, "")
    assert (form_of(agreed, both), form_of(agreed, chosen())) == (70006, 70002)


def test_a_draft_that_a_rule_spoilt_is_held_with_the_field() -> None:
    office, transport = talk(lambda _: NONE)
    of = bought()
    draft = office.order_target.plan(of, bits(of))
    with pytest.raises(Held) as caught:
        office.order_target.create(draft.with_payload({**draft.payload, "email": ""}))
    assert (caught.value.code, "email" in caught.value.what) == ("invalid_draft", True)
    assert transport.asked == []


# --- lines and amounts --------------------------------------------------------------------------------------------


def test_prices_are_net_and_percentages_whole() -> None:
    of = bought([mugs(), line(2, price=D("99.90"), quantity=D(3), rate=D(5), name="Book")], courier())
    assert rows(of) == [
        ("SKU-1", "Blue mug", 2, D(27), D("1500.00")),
        ("SKU-2", "Book", 3, D(5), D("95.14")),
    ]
    assert costs(of) == (D("1000.01"), D("1270.01"))  # 3 times 95.14 with tax is a cent below 299.70
    assert total(of) == of.totals.gross


def test_what_is_missing_to_the_total_goes_with_the_shipping_costs_or_is_a_discount() -> None:
    short, long = bought([line(price=D("24.93"), rate=D(27))]), bought([line(price=D("24.95"), rate=D(27))])
    assert [row[4] for row in rows(short)] == [D("19.63")]
    assert costs(short) == (D(0), D(0))
    assert rows(long)[1:] == [("DISCOUNT", "Kerekítés", 1, D(0), D("-0.01"))]
    assert (total(short), total(long)) == (D("24.93"), D("24.95"))


def test_cash_rounding_up_is_a_cost_and_down_a_discount() -> None:
    of = bought([mugs(1, "1998")])
    up = of.model_copy(update={"totals": to_cash(of.totals, D(5))})
    assert costs(up) == (D("2.00"), D("2.00"))
    down = bought([mugs(1, "1902")])
    down = down.model_copy(update={"totals": to_cash(down.totals, D(5))})
    assert [row[4] for row in rows(down, discount_code="LESS")][1:] == [D("-2.00")]
    assert rows(down, discount_code="LESS")[1][0] == "LESS"
    assert (total(up), total(down)) == (D(2000), D(1900))


def test_fees_go_with_the_shipping_costs_or_are_ordered() -> None:
    fee = line(2, price=D(381), rate=D(27), kind="free", name="Cash on delivery", sku="")
    of = bought([mugs(), fee], courier())
    assert (len(rows(of)), costs(of)) == (1, (D("1300.00"), D("1651.00")))
    assert rows(of, fees="lines")[1] == ("Cash on delivery", "Cash on delivery", 1, D(27), D("300.00"))
    assert costs(of, fees="lines") == (D("1000.00"), D("1270.00"))
    assert [row[0] for row in rows(bought([fee]))] == ["Cash on delivery"]


def test_discounts_are_ordered_below_zero_by_rate() -> None:
    less = split_line(2, "Voucher", {D(27): D("-254"), D(5): D("-105")}, "gross", "discount")
    of = bought([mugs(), line(2, price=D(1050), rate=D(5)), less])
    assert rows(of)[2:] == [
        ("DISCOUNT", "Voucher", 1, D(27), D("-200.00")),
        ("DISCOUNT", "Voucher", 1, D(5), D("-100.00")),
    ]
    assert draft_of(of, bits(of), chosen()).line_of_row == (0, 1, 2, 2)


def test_parts_of_a_piece_and_prices_too_fine_become_one_piece() -> None:
    cheese = line(price=D(4000), quantity=D("0.250"), rate=D(27), name="Cheese")
    screws = line(2, price=D("0.002"), quantity=D(5000), rate=D(27), name="Screws")
    assert [row[:3] for row in rows(bought([cheese, screws]))] == [
        ("SKU-1", "Cheese (0.25)", 1),
        ("SKU-2", "Screws (5000)", 1),
    ]
    many = bought([mugs(100, "1990")])
    assert next(row[1:3] for row in rows(many)) == ("Blue mug", 100)


def test_a_product_without_an_sku_goes_by_its_name() -> None:
    assert rows(bought([mugs(1, sku="")]))[0][0] == "Blue mug"


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(of=orders())
def test_every_order_comes_to_the_shops_total(of: Order) -> None:
    assert total(of) == cents(of.totals.gross)
    planned = plan_items(of, bits(of), chosen())
    assert planned.gross >= 0
    assert planned.net >= 0
    assert all(row.quantity > 0 for row in planned.rows)


def test_totals_that_do_not_add_up_are_held() -> None:
    of = bought([mugs()])
    odd = of.model_copy(update={"totals": of.totals.model_copy(update={"gross": D(4000)})})
    with pytest.raises(Held) as caught:
        drafted(odd)
    assert caught.value.code == "totals_differ"


# --- sending ------------------------------------------------------------------------------------------------------

THERE = golden("orders")


@pytest.mark.parametrize("name", ["answer_id", "answer_id_text"])
@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8", ""])
def test_a_number_above_zero_is_a_taken_order_whatever_its_type(name: str, kind: str) -> None:
    receipt, transport = created(json.dumps(golden(name)).encode(), kind=kind)
    assert (receipt.id, receipt.number, receipt.total) == ("50123", "", None)
    assert len(transport.asked) == 2


@pytest.mark.parametrize("name", ["answer_failed", "answer_failed_address_there", "answer_failed_address"])
def test_a_failure_under_200_is_refused_when_the_order_is_not_there(name: str) -> None:
    error, transport = created(golden(name))
    assert isinstance(error, Rejected)
    assert (error.code, bool(error.fix)) == (str(golden(name)), True)
    assert [call.split()[0] for call in transport.calls] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("answer", [0, "-1", None, True, [], {}, {"id": 5}, b"", b"OK", b"Rendben", 1.5])
def test_what_tells_nothing_is_settled_by_a_look(answer: Any) -> None:
    receipt, _ = created(answer, there=(NONE, THERE))
    assert receipt.id == "50123"


@pytest.mark.parametrize("answer", [None, True, [], {}, {"id": 5}, b"", b"OK", 1.5, b'{"id":', "x" * 400])
def test_what_tells_nothing_and_shows_no_order_is_in_doubt(answer: Any) -> None:
    error, _ = created(answer)
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "body"), [(500, b""), (502, b"<html>"), (504, b""), (200, b"<!doctype html><title>"), (302, b"")]
)
def test_a_breakdown_or_a_page_leaves_it_in_doubt_without_a_look(status: int, body: bytes) -> None:
    error, transport = created(body, status=status, kind="text/html")
    assert isinstance(error, OutcomeUnknown)
    assert len(transport.asked) == 2


@pytest.mark.parametrize("status", [400, 404, 405, 406, 422])
def test_a_refusal_by_status_is_one(status: int) -> None:
    error, _ = created(b"", status=status)
    assert isinstance(error, Rejected)
    assert error.code == str(status)


def test_a_look_that_fails_after_the_order_was_sent_leaves_it_in_doubt() -> None:
    for late in (b"<html>", httpx.Response(401), httpx.Response(429), httpx.Response(404), {"odd": 1}):
        error, _ = created(None, there=(NONE, late))
        assert isinstance(error, OutcomeUnknown), late


def test_an_order_that_is_there_is_never_sent() -> None:
    error, transport = created(123, there=THERE)
    assert isinstance(error, AlreadyDone)
    assert (error.external_id, len(transport.asked)) == ("50123", 1)
    receipt, transport = created(123, there=THERE, again=True)
    assert (receipt.id, len(transport.asked)) == ("50123", 1)


def test_nothing_is_sent_where_the_look_fails() -> None:
    for early in (b"<html>", httpx.Response(500), httpx.Response(429), {"odd": 1}, 7, b"", None):
        error, transport = created(123, there=(early,) * 5)
        assert isinstance(error, RetryLater), early
        assert {call.split()[0] for call in transport.calls} == {"GET"}


# --- shares -------------------------------------------------------------------------------------------------------


def test_shares_of_net_orders_are_carried_too() -> None:
    of = bought([mugs(mode="net", price="1500", taxes=(share(D(27), D(3000), "net"),))], mode="net")
    assert rows(of) == [("SKU-1", "Blue mug", 2, D(27), D("1500.00"))]
    free = bought([line(price=D(10), mode="tax_free", rate=D(0))], shipping({D(0): D(5)}, "tax_free"), mode="tax_free")
    assert (rows(free)[0][3:], costs(free)) == ((D(0), D("10.00")), (D("5.00"), D("5.00")))
