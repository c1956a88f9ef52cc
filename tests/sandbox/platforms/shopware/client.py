"""What the tests of the emulated Shopware share: a client with a token, and short ways to call it."""

from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.shopware import ShopwareEmulator

RELEASES = ("6.4.20.2", "6.5.8.18", "6.6.10.0", "6.7.8.1")

WHOLE_ORDER: dict[str, Any] = {
    "stateMachineState": {},
    "currency": {},
    "salesChannel": {},
    "tags": {},
    "addresses": {},
    "lineItems": {"sort": [{"field": "position", "order": "ASC"}]},
    "billingAddress": {"associations": {"country": {}, "countryState": {}}},
    "deliveries": {
        "associations": {
            "stateMachineState": {},
            "shippingMethod": {},
            "positions": {},
            "shippingOrderAddress": {"associations": {"country": {}, "countryState": {}}},
        }
    },
    "transactions": {"associations": {"stateMachineState": {}, "paymentMethod": {}}},
    "orderCustomer": {"associations": {"customer": {}, "salutation": {}}},
    "language": {"associations": {"locale": {}}},
}
"""The associations a connector asks for (platform file, "Reading one order completely")."""


class Caller:
    """Calls one shop with a token of its own."""

    def __init__(self, shop: ShopwareEmulator, privileges: tuple[str, ...] | None = None) -> None:
        self.shop = shop
        self.integration = shop.integration if privileges is None else shop.add_integration(privileges)
        self.http = httpx.Client(
            transport=in_process(shop.app),
            base_url="http://shop.test",
            headers={"Accept": "application/json"},
        )
        self.login()

    def login(self) -> None:
        answer = self.token()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def token(self, **changes: Any) -> httpx.Response:
        body = {
            "grant_type": "client_credentials",
            "client_id": self.integration.access_key,
            "client_secret": self.integration.secret_key,
        }
        return self.http.post("/api/oauth/token", json=body | changes)

    def search(self, entity: str, **criteria: Any) -> httpx.Response:
        body = {name.replace("_", "-"): value for name, value in criteria.items()}
        return self.http.post(f"/api/search/{entity}", json=body)

    def found(self, entity: str, **criteria: Any) -> list[dict[str, Any]]:
        answer = self.search(entity, **criteria)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])

    def order(self, order_id: str) -> dict[str, Any]:
        (order,) = self.found("order", ids=[order_id], associations=WHOLE_ORDER)
        return order

    def move(self, order_id: str, action: str) -> httpx.Response:
        return self.http.post(f"/api/_action/order/{order_id}/state/{action}", json={})


def error(answer: httpx.Response) -> dict[str, Any]:
    """The one error of an answer."""
    (only,) = answer.json()["errors"]
    assert only["status"] == str(answer.status_code)
    return dict(only)


def emulate(version: str = "6.7.8.1", **settings: Any) -> Caller:
    """A shop with a clock that stands still, and a caller with all rights."""
    return Caller(ShopwareEmulator(version, settings.pop("clock", ManualClock()), **settings))
