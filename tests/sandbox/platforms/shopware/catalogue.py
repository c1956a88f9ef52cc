"""Records that the tests of writing products share."""

from typing import Any

import httpx

from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID, make_id
from tests.sandbox.platforms.shopware.client import Caller
from tests.shopware_schema import check_request, check_response

PRICE = {"currencyId": DEFAULT_CURRENCY_ID, "gross": 59.5, "net": 50, "linked": True}


def one_id(name: str) -> str:
    """An id of ours, as a connector derives them."""
    return make_id("test", name)


def tax_id(caller: Caller) -> str:
    return str(caller.found("tax", filter={"taxRate": 19})[0]["id"])


def product(caller: Caller, sku: str = "P", **changes: Any) -> dict[str, Any]:
    """The least a product needs, with an id derived from its number."""
    least = {"name": "Demo shirt", "stock": 5, "taxId": tax_id(caller), "price": [PRICE]}
    return {"id": one_id(sku), "productNumber": sku, **least, **changes}


def post(caller: Caller, entity: str, body: Any, query: str = "") -> httpx.Response:
    return caller.http.post(f"/api/{entity}{query}", json=body)


def made(caller: Caller, entity: str, body: dict[str, Any]) -> str:
    """Create a record; its id."""
    answer = post(caller, entity, body)
    assert answer.status_code == 204, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def read(caller: Caller, sku: str, **headers: str) -> dict[str, Any]:
    """A product with what hangs on it."""
    ways = ("options", "properties", "categories", "visibilities", "configuratorSettings", "children", "tags")
    body = {
        "filter": [{"type": "equals", "field": "productNumber", "value": sku}],
        "associations": {name: {} for name in ways},
    }
    answer = caller.http.post("/api/search/product", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["data"]
    return dict(found)


def sync(caller: Caller, body: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return caller.http.post("/api/_action/sync", json=body, headers=named)


def upsert(entity: str, *payload: Any) -> dict[str, Any]:
    return {"entity": entity, "action": "upsert", "payload": list(payload)}


def remove(entity: str, *payload: Any, **criteria: Any) -> dict[str, Any]:
    return {"entity": entity, "action": "delete", "payload": list(payload), **criteria}


def places(answer: httpx.Response) -> dict[str, str]:
    """The codes of an answer's errors by their pointers."""
    return {each["source"]["pointer"]: each["code"] for each in answer.json()["errors"]}


def snapshot(caller: Caller) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the shop, in its order."""
    tables = caller.shop.shop.store.tables
    return {
        name: [(row.id, dict(row.values), dict(row.links), dict(row.texts)) for row in rows.values()]
        for name, rows in tables.items()
    }


def checked(caller: Caller, method: str, path: str, body: Any) -> httpx.Response:
    """Call, and hold request and answer against the published schema."""
    check_request(path, method, body)
    answer = caller.http.request(method, path, json=body)
    if answer.content:
        check_response(path, method, answer.status_code, answer.json())
    return answer
