"""The emulated Shoprenter with a caller of its own, on the hosts that the platform has."""

import json
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.shoprenter import ShoprenterEmulator

OAUTH = "https://oauth.app.shoprenter.net"
API = "https://demobolt.api2.myshoprenter.hu/api"
OLD = "https://demobolt.api.myshoprenter.hu"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "c0ffee01", "client_secret": "s3cr3t-demo"}


class Bolt:
    """A shop with a token; no limit of calls unless a test sets it."""

    def __init__(self, per_second: int = 10_000, currency: str = "HUF", **assumed: Any) -> None:
        self.clock = ManualClock()
        self.received: list[httpx.Request] = []
        self.answers = 200
        self.shop = ShoprenterEmulator(
            clock=self.clock,
            per_second=per_second,
            currency=currency,
            wait=lambda seconds: self.clock.advance(seconds=seconds),
            call=self._receive,
            **assumed,
        )
        self.http = httpx.Client(transport=in_process(self.shop.app), headers={"Accept": "application/json"})
        self.log_in()

    def log_in(self, **credentials: str) -> None:
        answer = self.http.post(f"{OAUTH}/demobolt/app/token", json={**CREDENTIALS, **credentials})
        assert answer.status_code == 200, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def later(self, **delta: float) -> None:
        """Time passes, and a token is asked for again."""
        self.clock.advance(**delta)
        self.log_in()

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        sent = {} if body is None else {"json": body}
        return self.http.request(method, f"{API}/{path}", params=query, **sent)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.send("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str, **query: Any) -> list[Any]:
        found: list[Any] = self.get(path, full=1, limit=200, **query)["items"]
        return found

    def done(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.send(method, path, body, **query)
        assert answer.status_code in {200, 201, 204}, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, int]:
        """Status and inner number."""
        answer = self.send(method, path, body, **query)
        assert answer.status_code >= 400, answer.text
        assert set(answer.json()) <= {"error", "message", "id"}
        return answer.status_code, answer.json()["error"]

    def batch(self, *requests: tuple[str, str, Any]) -> list[tuple[Any, Any]]:
        """Status and body of each."""
        rows = [
            {"method": method, "uri": f"{API}/{path}", **({"data": data} if data is not None else {})}
            for method, path, data in requests
        ]
        answers = self.done("POST", "batch", {"data": {"requests": rows}})["requests"]["request"]
        assert [(row["method"], row["uri"]) for row in rows] == [(each["method"], each["uri"]) for each in answers]
        return [(each["response"]["header"]["statusCode"], each["response"]["body"]) for each in answers]

    def payloads(self) -> list[Any]:
        """The order inside each call that an automation made."""
        return [json.loads(form_field(request))["orders"]["order"][0] for request in self.received]

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.received.append(request)
        return httpx.Response(self.answers, request=request)


def form_field(request: httpx.Request) -> str:
    """What stands in the field ``data`` of a multipart form, read by hand."""
    boundary = request.headers["content-type"].partition("boundary=")[2]
    head, _, rest = request.content.decode().partition("\r\n\r\n")
    assert head == f'--{boundary}\r\nContent-Disposition: form-data; name="data"'
    text, _, tail = rest.partition(f"\r\n--{boundary}--")
    assert tail == "\r\n"
    return text
