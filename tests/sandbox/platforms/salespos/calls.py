"""A signing caller of its own for the SalesPOS emulator's tests, and bodies to start from."""

import hashlib
import hmac
import json
from collections.abc import Generator
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.salespos import SalesPosEmulator


class Signed(httpx.Auth):
    requires_request_body = True

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        date = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        uri = request.url.raw_path.decode()
        parts = ["pub_emul_01", request.method, uri, request.content.decode(), date]
        digest = hmac.new(b"sec_emul_01", "|".join(parts).encode(), hashlib.sha512).hexdigest()
        request.headers.update({"x-public": "pub_emul_01", "x-date": date, "x-hash": digest})
        yield request


class Till:
    """The emulator and a client that signs; ``get`` and the others return the parsed body."""

    def __init__(self, **account: Any) -> None:
        self.clock = ManualClock()
        self.shop = SalesPosEmulator(clock=self.clock, **account)
        self.client = httpx.Client(
            transport=in_process(self.shop.app),
            base_url="https://shop.example/api/rest/v1",
            auth=Signed(self.clock),
            headers={"accept": "application/vnd.verto.webshop+json"},
        )

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        content = None if body is None else json.dumps(body, default=float)
        headers = {"content-type": "application/json"} if body is not None else {}
        return self.client.request(method, path, content=content, headers=headers, **options)

    def get(self, path: str, **query: Any) -> Any:
        response = self.call("GET", path, params=query or None)
        assert response.status_code == 200, response.text
        return json.loads(response.text, parse_float=Decimal)

    def post(self, path: str, body: Any) -> Any:
        response = self.call("POST", path, body)
        assert response.status_code == 201, response.text
        return json.loads(response.text, parse_float=Decimal)

    def done(self, method: str, path: str, body: Any = None) -> None:
        response = self.call(method, path, body)
        assert (response.status_code, response.content) == (204, b""), response.text

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> str:
        """The error code, when the call is refused as documented."""
        response = self.call(method, path, body, **options)
        error = response.json()
        assert error["status"] == response.status_code
        assert error["developermessage"]
        return str(error["code"])


ADDRESS = {
    "first_name": "Sanne",
    "last_name": "Visser",
    "street": "Dorpsstraat",
    "housenumber": 12,
    "housenumber_suffix": "b",
    "zipcode": "1234 AB",
    "city": "Utrecht",
    "country_code": "NL",
}
CUSTOMER = {"email": "inkoop@voorbeeld.example", "billingaddress": ADDRESS}


def order(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"customer": CUSTOMER, "total_shipping": 0, "orderrows": list(rows), **fields}


def free_row(price: float, tax: float = 21, count: float = 1, **fields: Any) -> dict[str, Any]:
    row = {"product_name": "Goods", "price": price, "tax": tax, "count": count}
    return {**row, "package_id": 100001, **fields}
