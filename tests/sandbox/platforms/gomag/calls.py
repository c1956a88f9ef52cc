"""The emulated Gomag with a caller of its own: form-encoded writes, headers as documented."""

import json
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.gomag import GomagEmulator
from sandbox.platforms.kit import ManualClock, in_process

HEADERS = {"Apikey": "gomag-key-01", "ApiShop": "https://www.shop.example.test", "User-Agent": "Tests/1.0"}


class Market:
    """A shop whose records look like the platform file's examples unless a test turns ``varied`` on."""

    def __init__(self, **assumed: Any) -> None:
        self.clock = ManualClock()
        settings = {"varied": False, "read_burst": 1000, "write_burst": 1000, **assumed}
        self.shop = GomagEmulator(
            clock=self.clock, wait=lambda seconds: self.clock.advance(seconds=seconds), **settings
        )
        self.client = httpx.Client(
            transport=in_process(self.shop.app), base_url="https://api.example.test/api/v1/", headers=HEADERS
        )

    def read(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"{path}/json", params=query)

    def get(self, path: str, **query: Any) -> Any:
        response = self.read(path, **query)
        assert response.status_code == 200, response.text
        return json.loads(response.text, parse_float=Decimal)

    def write(self, path: str, data: Any) -> httpx.Response:
        return self.client.post(f"{path}/json", data={"data": json.dumps(data)})

    def post(self, path: str, data: Any) -> None:
        response = self.write(path, data)
        assert (response.status_code, response.json()) == (200, {"error": "200"}), response.text

    def refused(self, path: str, data: Any) -> tuple[str, Any]:
        """Number and message of a refusal, which comes with a 200."""
        response = self.write(path, data)
        assert response.status_code == 200
        body = response.json()
        assert str(body["error"]) != "200"
        return str(body["error"]), body["message"]


NO_DATA = ("404", ["NO DATA"])
