from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.platforms.salespos import plain
from sandbox.platforms.salespos.fields import TEXT
from sandbox.platforms.salespos.shapes import BILLING_ADDRESS, DELIVERY_ADDRESS, PERSONAL_INFO
from shopbridge.connectors.salespos.outcomes import OUR_BUCKETS
from shopbridge.errors import Held, OutcomeUnknown, RetryLater, Throttled
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt
from shopbridge.model.order import TaxMode
from tests.contract.benches.salespos import Bench, bench, create, customers_of
from tests.salespos_orders import ADDRESS, CUSTOMER, D, line, order, parts, shipping, split_line

LINES = {"address_line_1", "address_line_2"}
OUT_OF_USE = {"bank", "tenname", "branche", "beurs", "stand", "country", "full_name"}
"""Fields that SalesPOS does not read any more (client S4)."""
PROFILE = {
    *("birthdate", "birthtime", "birthplace", "income", "findus", "fair", "booth"),
    *("clubcity", "clubcomment", "clubname", "carbrand", "cartype", "carweight"),
}
"""Answers to a shop's own questions, which say nothing of who buys, pays or is taxed."""


def draft(at: Bench, **other: Any) -> OrderDraft:
    of = order(**other)
    return at.connector().order_target.plan(of, parts(of, product_ids={"l1": at.product()}))


# --- creating -----------------------------------------------------------------------------------------------


def test_the_account_keeps_customer_addresses_and_reference() -> None:
    at = bench()
    of = order(customer=CUSTOMER.model_copy(update={"company": "Voorbeeld BV", "vat_id": "NL000000000B01"}))
    create(at.connector(reference_prefix="SW-"), of, product_ids={"l1": at.product()})
    (kept,) = at.orders
    assert kept.reservationnumber == "SW-10042"
    assert kept.customer["customertype"] == "b2b"
    assert kept.customer["btw"] == "NL000000000B01"
    bill, delivery = kept.customer["billingaddress"], kept.customer["deliveryaddress"]
    assert (bill["street"], bill["housenumber"], bill["company"]) == ("Dorpsstraat", 12, "Voorbeeld BV")
    assert delivery["full_name"] == "Sanne Visser"


def test_an_order_of_a_user_does_not_inherit_that_users_house_number_suffix() -> None:
    at = bench()
    user = customers_of(at.connector()).create(CUSTOMER, ADDRESS, ADDRESS)
    plain = ADDRESS.model_copy(update={"street": "Dorpsstraat 14"})
    of = order(billing_address=plain, shipping_address=plain)
    create(at.connector(), of, product_ids={"l1": at.product()}, customer_id=user)
    bill = at.orders[0].customer["billingaddress"]
    assert (bill["housenumber"], bill["housenumber_suffix"]) == (14, "")


def everything_known(at: Bench) -> ExternalId:
    """A user of whom the office knows every field that is not out of use."""
    known = {name: "known" for name, field in PERSONAL_INFO.items() if field is TEXT}
    address = {name: "known" for name, field in BILLING_ADDRESS.items() if field is TEXT and name not in LINES}
    delivery = {name: text for name, text in address.items() if name in DELIVERY_ADDRESS}
    more = {"country_code": "NL", "housenumber": 7}
    info = {**known, "customertype": "b2b", "billingaddress": address | more, "deliveryaddress": delivery | more}
    return ExternalId(str(at.account.add_user("office@voorbeeld.example", userinfo=info)["id"]))


@pytest.mark.parametrize("street", ["Dorpsstraat 14", "The Old Mill", ""])
def test_a_private_order_takes_nothing_from_the_company_that_the_office_knows(street: str) -> None:
    at = bench()
    bare = ADDRESS.model_copy(update={"street": street, "phone": "", "city": "", "postcode": ""})
    of = order(billing_address=bare, shipping_address=bare, customer=CUSTOMER.model_copy(update={"number": ""}))
    create(at.connector(), of, product_ids={"l1": at.product()}, customer_id=everything_known(at))
    customer = at.orders[0].customer
    assert customer["customertype"] == "b2c"
    assert {name for name, value in customer.items() if value == "known"} <= PROFILE | OUT_OF_USE
    for address in (customer["billingaddress"], customer["deliveryaddress"]):
        assert {name for name, value in address.items() if value == "known"} <= OUT_OF_USE
        assert address.get("housenumber") == (14 if street == "Dorpsstraat 14" else None)


def test_an_update_of_a_user_leaves_the_company_but_mixes_no_addresses() -> None:
    at = bench()
    user = everything_known(at)
    customers_of(at.connector()).update(
        user, CUSTOMER, ADDRESS.model_copy(update={"street": "Dorpsstraat 14"}), ADDRESS
    )
    info = at.account.shop.users[int(user)]["userinfo"]
    assert (info["customertype"], info["btw"], info["billingaddress"]["company"]) == ("b2b", "known", "known")
    assert (info["billingaddress"]["housenumber"], info["billingaddress"]["housenumber_suffix"]) == (14, "")
    assert (info["deliveryaddress"]["company"], info["billingaddress"]["province"]) == ("", "")


BERLIN = ADDRESS.model_copy(update={"country": "DE", "postcode": "10115", "city": "Berlin", "street": "Ring 7"})
GERMAN = CUSTOMER.model_copy(update={"company": "Beispiel GmbH", "vat_id": "DE999999999"})


@pytest.mark.parametrize("mode", ["tax_free", "net", "gross"])
def test_a_sale_without_tax_to_a_company_in_another_eu_country_is_marked(mode: TaxMode) -> None:
    at = bench()
    lines = [line(quantity=D(3), rate=D(0), mode=mode)]
    of = order(lines, shipping({D(0): D("4.95")}, mode), mode=mode, customer=GERMAN, shipping_address=BERLIN)
    receipt = create(at.connector(), of, product_ids={"l1": at.product()})
    assert at.orders[0].fields["is_intra_community_order"] is True
    assert (receipt.total, receipt.tax) == (of.totals.gross, D(0))


@pytest.mark.parametrize(
    ("other", "settings"),
    [
        ({"mode": "gross"}, {}),
        ({"customer": CUSTOMER}, {}),
        ({"customer": None}, {}),
        ({"shipping_address": ADDRESS}, {}),
        ({}, {"country": "DE"}),
    ],
)
def test_no_other_sale_is_marked(other: dict[str, Any], settings: dict[str, str]) -> None:
    at = bench()
    given = {"mode": "tax_free", "customer": GERMAN, "shipping_address": BERLIN, **other}
    of = order([line(mode=given["mode"])], **given)
    create(at.connector(**settings), of, product_ids={"l1": at.product()})
    assert at.orders[0].fields["is_intra_community_order"] is False


def test_deposits_are_not_added_to_what_was_bought() -> None:
    at = bench()
    product = at.product(container_deposit_price=D("0.25"), safety_deposit_price=D(10))
    of = order([line(quantity=D(6))])
    receipt = create(at.connector(), of, product_ids={"l1": product})
    assert len(at.orders[0].rows) == 1
    assert receipt.total == of.totals.gross


def test_a_variant_is_sold_as_its_combination() -> None:
    at = bench()
    product, (medium, _) = at.variants("TEE-RED", "M", "L")
    receipt = create(at.connector(), order(), product_ids={"l1": f"{product}/{medium}"})
    assert receipt.total == D("24.95")
    combination = at.orders[0].rows[0].combination
    assert combination is not None
    assert combination["product_number"] == "TEE-RED-M"


def test_rows_without_product_get_the_accounts_only_package() -> None:
    at = bench()
    lines = [line(), split_line(2, "Voucher", {D(21): D("-5")}, "gross", "discount")]
    receipt = create(at.connector(), order(lines), product_ids={"l1": at.product()})
    assert receipt.total == D("19.95")
    assert at.orders[0].rows[1].package_id == at.account.package_id
    assert at.calls("GET /packages") == 1


def test_the_package_of_the_settings_needs_no_look() -> None:
    at = bench()
    of = order([line(kind="free")])
    create(at.connector(package_id=at.account.package_id), of)
    assert at.account.calls.total == 1


def test_several_packages_and_none_chosen_hold_the_order_before_anything_is_sent() -> None:
    at = bench()
    plain.add(at.account.shop, "packages", {"name": "Large"})
    with pytest.raises(Held, match="package") as caught:
        create(at.connector(), order([line(kind="free")]))
    assert "Large" in caught.value.fix
    assert at.orders == []


def test_a_payload_that_a_rule_spoiled_is_held_before_anything_is_sent() -> None:
    at = bench()
    plan = draft(at)
    spoiled = plan.with_payload(plan.payload | {"status": "somehow"})
    with pytest.raises(Held, match="status"):
        at.connector().order_target.create(spoiled)
    assert at.calls("POST /orders") == 0


@pytest.mark.parametrize(("kept", "decimals"), [(2, 2), (None, 2), (4, 4), (None, 4)])
def test_a_thousand_pieces_at_a_fraction_of_a_cent_cost_what_they_cost_in_the_shop(
    kept: int | None, decimals: int
) -> None:
    at = bench(row_price_decimals=kept)
    product = at.product(stockenabled=True, stock=5000)
    of = order([line(price=D("0.0125"), quantity=D(1000), total=D("12.50"))])
    receipt = create(at.connector(price_decimals=decimals), of, product_ids={"l1": product})
    assert receipt.total == D("12.50")
    assert {row.product_id for row in at.orders[0].rows} == {int(product)}
    sold = at.account.shop.catalogue.get(int(product))
    assert sold is not None
    assert sold["stock"] == 4000


# --- lost and odd answers -----------------------------------------------------------------------------------


def test_an_order_whose_creation_names_none_is_an_unknown_outcome_and_is_found_again() -> None:
    at = bench()
    at.connector().order_target.create(draft(at))
    at.fault("no_content", "POST /orders")
    with pytest.raises(OutcomeUnknown, match="does not name it"):
        at.connector().order_target.create(draft(at))
    assert [receipt.id for receipt in found(at)] == [str(order.id) for order in reversed(at.orders)]


def test_an_unproven_answer_is_an_unknown_outcome_and_the_order_is_found_again() -> None:
    at = bench()
    plan = draft(at)
    at.fault("bad_hash", "POST /orders")
    with pytest.raises(OutcomeUnknown):
        at.connector().order_target.create(plan)
    assert at.calls("POST /orders") == 1
    (receipt,) = found(at)
    assert receipt.id == str(at.orders[0].id)


def test_a_limit_surely_created_nothing_and_pauses_only_this_kind_of_call() -> None:
    at = bench()
    plan = draft(at)
    at.fault("rate_limit", "POST /orders")
    with pytest.raises(Throttled) as caught:
        at.connector().order_target.create(plan)
    assert caught.value.after <= 61
    assert set(at.limiter.paused) == {"orders:POST"}
    assert at.orders == []


def test_the_total_limit_pauses_the_whole_account() -> None:
    at = bench()
    at.fault("total_limit", "GET /orders")
    with pytest.raises(Throttled):
        found(at)
    assert set(at.limiter.paused) == set(OUR_BUCKETS)
    with pytest.raises(RetryLater):
        customers_of(at.connector()).changed(None)


def test_a_fault_of_the_platforms_own_check_is_read_again_but_never_created_again() -> None:
    at = bench()
    receipt = at.connector().order_target.create(draft(at))
    at.fault("schema_mismatch", "GET /orders/{id}")
    assert at.connector().order_target.read(receipt.id) == receipt
    assert at.waits == [2]
    at.fault("schema_mismatch", "POST /orders")
    with pytest.raises(OutcomeUnknown):
        at.connector().order_target.create(draft(at))


def test_an_unproven_read_is_tried_later() -> None:
    at = bench()
    receipt = at.connector().order_target.create(draft(at))
    at.fault("bad_hash", "GET /orders/{id}")
    with pytest.raises(RetryLater, match="signature"):
        at.connector().order_target.read(receipt.id)


def test_unproven_answers_may_be_only_logged() -> None:
    at = bench()
    plan = draft(at)
    at.fault("bad_hash", "POST /orders")
    assert at.connector(verify_answers="log").order_target.create(plan).id == str(at.orders[0].id)


# --- finding again ------------------------------------------------------------------------------------------


def found(at: Bench, reference: str = "10042", since: datetime | None = None) -> list[OrderReceipt]:
    return list(at.connector().order_target.find(reference, since or at.clock(), afresh=True))


def fill(at: Bench, count: int) -> None:
    at.product("SOLD")
    for _ in range(count):
        at.account.sell_at_till({"SOLD": 1})


def test_an_order_is_found_behind_a_page_of_newer_ones() -> None:
    at = bench()
    created = at.connector().order_target.create(draft(at))
    fill(at, 300)
    assert found(at) == [created]
    assert at.calls("GET /orders") == 3


def test_an_order_is_found_though_new_ones_arrive_between_two_pages() -> None:
    at = bench()
    created = at.connector().order_target.create(draft(at))
    fill(at, 260)
    at.fault("afterwards", "GET /orders", detail=lambda: fill(at, 30))
    assert found(at) == [created]


def test_an_order_that_a_rule_left_uncompleted_is_found_too() -> None:
    at = bench()
    plan = draft(at)
    plan = plan.with_payload(plan.payload | {"is_completed": False})
    created = at.connector().order_target.create(plan)
    assert created.number == ""
    assert found(at) == [created]


def test_orders_from_long_before_are_not_searched() -> None:
    at = bench()
    at.connector().order_target.create(draft(at))
    at.clock.advance(days=3)
    assert found(at) == []
    assert len(found(at, since=at.clock() - timedelta(days=2))) == 1


def test_an_order_that_is_completed_while_it_is_searched_is_not_missed() -> None:
    at = bench()
    plan = draft(at)
    plan = plan.with_payload(plan.payload | {"is_completed": False})
    created = at.connector().order_target.create(plan)
    at.fault("afterwards", "GET /orders", detail=lambda: at.account.complete_order(at.orders[0].id))
    assert created.id in [receipt.id for receipt in found(at)]


def test_a_list_that_was_read_serves_all_older_orders_of_an_hour() -> None:
    at = bench()
    created = at.connector().order_target.create(draft(at))
    office, since = at.connector(), at.clock() - timedelta(days=30)
    fill(at, 300)
    for reference in ("10042", "10043", "10044"):
        kept = list(office.order_target.find(reference, since, afresh=False))
        assert kept == ([created] if reference == "10042" else [])
    assert at.calls("GET /orders") == 3
    at.clock.advance(minutes=61)
    assert list(office.order_target.find("10042", since, afresh=False)) == [created]
    assert at.calls("GET /orders") == 6


def test_reading_the_list_goes_on_where_a_limit_broke_it_off() -> None:
    at = bench()
    created = at.connector().order_target.create(draft(at))
    fill(at, 300)
    office, since = at.connector(), at.clock() - timedelta(days=30)
    at.fault("afterwards", "GET /orders", detail=lambda: at.fault("rate_limit", "GET /orders"), times=2)
    for _ in range(2):
        with pytest.raises(RetryLater):
            list(office.order_target.find("10042", since, afresh=False))
        at.limiter.paused.clear()
    assert list(office.order_target.find("10042", since, afresh=False)) == [created]
    assert at.calls("GET /orders") == 5


# --- notes --------------------------------------------------------------------------------------------------


def test_notes_can_be_switched_off() -> None:
    assert bench().connector(notes=False).order_target.plan_note(order(), parts(order())) == ""
