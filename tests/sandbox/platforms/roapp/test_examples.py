"""Every example of the platform file, sent to the emulated RO App: each field that it shows is told in its form."""

import hmac
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.platforms.roapp.calls import Client

DOC = Path(__file__).parents[4] / "docs" / "platforms" / "roapp.md"


def examples() -> Iterator[Any]:
    """All JSON of "Example payloads", in its order; what is abbreviated with dots is none."""
    part = DOC.read_text().split("\n## Example payloads")[1].split("\n## ")[0]
    text = "\n".join(re.findall(r"^```json\n(.*?)^```", part, re.MULTILINE | re.DOTALL))
    end = 0
    for start in (match.start() for match in re.finditer(r'\[?\{"', text)):
        if start < end or text.startswith(('{"data":{...', '{"data":[...'), start):
            continue
        value, end = json.JSONDecoder().raw_decode(text, start)
        yield value


(
    ORDERS,
    PERSON,
    PERSON_MADE,
    ORDER,
    ORDER_MADE,
    ITEM,
    STATUS,
    STATUSES,
    TYPES,
    LOCATIONS,
    WAREHOUSES,
    GOODS,
    HOOK,
    UNAUTHORISED,
    INVALID,
    THROTTLED,
) = examples()


def differences(told: Any, shown: Any, where: str = "") -> Iterator[str]:
    """Fields that are shown and not told, or told in another form; whole and broken numbers are one form."""
    if isinstance(shown, dict) and isinstance(told, dict):
        for name, value in shown.items():
            if name not in told:
                yield f"{where}.{name} is missing"
            else:
                yield from differences(told[name], value, f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(told, list):
        if bool(shown) > bool(told):
            yield f"{where} is empty"
        for row in told if shown else ():
            yield from differences(row, shown[0], f"{where}[]")
    elif _form(told) != _form(shown):
        yield f"{where} is {told!r} and not like {shown!r}"


def _form(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


@pytest.fixture
def client() -> Client:
    """The account of the examples, empty but for its product."""
    client = Client()
    client.app.add_product("MUG-RED", 100, 7, title="Mug red", code="1001")
    return client


def _order(client: Client) -> Any:
    person = client.do("POST", "/v2/contacts/people", PERSON)
    return client.do("POST", "/v2/orders", {**ORDER, "client_id": person["id"]})


def test_a_person_and_an_order_are_made(client: Client) -> None:
    assert list(differences(client.do("POST", "/v2/contacts/people", PERSON), PERSON_MADE)) == []
    made = _order(client)
    assert list(differences(made, ORDER_MADE)) == []
    assert made["number"] == ORDER_MADE["number"]


def test_orders_are_listed(client: Client) -> None:
    made, product = _order(client), client.app.product("MUG-RED")
    client.do("POST", f"/v2/orders/{made['id']}/items", {**ITEM, "entity_id": product.id, "quantity": 3})
    answer = client.get("/v2/orders?page=1&modified_at[]=2025-03-01T00:00:00Z&sort=modified_at")
    assert list(differences(answer, ORDERS)) == []
    (told,), (shown,) = answer["data"], ORDERS["data"]
    own = {"id", "client", "created_at", "modified_at", "custom_fields"}
    assert {name: told[name] for name in shown if name not in own} == {
        name: value for name, value in shown.items() if name not in own
    }
    assert told["custom_fields"].items() >= shown["custom_fields"].items()
    assert {**told["client"], "id": 701, "email": ""} == shown["client"]


def test_a_status_and_its_comment_are_taken(client: Client) -> None:
    made = _order(client)
    assert client.do("POST", f"/v2/orders/{made['id']}/status", STATUS)["status"]["id"] == STATUS["status_id"]
    assert client.app.comments(made["id"]) == [STATUS["comment"]]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v2/orders/statuses", STATUSES),
        ("/v2/orders/types", TYPES),
        ("/v2/company/locations", LOCATIONS),
        ("/warehouse/?type=product", WAREHOUSES),
        ("/warehouse/goods/61?articles[]=MUG-RED&page=1", GOODS),
    ],
)
def test_lists_come_as_shown(client: Client, path: str, shown: Any) -> None:
    assert list(differences(client.get(path), shown)) == []


def test_goods_tell_what_the_example_tells(client: Client) -> None:
    (told,), (shown,) = client.get("/warehouse/goods/61?articles[]=MUG-RED&page=1")["data"], GOODS["data"]
    own = {"id", "category"}
    assert {name: told[name] for name in shown if name not in own} == {
        name: value for name, value in shown.items() if name not in own
    }


def test_a_webhook_is_signed_over_its_id(client: Client) -> None:
    made = _order(client)
    client.app.add_endpoint("https://bridge.example/hook", "s3cret")
    client.do("POST", f"/v2/orders/{made['id']}/status", STATUS)
    (request,) = client.hooked
    body = json.loads(request.content)
    assert list(differences(body, HOOK)) == []
    assert [body[name] for name in ("event_name", "employee")] == [HOOK["event_name"], HOOK["employee"]]
    assert {name: body["metadata"][name] for name in ("old", "new")} == {"old": {"id": 51}, "new": {"id": 52}}
    signed = hmac.new(b"s3cret", body["id"].encode(), "sha256").hexdigest()
    assert (request.headers["x-webhook-id"], request.headers["x-signature"]) == (body["id"], signed)


def test_refusals(client: Client) -> None:
    wrong = client.send("GET", "/v2/company", headers={"authorization": "Bearer nobody"})
    assert (wrong.status_code, wrong.json()) == (401, UNAUTHORISED)
    missing = client.send("POST", "/v2/orders", {"branch_id": 11, "order_type_id": 21})
    assert (missing.status_code, missing.json()) == (400, INVALID)
    client.app.throttle()
    often = client.send("GET", "/v2/company")
    assert (often.status_code, often.json()) == (429, THROTTLED)
