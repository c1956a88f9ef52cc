"""What a search of the emulated Shopware tells of a record: associations, fields by release, includes, inheritance."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import Address, Buyer, Line, OrderSpec, Payment, ProductSpec, Shipping
from tests.sandbox.platforms.shopware.client import RELEASES, WHOLE_ORDER, Caller, emulate, error


@pytest.fixture(scope="module")
def caller() -> Caller:
    """Three orders: A is paid by Anna from Bonn, B is open, C is a company's from the Netherlands."""
    clock = ManualClock()
    made = emulate(clock=clock)
    made.shop.place_order(
        OrderSpec(
            number="A",
            buyer=Buyer("Anna", "Ahlers", "anna@example.test"),
            billing=Address("Weg 1", "53111", "Bonn"),
            payments=(Payment("PayPal", "failed"), Payment("Invoice", "paid")),
            custom_fields={"exported": True},
        )
    )
    clock.advance(minutes=1)
    made.shop.place_order(OrderSpec(number="B", lines=(Line("X", Decimal(10)),), affiliate_code="partner"))
    clock.advance(minutes=1)
    made.shop.place_order(
        OrderSpec(
            number="C",
            buyer=Buyer("Cor", "Claes", "c@example.test", company="Claes BV", vat_ids=("NL1",)),
            billing=Address("Straat 2", "1011 AB", "Amsterdam", "NL"),
            shipping=(Shipping(Decimal("4.99")), Shipping(Decimal("-4.99"))),
            tags=("vip",),
        )
    )
    return made


def leaf(kind: str, field: str, value: Any = None, **parameters: Any) -> dict[str, Any]:
    if kind == "range":
        return {"type": kind, "field": field, "parameters": parameters}
    body = {"type": kind, "field": field, "value": value}
    return body | ({"parameters": parameters} if parameters else {})


A, B = leaf("equals", "orderNumber", "A"), leaf("equals", "orderNumber", "B")


def test_associations_are_null_unless_asked_for_and_nested_criteria_apply(caller: Caller) -> None:
    (bare,) = caller.found("order", filter=[A])
    assert {bare[name] for name in ("currency", "salesChannel", "tags", "transactions")} == {None}
    assert bare["orderCustomer"]["firstName"] == "Anna"
    nested = {
        "filter": [leaf("equals", "stateMachineState.technicalName", "paid")],
        "associations": {"paymentMethod": {}},
    }
    (order,) = caller.found("order", filter=[A], associations={"transactions": nested})
    (transaction,) = order["transactions"]
    assert transaction["paymentMethod"]["name"] == "Invoice"
    newest = {"sort": [{"field": "createdAt", "order": "DESC"}], "limit": 1}
    (order,) = caller.found("order", filter=[A], associations={"transactions": newest})
    assert len(order["transactions"]) == 1


@pytest.mark.parametrize("version", RELEASES)
def test_states_come_along_by_themselves_only_up_to_6_5(version: str) -> None:
    other = emulate(version)
    other.shop.place_order()
    wanted: dict[str, Any] = {"deliveries": {}, "transactions": {}}
    (order,) = other.found("order", associations=wanted)
    parts = (order, *order["deliveries"], *order["transactions"])
    old = version < "6.6"
    assert all((part["stateMachineState"] is not None) is old for part in parts)
    assert (order["deliveries"][0]["shippingOrderAddress"] is not None) is old


@pytest.mark.parametrize("version", RELEASES)
def test_fields_and_associations_appear_with_their_release(version: str) -> None:
    other = emulate(version)
    other.shop.place_order()
    (order,) = other.found("order", associations=WHOLE_ORDER)
    (method,) = other.found("payment-method", filter={"name": "Invoice"})
    assert ("technicalName" in method) is (version >= "6.5.7")
    assert ("internalComment" in order) is (version >= "6.7")
    assert ("primaryOrderDeliveryId" in order) is (version >= "6.7")
    assert ("taxCalculationType" in order) is (version >= "6.6")
    primary = other.search("order", associations={"primaryOrderTransaction": {}})
    assert primary.status_code == (200 if version >= "6.7" else 500)


def test_includes_keep_the_listed_fields_and_the_alias(caller: Caller) -> None:
    includes = {"order": ["orderNumber", "lineItems"], "order_line_item": ["label"]}
    (order,) = caller.found("order", filter=[A], includes=includes, associations={"lineItems": {}})
    assert order == {
        "orderNumber": "A",
        "apiAlias": "order",
        "lineItems": [{"label": "DEMO-1", "apiAlias": "order_line_item"}],
    }


def test_includes_keep_extensions_from_6_7_12() -> None:
    other = emulate("6.7.12.0")
    (language,) = other.found("language", includes={"language": ["id"]})
    assert language.keys() == {"id", "apiAlias", "extensions"}


def test_a_record_is_read_by_id_and_a_missing_one_is_a_404(caller: Caller) -> None:
    row_id = caller.found("order")[0]["id"]
    assert caller.http.get(f"/api/order/{row_id}").json()["data"]["id"] == row_id
    answer = caller.http.get(f"/api/order/{'f' * 32}")
    assert (answer.status_code, error(answer)["code"]) == (404, "FRAMEWORK__RESOURCE_NOT_FOUND")
    assert error(caller.http.get(f"/api/order/{row_id}?limit=3"))["code"] == "SANDBOX__UNKNOWN_KEY"


def test_a_variant_reads_null_unless_inheritance_is_asked_for() -> None:
    other = emulate()
    size = {"Size": "M"}
    other.shop.add_product(ProductSpec("SHIRT", "Demo shirt", Decimal("59.50"), Decimal(19)))
    other.shop.add_product(ProductSpec("SHIRT-M", parent="SHIRT", stock=7, ean="4000000000017", options=size))
    criteria = {"filter": [leaf("equals", "ean", "4000000000017")], "associations": {"options": {}}}
    (variant,) = other.found("product", **criteria)
    assert {variant[name] for name in ("name", "taxId", "price", "active", "tax")} == {None}
    assert variant["translated"]["name"] == "Demo shirt"
    assert [option["name"] for option in variant["options"]] == ["M"]
    inherited = {"sw-inheritance": "0"}
    answer = other.http.post("/api/search/product", json=criteria, headers=inherited)
    (variant,) = answer.json()["data"]
    assert variant["name"] == "Demo shirt"
    assert variant["price"][0]["net"] == 50
    assert (variant["stock"], variant["ean"]) == (7, "4000000000017")


def test_numbers_empty_maps_and_times_look_like_phps(caller: Caller) -> None:
    answer = caller.search("order", filter=[A], associations={"lineItems": {}})
    assert '"totalPrice": 59.5,' in answer.text
    assert '"quantity": 1,' in answer.text
    assert '"translated": []' in answer.text
    assert '"aggregations": []' in answer.text
    assert '"createdAt": "2026-03-01T10:00:00.000+00:00"' in answer.text
