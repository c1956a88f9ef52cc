"""The hand-written SalesPOS schemas catch deliberate faults and agree with the emulator."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from tests.salespos_schema import (
    check_collection,
    check_error,
    check_order_post,
    check_product_post,
    check_user_post,
)
from tests.sandbox.platforms.salespos.calls import ADDRESS, CUSTOMER, Till, free_row, order

USER = {"username": "a@b.example", "password": "x", "userinfo": CUSTOMER}
PRODUCT = {"name": "Mug", "price": 8, "discount": 0, "taxtariff": "normal", "package_id": 100001}


def _at(**changes: Any) -> dict[str, Any]:
    return order(free_row(1), customer={"billingaddress": {**ADDRESS, **changes}})


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    "body",
    [
        _at(housenumber="12"),
        _at(address_line_1="Dorpsstraat 12"),
        _at(country_code="Netherlands"),
        _at(house_number=12),
        order(free_row(1), customer={"deliveryaddress": {"last_name": "Visser"}}),
        order(free_row(1), paymethod_id=3),
        order(free_row(1), status=0),
        order(free_row(1), reservationnumber=10042),
        order(free_row(1), total_shipping="4.95"),
        order(_without(free_row(1), "count")),
        order(_without(free_row(1), "package_id")),
        order(),
        _without(order(free_row(1)), "customer"),
    ],
)
def test_both_opinions_refuse_a_faulty_order(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check_order_post(body)
    assert Till().refused("POST", "/orders", body) == "400.10"


@pytest.mark.parametrize(
    "body",
    [
        order(free_row(1), reservationnumber="SW-1", extra_costs=-5, paid=True, status=2),
        order(free_row(1), customer={}, user_id=None),
        order(free_row(1), customer={"deliveryaddress": {"full_name": "S. Visser", "address_line_1": "Kade 1"}}),
    ],
)
def test_both_opinions_take_a_good_order(body: dict[str, Any]) -> None:
    check_order_post(body)
    assert Till().post("/orders", body)["id"]


@pytest.mark.parametrize("name", ["username", "password"])
def test_both_opinions_miss_a_user_s_required_fields(name: str) -> None:
    with pytest.raises(ValidationError):
        check_user_post(_without(USER, name))
    assert Till().refused("POST", "/users", _without(USER, name)) == "400.10"


@pytest.mark.parametrize("name", ["name", "price", "discount", "taxtariff", "package_id"])
def test_both_opinions_miss_a_product_s_required_fields(name: str) -> None:
    with pytest.raises(ValidationError):
        check_product_post(_without(PRODUCT, name))
    assert Till().refused("POST", "/products", _without(PRODUCT, name)) == "400.10"


def test_both_opinions_take_a_good_user_and_product() -> None:
    check_user_post(USER)
    check_product_post(PRODUCT)
    till = Till()
    assert till.post("/users", USER)["id"]
    assert till.post("/products", PRODUCT)["id"]


@pytest.mark.parametrize(
    "change", [{"size": 0}, {"size": 251}, {"next": "/orders?start=1"}, {"total": 5}, {"items": None}]
)
def test_a_wrong_envelope_is_caught(change: dict[str, Any]) -> None:
    good = Till().get("/orders")
    check_collection(good)
    with pytest.raises(ValidationError):
        check_collection({**good, **change})


@pytest.mark.parametrize(
    "path", ["/orders", "/products", "/users", "/packages", "/paymethods", "/webhooks", "/webshops"]
)
def test_every_collection_has_the_envelope(path: str) -> None:
    check_collection(Till().get(path, size=1))


@pytest.mark.parametrize("change", [{"code": "429"}, {"status": "429"}, {"developermessage": ""}])
def test_a_wrong_error_body_is_caught(change: dict[str, Any]) -> None:
    good = {"status": 429, "code": "429.10", "developermessage": "rate limit of this method reached"}
    check_error(good)
    with pytest.raises(ValidationError):
        check_error({**good, **change})


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(-5, 200), st.text(max_size=3), st.just([]), st.just({}))
_FIELDS = """
paid status currency total_shipping extra_costs reservationnumber is_completed user_id customer orderrows unknown
invoicenumber taxes_included orderedinlng
"""
_NAMES = st.sampled_from(_FIELDS.split())


@given(st.dictionaries(_NAMES, _VALUES, max_size=2))
@settings(max_examples=60)
def test_what_the_emulator_takes_the_schema_takes_too(changes: dict[str, Any]) -> None:
    body = {**order(free_row(1)), **changes}
    response = Till().call("POST", "/orders", body)
    if response.status_code == 201:
        check_order_post(body)
    else:
        check_error(response.json())
