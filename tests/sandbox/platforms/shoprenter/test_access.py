"""Who may call the emulated Shoprenter: tokens, scopes, the old scheme, the limit, and the app's installation."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import Loopback
from sandbox.platforms.shoprenter.apps import InstallRefusedError
from sandbox.platforms.shoprenter.auth import EVERY_SCOPE
from tests.sandbox.platforms.shoprenter.calls import API, CREDENTIALS, OAUTH, OLD, Bolt

TOKEN = f"{OAUTH}/demobolt/app/token"


def _claims(bolt: Bolt) -> Any:
    middle = bolt.http.headers["Authorization"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def test_a_token_is_a_jwt_of_an_hour_that_names_shop_client_and_scopes() -> None:
    bolt = Bolt()
    bolt.shop.forbid("store.webhook:write")
    bolt.log_in()
    claims = _claims(bolt)
    assert claims["exp"] == int(bolt.clock().timestamp()) + 3600
    assert (claims["realm"], claims["aud"]) == ("demobolt", "c0ffee01")
    assert set(claims["scopes"]) == EVERY_SCOPE - {"store.webhook:write"}
    assert bolt.shop.tokens_issued == 2


def test_a_token_ends_after_an_hour_and_another_one_is_had_in_the_same_way() -> None:
    bolt = Bolt()
    bolt.clock.advance(seconds=3599)
    assert bolt.get("orders")["items"] == []
    bolt.clock.advance(seconds=1)
    assert bolt.refused("GET", "orders") == (401, 401)
    bolt.log_in()
    assert bolt.get("orders")["items"] == []


@pytest.mark.parametrize(
    ("path", "changes", "status", "error"),
    [
        ("demobolt", {"client_secret": "wrong"}, 401, "invalid_client"),
        ("demobolt", {"client_id": "nobody"}, 401, "invalid_client"),
        ("Demobolt", {}, 401, "invalid_client"),
        ("demobolt", {"grant_type": "password"}, 400, "invalid_request"),
        ("demobolt", {"client_secret": ""}, 400, "invalid_request"),
    ],
)
def test_a_token_request_is_refused_as_documented(path: str, changes: dict[str, str], status: int, error: str) -> None:
    answer = Bolt().http.post(f"{OAUTH}/{path}/app/token", json={**CREDENTIALS, **changes})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description", "message"} | ({"hint"} if status == 400 else set())


def test_a_token_is_asked_for_in_json_by_post() -> None:
    bolt = Bolt()
    assert bolt.http.post(TOKEN, data=CREDENTIALS).status_code == 400
    assert bolt.http.get(TOKEN).status_code == 405


@pytest.mark.parametrize("status", [401, 403])
def test_a_scope_that_is_missing_is_refused_in_either_way(status: int) -> None:
    bolt = Bolt(missing_scope=status)
    bolt.shop.forbid("order.order:write", "order.status:read")
    bolt.log_in()
    order = bolt.shop.place_order()
    assert bolt.refused("GET", "orderStatuses")[0] == status
    assert bolt.refused("PUT", f"orders/{_id(order.id)}", {"invoiceId": "X"})[0] == status
    assert len(bolt.get("orders")["items"]) == 1
    bolt.shop.allow("order.order:write")
    bolt.log_in()
    bolt.done("PUT", f"orders/{_id(order.id)}", {"invoiceId": "X"})


def test_every_scope_is_one_that_exists() -> None:
    with pytest.raises(ValueError, match=r"order\.order:delete"):
        Bolt().shop.add_client("x", "y", ["order.order:delete"])


@pytest.mark.parametrize("status", [401, 403])
def test_the_old_scheme_is_refused_everywhere(status: int) -> None:
    bolt = Bolt(basic_status=status)
    for address in (f"{API}/orders", f"{OLD}/orders"):
        assert bolt.http.get(address, headers={"Authorization": "Basic dTpw"}).status_code == status
    assert bolt.shop.leaks == 0


def test_a_token_that_follows_a_link_to_the_old_host_is_refused_and_counted() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    link = bolt.get("orders")["items"][0]["href"]
    assert link == f"{OLD}/orders/{_id(1042)}"
    assert bolt.http.get(link).status_code == 401
    assert bolt.shop.leaks == 1


def test_links_can_name_the_host_that_was_called() -> None:
    bolt = Bolt(old_hrefs=False)
    bolt.shop.place_order()
    link = bolt.get("orders")["items"][0]["href"]
    assert link == f"{API}/orders/{_id(1042)}"
    assert bolt.http.get(link).json()["innerId"] == "1042"


def test_three_requests_a_second_and_then_the_quoted_body() -> None:
    bolt = Bolt(per_second=3)
    bolt.clock.advance(milliseconds=900)
    for _ in range(3):
        bolt.get("orders")
    bolt.clock.advance(milliseconds=999)
    answer = bolt.send("GET", "orders")
    assert (answer.status_code, answer.json()) == (429, {"error": 429, "message": "Request Limit Reached"})
    bolt.clock.advance(milliseconds=1)
    bolt.get("orders")
    assert bolt.shop.limits.refused == 1


def test_the_second_can_be_the_clocks_own() -> None:
    bolt = Bolt(per_second=3, sliding_window=False)
    bolt.clock.advance(milliseconds=900)
    for _ in range(3):
        bolt.get("orders")
    assert bolt.refused("GET", "orders") == (429, 429)
    bolt.clock.advance(milliseconds=100)
    bolt.get("orders")


def test_applications_do_not_share_a_limit() -> None:
    bolt = Bolt(per_second=1)
    bolt.get("orders")
    assert bolt.refused("GET", "orders") == (429, 429)
    bolt.shop.add_client("second", "secret")
    bolt.log_in(client_id="second", client_secret="secret")
    assert bolt.get("orders")["items"] == []


def test_tokens_and_api_are_one_address_on_loopback() -> None:
    bolt = Bolt()
    with Loopback(bolt.shop.app) as server, httpx.Client(headers={"Accept": "application/json"}) as client:
        token = client.post(f"{server.url}/demobolt/app/token", json=CREDENTIALS).json()["access_token"]
        answer = client.get(f"{server.url}/api/orders", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["items"] == []
        assert "<h1>Emulated Shoprenter</h1>" in client.get(server.url).text


class App:
    """An app's addresses: it checks the signature over both orders and sends the browser back."""

    def __init__(self, secret: str, *, polite: bool = True) -> None:
        self.secret, self.polite = secret, polite
        self.called: list[dict[str, str]] = []
        self.signed_in: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        self.called.append(query)
        for names in ("code shopname timestamp", "shopname code timestamp"):
            text = "&".join(f"{name}={query[name]}" for name in names.split())
            if hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest() == query["hmac"]:
                self.signed_in.add(names)
        if self.polite and "app_url" in query:
            return httpx.Response(302, headers={"Location": f"{query['app_url']}?back=1"}, request=request)
        return httpx.Response(200, text="no", request=request)


@pytest.mark.parametrize(
    ("order", "names"), [("text", "code shopname timestamp"), ("demo apps", "shopname code timestamp")]
)
def test_an_app_is_installed_opened_and_removed_by_signed_calls(order: Any, names: str) -> None:
    bolt = Bolt()
    own = bolt.shop.add_app("app-id", "app-secret", order)
    app = own.call = App("app-secret")
    with pytest.raises(AssertionError, match="invalid_client"):
        bolt.log_in(client_id="app-id", client_secret="app-secret")
    own.install("https://app.example.test/redirect?x=1")
    bolt.log_in(client_id="app-id", client_secret="app-secret")
    own.open("https://app.example.test/entry")
    assert bolt.get("orders")["items"] == []
    own.uninstall("https://app.example.test/gone")
    assert bolt.refused("GET", "orders") == (401, 401)
    assert app.signed_in == {names}
    assert [sorted(set(query) - {"x"}) for query in app.called] == [
        ["app_url", "code", "hmac", "shopname", "timestamp"],
        ["code", "hmac", "shopname", "timestamp"],
        ["code", "hmac", "shopname", "timestamp"],
    ]
    assert {query["shopname"] for query in app.called} == {"demobolt"}


def test_an_app_that_does_not_send_the_browser_back_is_not_installed() -> None:
    bolt = Bolt()
    own = bolt.shop.add_app("app-id", "app-secret")
    own.call = App("app-secret", polite=False)
    with pytest.raises(InstallRefusedError, match="200: no"):
        own.install("https://app.example.test/redirect")
    with pytest.raises(AssertionError, match="invalid_client"):
        bolt.log_in(client_id="app-id", client_secret="app-secret")


def _id(order: int) -> str:
    return base64.b64encode(f"order-order_id={order}".encode()).decode()
