"""The published schema catches faults, and the emulator's answers fit it."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shopware import Line, OrderSpec, Payment, ProductSpec, Shipping, ShopwareEmulator
from tests.sandbox.platforms.shopware.client import RELEASES, WHOLE_ORDER, Caller, emulate
from tests.shopware_schema import check_request, check_response
from tools.shopware_schema import SEARCHED

SEARCH = "/api/search/order"

NEWER = {"6.5.7": ("payment-method", "shipping-method"), "6.6": ("state-machine-history",)}
"""Entities with a field the schema of 6.7 requires, and since when they have it."""


def name_methods(orders: list[dict[str, Any]]) -> None:
    """Give the methods of an order the technical name older releases lack."""
    for order in orders:
        for transaction in order["transactions"]:
            transaction["paymentMethod"]["technicalName"] = "payment_test"
        for delivery in order["deliveries"]:
            delivery["shippingMethod"]["technicalName"] = "shipping_test"


def furnished(version: str) -> Caller:
    caller = emulate(version)
    shop: ShopwareEmulator = caller.shop
    shop.add_product(ProductSpec("P", "Product", Decimal(10), Decimal(19), categories=("Shirts",)))
    shop.add_product(ProductSpec("P-M", parent="P", options={"Size": "M"}, ean="4000000000017"))
    box = Line(type="container", children=(Line("A", Decimal(1)), Line("B", Decimal(2), tax=Decimal(7))))
    promotion = Line(type="promotion", code="SPRING", percent=Decimal(10))
    order_id = shop.place_order(
        OrderSpec(
            lines=(Line("P-M"), box, promotion),
            shipping=(Shipping(Decimal(5)), Shipping(Decimal(-5))),
            payments=(Payment("PayPal", "failed"), Payment()),
            tags=("vip",),
            custom_fields={"a": 1},
        )
    )
    shop.pay(order_id)
    shop.move(order_id, "process")
    return caller


@pytest.mark.parametrize("version", RELEASES)
def test_the_emulators_orders_fit_the_schema(version: str) -> None:
    answer = furnished(version).search("order", associations=WHOLE_ORDER).json()
    if version < "6.5.7":
        name_methods(answer["data"])
    check_response(SEARCH, "POST", 200, answer)


@pytest.mark.parametrize("version", RELEASES)
def test_the_emulators_other_records_fit_the_schema(version: str) -> None:
    caller = furnished(version)
    for entity in SEARCHED[1:]:
        answer = caller.search(entity).json()
        assert answer["data"], entity
        if any((version < since and entity in names) for since, names in NEWER.items()):
            continue
        check_response(f"/api/search/{entity}", "POST", 200, answer)


@pytest.mark.parametrize("version", RELEASES)
def test_the_emulators_errors_and_tokens_fit_the_schema(version: str) -> None:
    caller = furnished(version)
    check_response("/api/oauth/token", "POST", 200, caller.token().json())
    check_response("/api/oauth/token", "POST", 401, caller.token(client_secret="x").json())
    for criteria in ({"limit": 0}, {"filter": [{"type": "equals", "field": "id", "value": ""}]}):
        check_response(SEARCH, "POST", 400, caller.search("order", **criteria).json())
    refused = caller.move(caller.found("order")[0]["id"], "reopen")
    check_response(f"/api/_action/order/{'a' * 32}/state/reopen", "POST", 400, refused.json())
    check_response("/api/_info/config", "GET", 200, caller.http.get("/api/_info/config").json())
    check_response("/api/_info/version", "GET", 200, caller.http.get("/api/_info/version").json())


def test_a_read_order_and_its_transitions_fit_the_schema() -> None:
    caller = furnished("6.7.8.1")
    order_id = caller.found("order")[0]["id"]
    check_response(f"/api/order/{order_id}", "GET", 200, caller.http.get(f"/api/order/{order_id}").json())
    path = f"/api/_action/state-machine/order/{order_id}/state"
    check_response(path, "GET", 200, caller.http.get(path).json())


ANSWER = furnished("6.7.8.1").search("order", associations=WHOLE_ORDER).json()

FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "currencyId": lambda order: order.pop("currencyId"),
    "salesChannelId": lambda order: order.update(salesChannelId=None),
    "stateId": lambda order: order.update(stateId="OPEN"),
    "autoIncrement": lambda order: order.update(autoIncrement="1"),
    "lineItems[0].quantity": lambda order: order["lineItems"][0].update(quantity="2"),
    "lineItems[0].label": lambda order: order["lineItems"][0].update(label=None),
    "price.netPrice": lambda order: order["price"].update(netPrice="1"),
    "price.calculatedTaxes": lambda order: order["price"].update(calculatedTaxes={}),
    "billingAddress.country": lambda order: order["billingAddress"]["country"].pop("name"),
    "transactions[0].amount": lambda order: order["transactions"][0].pop("amount"),
    "tags": lambda order: order.update(tags={}),
}


@pytest.mark.parametrize("where", FAULTS)
def test_a_deliberate_fault_in_an_order_is_caught_and_placed(where: str) -> None:
    body = copy.deepcopy(ANSWER)
    FAULTS[where](body["data"][0])
    with pytest.raises(AssertionError) as caught:
        check_response(SEARCH, "POST", 200, body)
    assert where.rpartition(".")[2].split("[")[0] in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ({"lmit": 1}, "lmit"),
        ({"limit": "100"}, "$.limit"),
        ({"total-count-mode": "all"}, "all"),
        ({"sort": [{"order": "ASC"}]}, "'field' is a required property"),
        ({"filter": [{"type": "equals", "field": "id"}]}, "'value' is a required property"),
        ({"filter": [{"type": "range", "field": "id", "parameters": {"gt": []}}]}, "gt"),
        ({"associations": {"lineItems": {"limit": "many"}}}, "$.associations.lineItems.limit"),
    ],
)
def test_a_wrong_search_is_caught(criteria: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match="does not fit") as caught:
        check_request(SEARCH, "POST", criteria)
    assert message in str(caught.value)


def test_right_requests_pass() -> None:
    window = {"type": "range", "field": "updatedAt", "parameters": {"gte": "2026-03-01T09:55:00.000+00:00"}}
    either = {"type": "multi", "operator": "or", "queries": [window]}
    channel = {"type": "equalsAny", "field": "salesChannelId", "value": ["9" * 32]}
    criteria = {"page": 1, "limit": 100, "total-count-mode": 2, "filter": [either, channel]}
    check_request(SEARCH, "POST", criteria | {"associations": WHOLE_ORDER, "sort": [{"field": "id"}]})
    check_request(f"/api/order/{'a' * 32}", "PATCH", {"customFields": {"exported": True}})
    check_request(f"/api/order-delivery/{'a' * 32}", "PATCH", {"trackingCodes": ["T1"]})
    check_request(f"/api/_action/order/{'a' * 32}/state/process", "POST", {"sendMail": False})
    token = {"grant_type": "client_credentials", "client_id": "SWIADEMO", "client_secret": "demo"}
    check_request("/api/oauth/token", "POST", token)


def test_sync_bodies_are_checked_in_both_forms_and_record_by_record() -> None:
    operation = {"entity": "product", "action": "upsert", "payload": [{"id": "e" * 32, "stock": 5}]}
    check_request("/api/_action/sync", "POST", {"stock": operation})
    check_request("/api/_action/sync", "POST", [operation])
    remove = {"entity": "product_category", "action": "delete", "criteria": []}
    check_request("/api/_action/sync", "POST", [remove])
    wrong = operation | {"payload": [{"id": "e" * 32, "stock": "5"}]}
    with pytest.raises(AssertionError, match="stock"):
        check_request("/api/_action/sync", "POST", [wrong])


def test_a_patch_with_a_wrong_type_and_an_unknown_path_are_caught() -> None:
    with pytest.raises(AssertionError, match="trackingCodes"):
        check_request(f"/api/order-delivery/{'a' * 32}", "PATCH", {"trackingCodes": "T1"})
    with pytest.raises(AssertionError, match="no path"):
        check_request("/api/search/dragons", "POST", {})
    with pytest.raises(AssertionError, match="no answer 318"):
        check_response(SEARCH, "POST", 318, {})
