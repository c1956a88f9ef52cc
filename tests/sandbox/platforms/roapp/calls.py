"""Calls of the emulated RO App, as a client makes them."""

from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.roapp import RoAppEmulator

BASE = "https://api.roapp.io"
LINE: dict[str, Any] = {
    "assignee_id": 31,
    "quantity": 2,
    "price": 90,
    "cost": 0,
    "discount": {"type": "value", "percentage": 0, "amount": 0, "sponsor": "company"},
    "warranty": {"period": "0", "periodUnits": "days"},
}
"""A line without its product."""


class Client:
    """An account and somebody who calls it, a second after the other unless told otherwise."""

    def __init__(self, *, calm: bool = True, **options: Any) -> None:
        self.clock = ManualClock()
        self.hooked: list[httpx.Request] = []
        self.hook_status = 200
        self.app = RoAppEmulator(clock=self.clock, call=self._hooked, **options)
        self.http = httpx.Client(transport=in_process(self.app.app), base_url=BASE)
        self.calm = calm

    def _hooked(self, request: httpx.Request) -> httpx.Response:
        self.hooked.append(request)
        return httpx.Response(self.hook_status)

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One call with the account's key."""
        if self.calm:
            self.clock.advance(seconds=1)
        headers = {"authorization": f"Bearer {self.app.key}", **options.pop("headers", {})}
        given = {} if body is None else {"json": body}
        return self.http.request(method, path, headers=headers, **given, **options)

    def get(self, path: str, params: Any = None) -> Any:
        """What is answered to a reading that must go well."""
        answer = self.send("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, method: str, path: str, body: Any) -> Any:
        """The same of a writing."""
        answer = self.send(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """Status and message of a refusal."""
        answer = self.send(method, path, body, **options)
        told = answer.json()
        assert (told["success"], told["code"]) == (False, answer.status_code)
        return answer.status_code, told["message"]

    def order(self, **values: Any) -> Any:
        """A new order of a new person."""
        person = self.app.add_person("Ana", "Pop", phone="+40 700 000 001")
        body = {"branch_id": 11, "order_type_id": 21, "client_id": person.id, **values}
        return self.do("POST", "/v2/orders", body)

    def line(self, order: int, product: int, **values: Any) -> Any:
        """A new line."""
        return self.do("POST", f"/v2/orders/{order}/items", {**LINE, "entity_id": product, **values})
