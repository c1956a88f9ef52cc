"""What RO App is documented to answer: each status judged, each shape read, each wrong setting told at its field."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from shopbridge.connectors.roapp.api import Since, credentials, limits_of
from shopbridge.connectors.roapp.catalogue.read import prices_of
from shopbridge.connectors.roapp.outcomes import judge, said
from shopbridge.connectors.roapp.wire import ProductRow
from shopbridge.errors import (
    AlreadyDone,
    BridgeError,
    Held,
    NeedsAttention,
    Obstructed,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
)
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import PATIENCE, Limit
from shopbridge.model.base import ExternalId
from shopbridge.model.progress import Shipment
from tests.roapp_orders import ANA, GOLDEN, HOME, NOW, chosen, golden, talk
from tests.salespos_orders import D

GET, POST = Call("GET", "/v2/orders"), Call("POST", "/v2/orders", repeatable=False)


def judged(call: Call, body: bytes, status: int = 200, kind: str = "application/json") -> type[BridgeError] | None:
    try:
        judge(Answer("RO App", call, status, {"content-type": kind}, body))
    except BridgeError as error:
        return type(error)
    return None


def always(name: str) -> Callable[[httpx.Request], Any]:
    """The same documented body for every call."""
    body = (GOLDEN / f"{name}.json").read_bytes()
    return lambda _: body


# --- judging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "read", "written"),
    [
        (200, None, None),
        (400, Rejected, Rejected),
        (401, NeedsAttention, NeedsAttention),
        (403, NeedsAttention, Rejected),
        (404, Rejected, Rejected),
        (422, Rejected, Rejected),
        (429, Throttled, Throttled),
        (500, RetryLater, OutcomeUnknown),
        (503, RetryLater, OutcomeUnknown),
    ],
)
def test_a_status_means_what_it_means_to_a_reading_and_to_a_creation(status: int, read: Any, written: Any) -> None:
    body = b'{"success": false, "code": 1, "message": "no"}' if status != 200 else b"{}"
    for call, meant in ((GET, read), (POST, written)):
        found = judged(call, body, status)
        assert found is meant or (found is not None and meant is not None and issubclass(found, meant))


def test_a_failure_under_a_good_status_is_one() -> None:
    assert judged(GET, b'{"success": false, "code": 101, "message": "expired"}') is NeedsAttention
    assert judged(POST, b'{"success": false, "code": 7, "message": "no"}') is Rejected
    assert judged(GET, b'{"success": false, "code": 7, "message": "no"}') is RetryLater
    assert judged(GET, b'{"success": true, "data": []}') is None


def test_a_page_in_the_platforms_place_is_no_answer() -> None:
    assert judged(GET, b"<html>", 200, "text/html") is Obstructed
    assert judged(GET, b"<html>", 403, "text/html") is Obstructed
    assert judged(POST, b"<html>", 200, "text/html") is OutcomeUnknown


@pytest.mark.parametrize(("name", "told"), [("refused", "client_id: required"), ("unauthorized", "Unauthorized")])
def test_a_refusal_says_why_whether_it_is_a_text_or_by_field(name: str, told: str) -> None:
    assert said(golden(name)) == told


def test_a_throttled_call_outlasts_the_second_of_the_limit_and_is_waited_for_by_the_client_itself() -> None:
    with pytest.raises(Throttled) as caught:
        judge(
            Answer("RO App", GET, 429, {"content-type": "application/json"}, (GOLDEN / "throttled.json").read_bytes())
        )
    assert 1 < caught.value.after <= PATIENCE


def test_the_key_travels_as_bearer_and_three_calls_a_second_are_shared() -> None:
    assert credentials({"api_key": "k"}) == {"Authorization": "Bearer k"}
    assert list(limits_of(D(1))(GET)) == [Limit("calls", 3, 1)]
    assert list(limits_of(D("0.1"))(POST)) == [Limit("calls", 1, 1)]


# --- documented shapes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["order", "order_enveloped", "order_in_a_list"])
def test_an_order_is_read_bare_in_an_envelope_and_in_a_list(name: str) -> None:
    receipt = talk(always(name))[0].order_target.read(ExternalId("900001"))
    assert (receipt.id, receipt.number, receipt.total) == ("900001", "A0107", D(270))


def test_progress_of_an_order_has_its_shipments_and_its_end() -> None:
    office, asked = talk(always("orders"), tracking_field=124, cancelled_statuses=(51,))
    assert office.order_progress is not None
    page = office.order_progress.changed(NOW, None)
    (told,) = page.orders
    assert (told.status, told.status_name, told.cancelled, told.reference) == ("51", "New", True, "1042")
    assert told.shipments == (Shipment(code="EX1"), Shipment(code="EX2"))
    assert (told.number, told.total, page.position) == ("A0107", D(270), None)
    assert office.order_progress.tells == {"status", "number", "cancelled", "shipments"}
    query = asked.asked[0].url.params
    assert query.multi_items() == [
        ("modified_at[]", "2026-03-01T23:25:00Z"),
        ("sort", "modified_at"),
        ("page", "1"),
    ]


def test_an_end_may_be_told_by_the_group_of_the_status() -> None:
    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/statuses"):
            return golden("statuses")
        body = golden("orders")
        body["data"][0] |= {"status": {"id": 59, "name": "Refused"}, "total": "270.00"}
        return body

    for named in ("cancelled", "7"):
        office, _ = talk(answer, cancelled_group=named)
        assert office.order_progress is not None
        assert office.order_progress.read([ExternalId("900001")])[0].cancelled


@pytest.mark.parametrize("name", ["products", "products_map"])
def test_prices_come_as_an_array_or_as_a_map_and_barcodes_as_objects_or_texts(name: str) -> None:
    row = ProductRow.model_validate(golden(name)["data"][0])
    assert (row.prices, row.barcodes) == ({"81": D(100), "82": D(80)}, ["2000000000015"])
    prices = prices_of(row, chosen(regular_price_type="81", sale_price_type="82"))
    assert {key: each.amount for key, each in prices.items()} == {"regular": D(100), "sale": D(80)}
    assert prices_of(row, chosen()) == {}


@pytest.mark.parametrize("name", ["categories", "categories_bare"])
def test_categories_come_in_pages_or_bare(name: str) -> None:
    read = talk(always(name))[0].catalogue_source.categories()
    assert [(each.id, each.parent, each.name) for each in read] == [("91", None, "Mugs"), ("92", "91", "Large mugs")]


@pytest.mark.parametrize(
    ("field", "key", "asked"),
    [
        ("sku", "MUG-RED", ("articles[]", "MUG-RED")),
        ("code", "1001", ("q", "1001")),
        ("barcode", "2000000000015", ("barcodes[]", "2000000000015")),
        ("ean", "2000000000015", ("barcodes[]", "2000000000015")),
        ("name", "Mug red", ("title", "Mug red")),
    ],
)
def test_a_product_is_asked_for_by_each_identifier_and_compared(field: str, key: str, asked: tuple[str, str]) -> None:
    office, calls = talk(always("lookup"))
    assert office.order_products is not None
    assert [(each.key, each.id) for each in office.order_products.find(field, key)] == [(key, "5001")]
    assert calls.asked[0].url.path == "/products/"
    assert calls.asked[0].url.params.multi_items() == [asked]


def stocked(request: httpx.Request) -> Any:
    """Products, warehouses and goods."""
    path = request.url.path
    name = "goods" if "/goods/" in path else "warehouses" if path == "/warehouse/" else "products"
    return (GOLDEN / f"{name}.json").read_bytes()


def test_stock_is_told_by_warehouse_and_a_product_that_is_not_listed_has_none() -> None:
    office, asked = talk(stocked)
    (level,) = office.stock_source.page(None).levels
    assert (level.sku, level.item, level.rank) == ("MUG-RED", "5001", 5001)
    assert [(each.warehouse, each.on_hand) for each in level.figures] == [("61", D(7))]
    assert [call.split("?")[0] for call in asked.calls] == [
        "GET /v2/catalog/products",
        "GET /warehouse/",
        "GET /warehouse/goods/61",
    ]
    both, _ = talk(
        lambda request: {"data": []} if request.url.path.endswith("/62") else stocked(request), warehouses=(61, 62)
    )
    (level,) = both.stock_source.page(None).levels
    assert [(each.warehouse, each.on_hand) for each in level.figures] == [("61", D(7)), ("62", D(0))]


def test_a_contact_is_the_buyer_by_e_mail_or_else_by_telephone_and_name() -> None:
    for mail, phone, found in (
        ("ana@EXAMPLE.com", "+40 1", True),
        ("bea@example.com", HOME.phone, False),
        ("", "0700 000 001", True),
        ("", "0700 000 002", False),
    ):
        office, asked = talk(lambda request: golden("people") if request.method == "GET" else golden("made_person"))
        assert office.customers is not None
        buyer, home = ANA.model_copy(update={"email": mail}), HOME.model_copy(update={"phone": phone})
        try:
            office.customers.create(buyer, home, home)
        except BridgeError:
            assert found
        assert len(asked.asked) == (1 if found else 2)


def test_of_contacts_that_are_alike_the_oldest_is_taken_and_of_others_a_person_chooses() -> None:
    row = golden("people")["data"][0]
    office, _ = talk(lambda _: {"data": [{**row, "id": 702}, row]})
    assert office.customers is not None
    with pytest.raises(AlreadyDone) as there:
        office.customers.create(ANA, HOME, HOME)
    assert there.value.external_id == "701"
    office, _ = talk(lambda _: {"data": [{**row, "email": "a@example.com"}, {**row, "id": 702, "email": ""}]})
    assert office.customers is not None
    with pytest.raises(Held, match="701, 702"):
        office.customers.create(ANA.model_copy(update={"email": ""}), HOME, HOME)


# --- verifying ----------------------------------------------------------------------------------------------------

LISTS = {
    "/v2/company": "company",
    "/v2/company/locations": "locations",
    "/v2/company/employees": "employees",
    "/v2/orders/types": "types",
    "/v2/orders/statuses": "statuses",
    "/v2/orders/custom-fields": "custom_fields",
    "/v2/catalog/services": "services",
    "/v2/catalog/products/categories": "categories",
    "/warehouse/": "warehouses",
    "/products/": "lookup",
    "/margins/": "margins",
}


def account(request: httpx.Request) -> Any:
    """What an account says of itself."""
    return (GOLDEN / f"{LISTS[request.url.path]}.json").read_bytes()


def test_a_right_account_says_who_it_is_and_what_there_is_to_choose_from() -> None:
    office, _ = talk(account, tracking_field=124)
    identity = office.account.ping()
    assert (identity.name, identity.accounts) == ("Demo Service", ("Demo Service",))
    words = office.account.vocabulary()
    told = {name: [choice.key for choice in choices] for name, choices in words.items()}
    assert told["location"] == ["11"]
    assert told["order_type"] == ["21"]
    assert told["manager"] == ["31"]
    assert told["custom_field"] == ["123", "124"]
    assert told["status"] == ["51", "52", "59"]
    assert told["warehouse"] == ["61"]
    assert told["currency"] == ["RON"]


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("location", None, "11 (Main)"),
        ("location", 12, "11 (Main)"),
        ("order_type", None, "21 (Web order)"),
        ("order_type", 5, "21 (Web order)"),
        ("reference_field", None, "123 (External ID), 124 (Tracking)"),
        ("reference_field", 5, "123 (External ID), 124 (Tracking)"),
        ("tracking_field", 5, "123 (External ID), 124 (Tracking)"),
        ("managers", (31, 32), "31 (Max Demo)"),
        ("warehouses", (5,), "61 (Main stock)"),
        ("cancelled_statuses", (5,), "59 (Refused)"),
        ("delivery_entry", 5, "6001 (Delivery), 6002 (Fee)"),
        ("currency", "EUR", "RON"),
    ],
)
def test_an_empty_or_wrong_setting_is_told_at_its_field_with_the_choices(setting: str, value: Any, named: str) -> None:
    with pytest.raises(NeedsAttention) as caught:
        talk(account, **{setting: value})[0].account.ping()
    assert caught.value.where == f"RO App, {setting}"
    assert named in caught.value.what
    assert caught.value.fix


# --- places -------------------------------------------------------------------------------------------------------


def test_a_place_by_moment_is_the_same_read_from_its_position() -> None:
    place = Since("2025-03-01T00:00:00Z", 3, "17")
    assert Since.parse(place.text(), NOW) == place
    assert partial(Since.parse, None)(NOW) == Since("2026-03-01T23:30:00Z")
