"""A caller of its own for the CloudSales emulator's tests, and bodies to start from."""

import json
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.cloudsales import CloudSalesEmulator, Spelling
from sandbox.platforms.kit import ManualClock, in_process

ACCOUNT, CONNECTOR = "account", "connector"


class Desk:
    """The emulator and a client; ``rows`` and the others return parsed bodies. Answers are spelt as text."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        options = {"spellings": (Spelling.TEXT,), **options}
        self.office = CloudSalesEmulator(clock=self.clock, sleep=self._sleep, **options)
        self.client = httpx.Client(
            transport=in_process(self.office.app),
            base_url=f"https://office.example{self.office.base}",
            headers={"accept": "application/json"},
        )

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def call(self, method: str, path: str, body: Any = None, *, by: str = ACCOUNT, **options: Any) -> httpx.Response:
        """Call by the account's user, by the connector's, or by ``name:password``."""
        content = None if body is None else json.dumps(body, default=float)
        headers = {"content-type": "application/json"} if body is not None else {}
        headers.update(options.pop("headers", {}))
        return self.client.request(method, path, content=content, auth=self._who(by), headers=headers, **options)

    def _who(self, by: str) -> tuple[str, str]:
        known = {
            ACCOUNT: (self.office.user, self.office.password),
            CONNECTOR: (self.office.connector_user, self.office.connector_password),
        }
        name, _, password = by.partition(":")
        return known.get(by, (name, password))

    def page(self, path: str) -> Any:
        """A page of a list."""
        response = self.call("GET", path)
        assert response.status_code == 200, response.text
        body = json.loads(response.text, parse_float=Decimal)
        assert not body["is_error"], body
        return body

    def rows(self, path: str) -> list[Any]:
        """The rows of a list's first page."""
        return list(self.page(path)["data"])

    def order_path(self, reference: str) -> str:
        return f"connector/{self.office.connector.id}/order/{reference}/"

    def send(self, method: str, body: dict[str, Any], reference: str | None = None) -> httpx.Response:
        """POST or PUT an order."""
        return self.call(method, self.order_path(reference or body["order_unique_id"]), body, by=CONNECTOR)

    def create(self, body: dict[str, Any]) -> int:
        """Create an order; its id in the office."""
        return self.done("POST", body)

    def done(self, method: str, body: dict[str, Any]) -> int:
        response = self.send(method, body)
        told = response.json()
        assert response.status_code == 200, response.text
        assert not told["is_error"], told
        return int(told["data"]["BOCP_order_id"])

    def refused(self, method: str, body: dict[str, Any], reference: str | None = None) -> list[str]:
        """What a refused order is told."""
        return details(self.send(method, body, reference))


def details(response: httpx.Response) -> list[str]:
    """The sentences of a refusal spelt as text."""
    body = response.json()
    assert body["is_error"] == 1
    return [error["message"] for error in body["data"]["errors"]]


ADDRESS = {
    "street": "Str. Fictiva",
    "number": "3",
    "building": "B",
    "stair": "1",
    "floor": "2",
    "apartment": "14",
    "city": "Cluj-Napoca",
    "county": "Cluj",
    "zip": "400000",
    "country": "Romania",
    "GLN": "",
}
DELIVERY = {**ADDRESS, "shipping_contact_name": "Ana Exemplu", "shipping_contact_phone": "0700000001"}
PERSON = {
    "name": "Ana Exemplu",
    "representative": "Ana Exemplu",
    "email": "ana@example.test",
    "phone": "0700000001",
    "vat_id": "",
    "registration_number": "",
    "invoice_address": ADDRESS,
    "delivery_address": DELIVERY,
}
COMPANY = {**PERSON, "name": "EXEMPLU SRL", "vat_id": "RO00000000", "registration_number": "J00/0/2020"}


def item(code: str = "CUP", count: float = 2, price: float = 65.75, **fields: Any) -> dict[str, Any]:
    return {
        "type": "product",
        "code": code,
        "item_name": code,
        "item_quantity": count,
        "item_price": round(price / 1.21, 2),
        "item_vat_percent": 21,
        "item_price_with_vat": price,
        "line_value_with_vat": round(price * count, 2),
        **fields,
    }


def order(reference: str = "HUB-1", *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "order_unique_id": reference,
        "order_reference": reference,
        "order_date": "2026-03-01",
        "order_updated_at": "2026-03-01 12:00:00",
        "order_status": "new",
        "order_cancelled": 0,
        "order_mentions": "",
        "order_currency_code": "RON",
        "shipping_method": "personal_pickup",
        "cod_amount": 0,
        "cod_currency": "RON",
        "client": PERSON,
        "items": list(items) or [item()],
        "payment_method": "credit",
        "payments": [],
        **fields,
    }


CANCELLED: dict[str, Any] = {"order_status": "cancelled", "order_cancelled": 1}
