"""The emulated UNAS with a caller of its own, and the examples of the platform file."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.unas import UnasEmulator
from sandbox.platforms.unas.wire import read_xml, rows, write_xml

DOC = Path(__file__).parents[4] / "docs" / "platforms" / "unas.md"
KEY = "EXAMPLEKEYEXAMPLEKEYEXAMPLEKEYEXAMPLEKEY"


def examples() -> dict[str, list[str]]:
    """The code blocks of "Example payloads", by heading."""
    part = DOC.read_text().split("\n## Example payloads")[1].split("\n## ")[0]
    headings = re.split(r"^### (.*)$", part, flags=re.MULTILINE)[1:]
    blocks = (re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for text in headings[1::2])
    return dict(zip(headings[::2], blocks, strict=True))


class Store:
    """A shop, its clock, and a client that is logged in when it first calls."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock()
        self.shop = UnasEmulator(clock=self.clock, **settings)
        self.client = httpx.Client(transport=in_process(self.shop.app), base_url="https://api.example.test/shop/")
        self.token, self.renewed = "", self.clock()

    def log_in(self, key: str = KEY, info: str = "") -> httpx.Response:
        more = f"<WebshopInfo>{info}</WebshopInfo>" if info else ""
        return self.client.post("login", content=f"<Params><ApiKey>{key}</ApiKey>{more}</Params>")

    def send(self, function: str, body: bytes | str, token: str | None = None) -> httpx.Response:
        if token is None and not self.token:
            self.token = read_xml(self.log_in().content)[1]["Token"]
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post(function, content=body, headers=headers)

    def answer(self, function: str, body: bytes | str) -> Any:
        """What stands below the root of a 200; a token that is too old is renewed before."""
        if self.clock() >= self.renewed + timedelta(hours=2):
            self.token, self.renewed = "", self.clock()
        response = self.send(function, body)
        assert response.status_code == 200, response.text
        root, content = read_xml(response.content)
        assert root != "Error"
        return content

    def get(self, function: str, entity: str, **params: str) -> list[Any]:
        return rows(self.answer(function, write_xml("Params", params)), entity)

    def orders(self, **params: str) -> list[Any]:
        return self.get("getOrder", "Order", **params)

    def keys(self, **params: str) -> list[str]:
        return [order["Key"] for order in self.orders(**params)]

    def write(self, function: str, plural: str, *sent: Any) -> list[Any]:
        """The answers to some entities."""
        entity = {"Categories": "Category"}.get(plural, plural.removesuffix("s"))
        return rows(self.answer(function, write_xml(plural, {entity: list(sent)})), entity)

    def set_order(self, **nodes: Any) -> Any:
        return self.write("setOrder", "Orders", {"Action": "modify", **nodes})[0]

    def error(self, function: str, body: bytes | str) -> str:
        """The text of a refusal."""
        response = self.send(function, body)
        assert response.status_code == 400, response.text
        root, text = read_xml(response.content)
        assert root == "Error"
        return str(text)


def statuses(answers: list[Any]) -> list[str]:
    return [answer["Status"] for answer in answers]
