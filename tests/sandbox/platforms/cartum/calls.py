"""The emulated Cartum with a caller of its own, and the examples of the platform file."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.cartum import LOGIN, PASSWORD, CartumEmulator
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.kit.wire import write_json

DOC = Path(__file__).parents[4] / "docs" / "platforms" / "cartum.md"


def examples() -> list[Any]:
    """All JSON of "Example payloads", in its order."""
    part = DOC.read_text().split("\n## Example payloads")[1].split("\n## ")[0]
    text = "\n".join(re.findall(r"^```json\n(.*?)^```", part, re.MULTILINE | re.DOTALL))
    decoder, found, at = json.JSONDecoder(parse_float=Decimal), [], 0
    while (start := text.find("{", at)) >= 0:
        value, at = decoder.raw_decode(text, start)
        found.append(value)
    return found


class Store:
    """A shop whose records look like the file's examples unless ``varied``, its clock, and a caller with a token."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock()
        settings = {"varied": False, "languages": ("en", "ro"), **settings}
        self.shop = CartumEmulator(
            clock=self.clock, wait=lambda seconds: self.clock.advance(seconds=seconds), **settings
        )
        self.client = httpx.Client(transport=in_process(self.shop.app), base_url="https://shop.example.test/api/")
        self.token, self.renewed = "", self.clock()

    def log_in(self, login: str = LOGIN, password: str = PASSWORD) -> httpx.Response:
        return self.client.post("auth/", json={"login": login, "password": password})

    def send(self, function: str, /, _method: str = "POST", **body: Any) -> httpx.Response:
        """A call with a token, which is renewed before it is too old; ``token`` in the body takes its place."""
        if "token" not in body and (not self.token or self.clock() >= self.renewed + timedelta(seconds=600)):
            self.token, self.renewed = self.log_in().json()["response"]["token"], self.clock()
        content = write_json({"token": self.token, **body})
        return self.client.request(_method, f"{function}/", content=content)

    def envelope(self, function: str, /, **body: Any) -> Any:
        response = self.send(function, **body)
        assert response.status_code == 200, response.text
        return json.loads(response.text, parse_float=Decimal)

    def get(self, function: str, /, **body: Any) -> Any:
        """What is inside an answer that is a success."""
        answer = self.envelope(function, **body)
        assert answer["status"] in ("OK", "EMPTY"), answer
        return answer["response"]

    def orders(self, **body: Any) -> list[Any]:
        found: list[Any] = self.get("orders/get", **body)["orders"]
        return found

    def numbers(self, **body: Any) -> list[int]:
        return [order["order_id"] for order in self.orders(**body)]

    def update(self, *rows: Any) -> tuple[str, list[Any]]:
        """The envelope's status and the log."""
        answer = self.envelope("orders/update", orders=list(rows))
        return answer["status"], answer["response"]["log"]

    def products(self, **body: Any) -> list[Any]:
        found: list[Any] = self.get("catalog/export", **body)["products"]
        return found

    def articles(self, **body: Any) -> list[str]:
        return [product["article"] for product in self.products(**body)]

    def write(self, *rows: Any) -> tuple[str, list[Any]]:
        """The envelope's status, and of each row its codes."""
        answer = self.envelope("catalog/import", products=list(rows))
        return answer["status"], [[entry["code"] for entry in row["info"]] for row in answer["response"]["log"]]

    def error(self, function: str, /, **body: Any) -> str:
        """The sentence of a refusal, which comes with a 200."""
        answer = self.envelope(function, **body)
        assert answer["status"] == "ERROR", answer
        return str(answer["response"]["message"])
