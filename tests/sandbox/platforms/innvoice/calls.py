"""A caller of its own for the InnVoice emulator's tests, bodies to start from, and the examples of its page."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import httpx
from defusedxml import ElementTree

from sandbox.platforms.innvoice import InnVoiceEmulator, Spelling
from sandbox.platforms.kit import ManualClock, in_process

PAGE = (Path(__file__).parents[4] / "docs" / "platforms" / "innvoice.md").read_text()
EXAMPLES: Sequence[str] = re.findall(r"```xml\n(.*?)```", PAGE, re.DOTALL)
CREATED, MADE, REFUSED, TURNED, PRODUCTS = EXAMPLES
"""What the page shows: a creation, its two answers, a pro forma to be turned, a list of products."""


class Desk:
    """The emulator and a client; most calls return what is inside the answer's root. Texts are spelt plainly."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        options = {"spellings": (Spelling.PLAIN,), **options}
        self.office = InnVoiceEmulator(clock=self.clock, sleep=self._sleep, **options)
        self.client = httpx.Client(transport=in_process(self.office.app), base_url="https://office.example")

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def call(self, method: str, path: str, body: str | bytes | None = None, **options: Any) -> httpx.Response:
        """Call as the company's user, below its base."""
        headers = {"content-type": "text/xml"} if body is not None else {}
        headers.update(options.pop("headers", {}))
        options = {"auth": (self.office.user, self.office.password), **options}
        return self.client.request(method, self.office.base + path, content=body, headers=headers, **options)

    def done(self, method: str, path: str, body: str | None = None) -> Any:
        """What is inside the answer of a call that did its work."""
        response = self.call(method, path, body)
        assert response.status_code == 200, response.text
        told = inside(response)
        assert "error" not in told, told
        return told

    def create(self, body: str) -> Any:
        """Make an invoice or a draft."""
        return self.done("POST", "invoice", body)["invoice"]

    def create_proforma(self, **fields: str) -> Any:
        return self.done("POST", "invoice", invoice(Proforma="1", **fields))["proforma_invoice"]

    def turn(self, table_id: str) -> Any:
        return self.done("POST", "proforma_invoice", turned(table_id))["proforma_invoice"]

    def by_techid(self, techid: str) -> Any:
        return self.done("GET", f"invoice/techid/{techid}")["invoice"]

    def products(self) -> list[Any]:
        """The list, which is empty when the answer's root is."""
        told = self.done("GET", "product")
        return as_list(told["product"]) if told else []

    def refused(self, path: str, body: str) -> str:
        """The message of a write that is refused."""
        response = self.call("POST", path, body)
        assert response.status_code == 200, response.text
        told = inside(response)
        assert told["error"] == "500", told
        return str(told["message"])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def inside(response: httpx.Response) -> Any:
    return parsed(response.content)


def parsed(body: str | bytes) -> Any:
    """What is inside the root, texts collapsed."""
    return _value(ElementTree.fromstring(body))


def _value(element: Any) -> Any:
    children = list(element)
    if not children:
        return " ".join((element.text or "").split())
    made: dict[str, Any] = {}
    for child in children:
        made[child.tag] = [*as_list(made[child.tag]), _value(child)] if child.tag in made else _value(child)
    return made


HEADER = {
    "VevoNev": "Minta Anna",
    "VevoIrsz": "1011",
    "VevoOrszag": "HU",
    "VevoTelep": "Budapest",
    "VevoUtcaHsz": "Minta u. 1.",
    "SzamlatombID": "3",
    "SzamlaKelte": "2030.01.15.",
    "TeljesitesKelte": "2030.01.15.",
    "Hatarido": "2030.01.23.",
    "Devizanem": "HUF",
    "FizetesiMod": "átutalás",
    "Fizetve": "0",
    "Eszamla": "1",
    "Felretett": "0",
    "Proforma": "0",
}
LINE = {
    "TetelNev": "Blue mug",
    "AfaSzoveg": "27%",
    "Brutto": "1",
    "EgysegAr": "1905",
    "Mennyiseg": "2",
    "MennyisegEgyseg": "db",
}


def elements(fields: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value, quote=False)}</{name}>" for name, value in fields.items())


def numbered(number: object, **fields: str) -> dict[str, str]:
    """A line whose fields end in a number."""
    return {f"{name}{number}": value for name, value in {**LINE, **fields}.items()}


def invoice(*lines: Mapping[str, str], without: Sequence[str] = (), extra: str = "", **fields: str) -> str:
    """A creation, with one bare line unless told otherwise."""
    header = {name: value for name, value in {**HEADER, **fields}.items() if name not in without}
    inner = elements(header) + "".join(elements(line) for line in lines or (LINE,)) + extra
    return f"<invoices><invoice>{inner}</invoice></invoices>"


def turned(table_id: str, **fields: str) -> str:
    days = dict.fromkeys(("SzamlaKelte", "TeljesitesKelte", "Hatarido"), "2030.01.20.")
    inner = elements({"TABLE_ID": table_id, **days, **fields})
    return f"<proforma_invoices><proforma_invoice>{inner}</proforma_invoice></proforma_invoices>"


def records(root: str, name: str, *bodies: Mapping[str, str], extra: str = "") -> str:
    """A write of several records."""
    return f"<{root}>{''.join(f'<{name}>{elements(body)}{extra}</{name}>' for body in bodies)}</{root}>"
