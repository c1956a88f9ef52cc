"""Credentials, limits, paging and refusals of the emulated SalesPOS."""

import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.platforms.kit import Loopback, ManualClock, in_process
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.salespos.auth import Key, signature
from tests.salespos_schema import check_collection, check_error
from tests.sandbox.platforms.salespos.calls import Signed, Till, free_row, order

READ_HASH = (
    "9c7fa1ce834f273d6b1abe4b0f04590fe4d1b1de363b921c0d69f3963eaf0d5a"
    "2360ade060de61976640caa0fec0834d3361e3c46e075077f9b2459c548e1dd1"
)
PATCH_HASH = (
    "a818ea0336217f0c3cfaa4b3ef705541ff98eca9dbd44d39666676944db87cc0"
    "e8cffb8d50e0bb94dfdca0685e5d08f7614e76aba4693e3d1b3bf239d47b50e0"
)
VECTORS = [
    ("GET", "/api/rest/v1/products/?productnumber=TEE-RED-M&size=1", b"", READ_HASH),
    ("PATCH", "/api/rest/v1/attributecombinations/9102/", b'{"stock":7}', PATCH_HASH),
]


@pytest.mark.parametrize(("method", "uri", "body", "digest"), VECTORS)
def test_the_published_vectors_are_signed_alike(method: str, uri: str, body: bytes, digest: str) -> None:
    key = Key("pub_emul_01", "sec_emul_01")
    assert signature(key, method, uri, body, "2025-01-15T10:00:00Z") == digest


@pytest.mark.parametrize("date", ["2025-01-15T10:00:00Z", "2025-01-15T10:00:00+00:00", "2025-01-15T10:00:00+0000"])
def test_every_known_spelling_of_the_date_is_taken(date: str) -> None:
    uri = "/api/rest/v1/status"
    digest = signature(Key("pub_emul_01", "sec_emul_01"), "GET", uri, b"", date)
    shop = SalesPosEmulator(clock=ManualClock(datetime(2025, 1, 15, 10, tzinfo=UTC)))
    client = httpx.Client(transport=in_process(shop.app), base_url="https://shop.example")
    headers = {"x-public": "pub_emul_01", "x-date": date, "x-hash": digest, "accept": "application/json"}
    assert client.get(uri, headers=headers).status_code == 200


@pytest.mark.parametrize("header", ["x-public", "x-date", "x-hash"])
@pytest.mark.parametrize("value", [None, "wrong"])
def test_a_missing_or_wrong_credential_is_a_401_without_a_signature(header: str, value: str | None) -> None:
    till = Till()
    request = till.client.build_request("GET", "/status")
    signed = next(Signed(till.clock).auth_flow(request))
    if value is None:
        del signed.headers[header]
    else:
        signed.headers[header] = value
    response = till.client.send(signed, auth=None)
    assert (response.status_code, response.json()["code"]) == (401, "401.10")
    assert "x-hash" not in response.headers
    check_error(response.json())


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_five_minutes_off_is_the_limit(seconds: int, status: int) -> None:
    till = Till()
    caller = ManualClock(till.clock.moment)
    caller.advance(seconds=seconds)
    assert till.client.get("/status", auth=Signed(caller)).status_code == status


def test_answers_are_signed_over_their_own_body() -> None:
    till = Till()
    response = till.call("GET", "/products/", params={"productname": "Café & co"})
    uri = response.request.url.raw_path.decode()
    parts = ["pub_emul_01", "GET", uri, response.text, response.headers["x-date"]]
    expected = hmac.new(b"sec_emul_01", "|".join(parts).encode(), hashlib.sha512).hexdigest()
    assert response.headers["x-hash"] == expected


def test_the_same_emulator_answers_over_loopback() -> None:
    clock = ManualClock()
    with Loopback(SalesPosEmulator(clock=clock).app) as server, httpx.Client(auth=Signed(clock)) as client:
        response = client.get(
            f"{server.url}/api/rest/v1/products?productname=a%20b%2Bc", headers={"accept": "application/json"}
        )
    assert response.status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/vnd.verto.webshop.json"])
def test_an_unknown_accept_has_no_schema(accept: str) -> None:
    till = Till()
    till.client.headers["accept"] = accept
    assert till.refused("GET", "/orders") == "500.25"


@pytest.mark.parametrize(
    "accept",
    ["application/vnd.verto.webshop+json", "application/vnd.verto.salespos+json", "application/json"],
)
def test_the_known_accepts_are_taken(accept: str) -> None:
    till = Till()
    till.client.headers["accept"] = accept
    assert till.get("/orders")["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/debtors", "404.20"),
        ("GET", "/orders/1/debtors", "404.20"),
        ("GET", "/orders/1", "404.10"),
        ("DELETE", "/orders/1", "405.10"),
        ("POST", "/attributecombinations/1", "405.10"),
        ("POST", "/paymethods", "405.10"),
        ("GET", "/invoices", "501.20"),
        ("GET", "/orders?reservationnumber=SW-1", "400.10"),
        ("GET", "/users?email=a@b.example", "400.10"),
        ("GET", "/products?updated_since=2026-01-01", "400.10"),
        ("GET", "/products?size=1&size=2", "400.10"),
        ("GET", "/products?expand=everything", "400.10"),
        ("GET", "/products?orderby=price", "400.10"),
        ("GET", "/products?productname=ab", "400.10"),
        ("GET", "/products?active=1", "400.10"),
        ("GET", "/products?minprice=NaN", "400.10"),
        ("GET", "/products?size=0", "400.10"),
        ("GET", "/products?size=251", "400.10"),
        ("GET", "/products?start=-1", "400.10"),
        ("GET", "/orders?min_create_date=2026-03-01T10:00:00+00:00", "400.10"),
    ],
)
def test_what_is_not_in_the_contract_is_refused_by_its_code(method: str, path: str, code: str) -> None:
    assert Till().refused(method, path) == code


@pytest.mark.parametrize(
    ("content", "kind"),
    [("{", "application/json"), ("[]", "application/json"), ('{"note": "x"}', "text/plain"), ("", "application/json")],
)
def test_a_malformed_body_is_refused(content: str, kind: str) -> None:
    till = Till()
    made = till.post("/orders", order(free_row(1)))
    response = till.client.post(f"/orders/{made['id']}/ordernotes", content=content, headers={"content-type": kind})
    assert response.json()["code"] == "400.10"


def test_trailing_slashes_are_optional() -> None:
    till = Till()
    assert till.get("/orders/") == till.get("/orders")


def test_pages_are_complete_and_their_links_absolute() -> None:
    till = Till()
    made = [till.shop.add_product(f"SKU-{at}", 1)["id"] for at in range(7)]
    first = till.get("/products/", size=3, orderby="id")
    check_collection(first)
    assert first["previous"] is None
    seen, page = [], first
    while page["next"]:
        seen += [item["id"] for item in page["items"]]
        assert page["next"].startswith("https://shop.example/api/rest/v1/products/?")
        page = till.get(page["next"])
    assert seen + [item["id"] for item in page["items"]] == made
    assert page["items"]
    assert page["previous"].endswith("start=3")


def test_reads_and_writes_have_their_own_minute_per_resource() -> None:
    till = Till()
    for _ in range(150):
        till.get("/users")
    assert till.refused("GET", "/users") == "429.10"
    till.get("/orders")
    for at in range(100):
        till.post("/users", {"username": f"user-{at}", "password": "x"})
    response = till.call("POST", "/users", {"username": "one-more", "password": "x"})
    assert (response.status_code, response.json()["code"]) == (429, "429.10")
    assert "retry-after" not in response.headers
    till.clock.advance(minutes=1)
    till.get("/users")
    till.post("/users", {"username": "one-more", "password": "x"})


def test_all_calls_together_have_a_limit_too() -> None:
    till = Till(total_limit=5)
    for path in ("/users", "/orders", "/products", "/packages", "/webhooks"):
        till.get(path)
    assert till.refused("GET", "/paymethods") == "429.11"


def test_speed_shortens_the_minute() -> None:
    till = Till(total_limit=1, speed=60)
    till.get("/users")
    assert till.refused("GET", "/users") == "429.11"
    till.clock.advance(seconds=1)
    till.get("/users")


def test_the_account_tells_who_it_is() -> None:
    till = Till(currency="EUR", prices_include_vat=False, product_limit=10)
    till.shop.add_product("A", 1)
    (webshop,) = till.get("/webshops")["items"]
    assert (webshop["is_salespos"], webshop["product_limit_left"]) == (True, 9)
    settings = till.get(f"/webshops/{webshop['id']}/settings")
    assert (settings["currency"], settings["prices_include_vat"], settings["default_vat_rat"]) == ("EUR", False, 21)
    assert len(settings["order_status"]) == 14
    resources = {item["title"] for item in till.get("/")["items"]}
    assert {"orders", "users", "products"} <= resources
    assert till.get("/status")


def test_every_answer_tells_the_platforms_own_time() -> None:
    """Also a refusal, and also while the real time is another: callers compare their clock with it."""
    till = Till()
    till.clock.advance(days=2)
    refused = httpx.Client(transport=in_process(till.shop.app)).get("https://shop.example/api/rest/v1/products/")
    assert refused.status_code == 401
    for answer in (refused, till.call("GET", "/products/")):
        assert parsedate_to_datetime(answer.headers["date"]) == till.clock().replace(microsecond=0)
