"""What an order becomes in CloudSales: its fields, who buys, what is paid, lines that add up."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shopbridge.connectors.cloudsales.orders.payload import order_fields
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT
from shopbridge.model.order import TaxMode
from tests.contract.benches.cloudsales import ANA, HOME, bench, bits, bought, golden, planned
from tests.salespos_orders import D, line, shipping, split_line, to_cash

COMPANY = ANA.model_copy(update={"company": "EXEMPLU SRL", "vat_id": "RO00000000"})


# --- creating -----------------------------------------------------------------------------------------------


def test_the_body_has_the_fields_of_the_golden_orders_and_of_no_others() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought()))
    (kept,) = at.account.orders
    example = golden("order_person")
    assert kept.body.keys() == example.keys()
    assert kept.body["client"].keys() == example["client"].keys()
    assert kept.body["items"][0].keys() == example["items"][0].keys()


def test_an_address_is_split_into_its_many_parts() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought()))
    invoice, delivery = (at.account.orders[0].body["client"][f"{which}_address"] for which in ("invoice", "delivery"))
    assert invoice == {
        "street": "Str. Fictivă",
        "number": "3A",
        "building": "B",
        "stair": "1",
        "floor": "2",
        "apartment": "14",
        "city": "Cluj-Napoca",
        "county": "Cluj",
        "zip": "400000",
        "country": "Romania",
        "GLN": "",
    }
    contact = {"shipping_contact_name": "Ana Exemplu", "shipping_contact_phone": "0700000001"}
    assert delivery == invoice | contact


def test_times_are_those_of_the_wall_in_bucharest() -> None:
    at = bench()
    at.clock.moment = at.clock.moment.replace(month=7, hour=22)
    at.connector().order_target.create(planned(at.connector(), bought()))
    assert at.account.orders[0].body["order_updated_at"] == "2026-07-02 01:00:00"


def test_a_number_with_a_slash_and_a_space_is_one_part_of_the_address() -> None:
    at = bench()
    at.connector(reference_prefix="SW-").order_target.create(planned(at.connector(reference_prefix="SW-"), bought()))
    odd = bought(number="2026/04 7é")
    at.connector().order_target.create(planned(at.connector(), odd))
    assert [kept.reference for kept in at.account.orders] == ["SW-10042", "2026/04 7é"]


def test_what_bocp_has_no_field_for_is_mentioned() -> None:
    at = bench()
    of = bought([line()], shipping({D(21): D("15.00")}), comment="Sunați întâi")
    at.connector().order_target.create(planned(at.connector(), of))
    assert at.account.orders[0].body["order_mentions"] == (
        "Sunați întâi · paid with PayPal · shipping: DHL · from Storefront"
    )
    assert planned(at.connector(mentions=False), of).payload["order_mentions"] == ""
    assert at.connector().order_target.plan_note(of, bits(of)) == ""


def test_a_sale_without_tax_to_a_company_in_another_eu_country_is_mentioned() -> None:
    vienna = HOME.model_copy(update={"country": "AT", "postcode": "1010", "state": ""})
    buyer = COMPANY.model_copy(update={"vat_id": "ATU00000000"})
    of = bought([line(mode="tax_free")], mode="tax_free", customer=buyer, shipping_address=vienna)
    assert planned(bench().connector(), of).payload["order_mentions"].endswith(" · intra-Community sale")
    at_home = of.model_copy(update={"shipping_address": HOME})
    assert "intra" not in planned(bench().connector(), at_home).payload["order_mentions"]


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2026-02-28"), ("Europe/Bucharest", "2026-03-01")])
def test_the_day_of_an_order_is_the_shops_own(zone: str, day: str) -> None:
    placed = datetime(2026, 2, 28, 22, 30, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert planned(bench().connector(), bought(placed_at=placed)).payload["order_date"] == day


# --- who buys -----------------------------------------------------------------------------------------------


def test_a_company_is_represented_by_its_person_and_has_its_fiscal_code() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought(customer=COMPANY)))
    client = at.account.orders[0].body["client"]
    assert (client["name"], client["representative"], client["vat_id"]) == ("EXEMPLU SRL", "Ana Exemplu", "RO00000000")


def test_a_person_has_no_fiscal_code_even_if_the_shop_keeps_one() -> None:
    at = bench()
    at.connector().order_target.create(
        planned(at.connector(), bought(customer=ANA.model_copy(update={"vat_id": "RO1"})))
    )
    assert at.account.orders[0].body["client"]["vat_id"] == ""


@pytest.mark.parametrize(
    ("customer", "address", "missing"),
    [
        ({"vat_id": ""}, {}, "fiscal code"),
        ({}, {"state": ""}, "county"),
        ({}, {"city": "", "street": ""}, "street, city"),
    ],
)
def test_an_incomplete_company_is_held_before_anything_is_sent(
    customer: dict[str, Any], address: dict[str, Any], missing: str
) -> None:
    at = bench()
    of = bought(customer=COMPANY.model_copy(update=customer), billing_address=HOME.model_copy(update=address))
    with pytest.raises(Held, match=missing) as caught:
        at.connector().order_target.create(planned(at.connector(), of))
    assert caught.value.code == "company_incomplete"
    assert at.account.calls.total == 0


@pytest.mark.parametrize("names", [{}, {"RO": "România"}])
def test_a_company_abroad_needs_no_county_and_a_romanian_one_does(names: dict[str, str]) -> None:
    at = bench()
    abroad = HOME.model_copy(update={"country": "AT", "state": "", "street": "Ring 1", "city": "Wien"})
    buyer = COMPANY.model_copy(update={"vat_id": "ATU00000000"})
    office = at.connector(countries=names)
    office.order_target.create(planned(office, bought(customer=buyer, billing_address=abroad, number="1")))
    assert at.account.orders[0].body["client"]["invoice_address"]["county"] == ""
    with pytest.raises(Held, match="its county is missing"):
        office.order_target.create(
            planned(office, bought(customer=COMPANY, billing_address=HOME.model_copy(update={"state": ""})))
        )


def test_every_field_of_the_client_is_sent_empty_where_the_order_has_none() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought(customer=COMPANY, number="1")))
    bare = HOME.model_copy(update={"phone": "", "street": "", "city": "", "postcode": "", "state": ""})
    private = bought(billing_address=bare, shipping_address=bare, customer=ANA)
    at.connector().order_target.create(planned(at.connector(), private))
    client = at.account.orders[1].body["client"]
    assert (client["vat_id"], client["registration_number"], client["phone"]) == ("", "", "")
    for which in ("invoice_address", "delivery_address"):
        filled = {"country", "shipping_contact_name"}
        assert {name for name, value in client[which].items() if value} <= filled


def test_a_rule_may_fill_the_fiscal_code_or_make_the_company_a_person() -> None:
    at = bench()
    plan = planned(at.connector(), bought(customer=COMPANY.model_copy(update={"vat_id": ""})))
    ruled = plan.with_payload(plan.payload | {"client": plan.payload["client"] | {"is_company": False}})
    at.connector().order_target.create(ruled)
    assert at.account.orders[0].body["client"]["name"] == "EXEMPLU SRL"
    assert {"client.vat_id", "client.is_company", "client.registration_number"} <= order_fields().keys()
    assert "order_reference" not in order_fields()


def test_an_order_without_buyer_is_its_addresses() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought(customer=None)))
    client = at.account.orders[0].body["client"]
    assert (client["name"], client["vat_id"]) == (f"{HOME.first_name} {HOME.last_name}", "")


def test_an_order_without_any_name_is_held() -> None:
    nameless = HOME.model_copy(update={"first_name": "", "last_name": ""})
    with pytest.raises(Held, match="neither a person"):
        planned(bench().connector(), bought(customer=None, billing_address=nameless))


def test_a_country_without_a_name_is_held_until_the_settings_name_it() -> None:
    abroad = bought(shipping_address=HOME.model_copy(update={"country": "FJ"}))
    with pytest.raises(Held, match="FJ") as caught:
        planned(bench().connector(), abroad)
    assert "countries" in caught.value.fix
    named = planned(bench().connector(countries={"FJ": "Fiji"}), abroad)
    assert named.payload["client"]["delivery_address"]["country"] == "Fiji"


# --- what is paid -------------------------------------------------------------------------------------------


def test_cash_on_delivery_is_credit_with_the_amount_to_collect() -> None:
    at = bench()
    of = bought([line(quantity=D(2))])
    open_payment = of.payment and of.payment.model_copy(update={"paid": False, "standing": "open"})
    unpaid = of.model_copy(update={"payment": open_payment})
    at.connector().order_target.create(planned(at.connector(), unpaid, payment="cash_on_delivery"))
    body = at.account.orders[0].body
    assert (body["payment_method"], body["cod_amount"]) == ("credit", D("49.9"))


def test_nothing_is_collected_at_the_door_for_what_is_paid() -> None:
    plan = planned(bench().connector(), bought(), payment="cash_on_delivery")
    assert plan.payload["cod_amount"] == 0


def test_an_order_without_payment_is_held() -> None:
    with pytest.raises(Held, match="payment"):
        planned(bench().connector(), bought(payment=None), payment=None)


def test_an_order_that_nobody_ships_is_a_pick_up() -> None:
    assert planned(bench().connector(), bought(), shipping=None).payload["shipping_method"] == "personal_pickup"


def test_further_methods_come_from_the_settings() -> None:
    words = bench().connector(payment_methods=("card",), shipping_methods=("courier",)).account.vocabulary()
    assert [choice.key for choice in words["payment"]] == ["card", "cash_on_delivery"]
    assert [choice.key for choice in words["shipping"]] == ["courier"]
    at = bench(payment_methods=frozenset({"card"}))
    at.connector().order_target.create(planned(at.connector(), bought(), payment="card"))
    assert at.account.orders[0].body["payment_method"] == "card"


# --- lines and totals ---------------------------------------------------------------------------------------


def test_shipping_and_discounts_go_under_the_codes_of_services() -> None:
    at = bench()
    lines = [line(), split_line(2, "Voucher", {D(21): D("-5"), D(9): D("-1")}, "gross", "discount")]
    of = bought(lines, shipping({D(21): D("15.00")}))
    at.connector().order_target.create(planned(at.connector(), of))
    items = at.account.orders[0].body["items"]
    assert [item["code"] for item in items] == ["MUG", "DISCOUNT", "DISCOUNT", "TRANSPORT"]
    assert {item["type"] for item in items} == {"product"}
    assert planned(at.connector(), of).line_of_row == (0, 1, 1, None)


@pytest.mark.parametrize("setting", ["shipping_code", "discount_code", "other_code", "rounding_code"])
def test_without_a_service_code_the_order_is_held_with_the_settings_name(setting: str) -> None:
    lines = [line(), line(3, kind="free"), split_line(2, "Voucher", {D(21): D("-5")}, "gross", "discount")]
    of = bought(lines, shipping({D(21): D("15.00")}))
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    with pytest.raises(Held) as caught:
        planned(bench().connector(**{setting: ""}), cash)
    assert caught.value.code == "no_service_code"
    assert setting in caught.value.fix


def test_rounding_to_cash_is_a_line_without_tax_under_its_own_code() -> None:
    at = bench()
    of = bought([line(price=D("199.40"))])
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    at.connector().order_target.create(planned(at.connector(), cash))
    assert at.account.orders[0].total == D(199)
    names = ("code", "item_vat_percent", "line_value_with_vat")
    assert [at.account.orders[0].body["items"][1][name] for name in names] == ["ROUNDING", 0, D("-0.4")]


@pytest.mark.parametrize(
    ("mode", "price", "quantity", "lines"),
    [
        ("gross", "0.0125", 1000, [(750, "0.01", "7.50"), (250, "0.02", "5.00")]),
        ("net", "12.34", 10, [(10, "14.93", "149.31")]),
        ("gross", "3.33", 3, [(3, "3.33", "9.99")]),
    ],
)
def test_every_line_is_worth_its_price_times_its_quantity(
    mode: TaxMode, price: str, quantity: int, lines: list[tuple[int, str, str]]
) -> None:
    at = bench()
    of = bought([line(price=D(price), quantity=D(quantity), mode=mode)], mode=mode)
    at.connector().order_target.create(planned(at.connector(), of))
    names = ("item_quantity", "item_price_with_vat", "line_value_with_vat")
    assert [tuple(item[name] for name in names) for item in at.account.orders[0].body["items"]] == [
        (count, D(each), D(value)) for count, each, value in lines
    ]
    assert at.account.stock("MUG").reserved == quantity


def test_free_shipping_needs_no_code() -> None:
    of = bought([line()], shipping({D(21): D(0)}))
    assert len(planned(bench().connector(shipping_code=""), of).payload["items"]) == 1


def test_the_type_of_service_lines_is_a_setting() -> None:
    of = bought([line()], shipping({D(21): D(9)}))
    items = planned(bench().connector(service_line_type="service"), of).payload["items"]
    assert [item["type"] for item in items] == ["product", "service"]


def test_a_total_that_rounding_cannot_explain_is_held() -> None:
    of = bought()
    off = of.model_copy(update={"totals": of.totals.model_copy(update={"gross": of.totals.gross + 6 * CENT})})
    with pytest.raises(Held) as caught:
        planned(bench().connector(), off)
    assert caught.value.code == "totals_differ"


def test_a_tax_that_is_no_percentage_is_held() -> None:
    with pytest.raises(Held, match="no percentage"):
        planned(bench().connector(), bought(), taxes={D(21): "high"})


def test_a_payload_that_a_rule_spoiled_is_held_before_anything_is_sent() -> None:
    at = bench()
    plan = planned(at.connector(), bought())
    spoiled = plan.with_payload(plan.payload | {"order_status": "somehow"})
    with pytest.raises(Held, match="order_status"):
        at.connector().order_target.create(spoiled)
    assert at.account.calls.total == 0


# --- on the wire ---------------------------------------------------------------------------------


def test_what_is_sent_is_plain_json_with_short_numbers() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought([line(price=D("0.1"), quantity=D("0.333"))])))
    text = json.dumps(at.account.orders[0].body["items"], default=str)
    assert '"0.333"' in text
