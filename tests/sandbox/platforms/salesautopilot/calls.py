"""A caller of its own for the SalesAutopilot emulator's tests, and bodies to start from."""

import json
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.salesautopilot import Record, SalesAutopilotEmulator

ORDERS, ORDER, PAID, STATUS = 90001, 70002, 70003, 70004
"""The list that takes orders, and its forms."""
PEOPLE, SIGN_UP, DOUBLE, CHANGE = 90010, 70011, 70012, 70013
"""The newsletter, and its forms."""
CREATION = "POST processWebshopOrder/{nl_id}/ns_id/{ns_id}"
ORDER_PATH, SAVE_PATH = f"processWebshopOrder/{ORDERS}/ns_id/{ORDER}", f"saveOrder/{ORDERS}/form/{ORDER}"


class Desk:
    """The emulator and a client with its key pair."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.office = SalesAutopilotEmulator(clock=self.clock, sleep=self._sleep, **options)
        self.client = httpx.Client(
            transport=in_process(self.office.app),
            base_url="https://api.example.test/",
            auth=(self.office.user, self.office.password),
        )

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Send a body as JSON."""
        content = None if body is None else json.dumps(body, default=float)
        headers = {} if body is None else {"content-type": "application/json"}
        headers.update(options.pop("headers", {}))
        return self.client.request(method, path, content=content, headers=headers, **options)

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """The parsed body of an answer under 200."""
        response = self.call(method, path, body)
        assert response.status_code == 200, (response.status_code, self.office.refused[-1:])
        return json.loads(response.text, parse_float=Decimal)

    def get(self, path: str) -> Any:
        """What a GET answers."""
        return self.done("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """What a POST answers."""
        return self.done("POST", path, body)

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status of a refusal, and why; its body tells nothing."""
        response = self.call(method, path, body)
        assert response.status_code >= 400, response.text
        assert response.content == b""
        return response.status_code, self.office.refused[-1].partition(": ")[2]

    def create(self, body: dict[str, Any] | None = None) -> Record:
        """Send an order; its record."""
        return self.office.order_list.records[self.post(ORDER_PATH, body or order())]

    def order(self, number: str = "50123") -> Any:
        """The only order with this number, as it is read."""
        (row,) = self.get(f"list/{ORDERS}/field/mssys_shoprenter_id/value/{number}")
        return row

    def person(self, email: str = "vevo@example.test") -> Any:
        """A person on the newsletter, as they are read."""
        (row,) = self.get(f"list/{PEOPLE}/field/email/value/{email}")
        return row


def line(sku: str = "SKU-1", **fields: Any) -> dict[str, Any]:
    return {"prod_id": sku, "prod_name": "Blue mug", "qty": 2, "tax": 27, "prod_price": 1500, **fields}


def order(number: str = "50123", *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "order_id": number,
        "email": "vevo@example.test",
        "mssys_firstname": "Anna",
        "mssys_lastname": "Minta",
        "payment_method": "Bank transfer",
        "payment_code": "transfer",
        "shipping_method": "Courier",
        "currency": "HUF",
        "order_status_id": "new",
        "netshippingcost": 1000,
        "grossshippingcost": 1270,
        "products": list(lines) or [line()],
        **fields,
    }


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The same, some fields left out."""
    return {name: value for name, value in body.items() if name not in names}


def product(sku: str = "SKU-1", **fields: Any) -> dict[str, Any]:
    return {
        "prod_name": "Blue mug",
        "prod_price": "1500",
        "prod_vat_percent": "27",
        "prod_currency": "HUF",
        "prod_sku": sku,
        **fields,
    }
