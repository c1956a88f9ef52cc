"""However a platform bends its answers, a connector gives what can be kept, or an error that tells a person something.

The answers are the emulators' own, which take turns in every documented shape, with up to three changes in each.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from random import Random
from typing import Any

import httpx
import pytest
from pydantic_core import to_json

from shopbridge.connectors.registry import KEYS
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.office import OfficeDocument, OrderDraft, OrderUpdate
from shopbridge.model.progress import Shipment
from shopbridge.model.stock import StockChange
from shopbridge.ports import OrderChangeTarget, OrderTarget
from tests.contract.bench import SUITES, CallKind, bench_module, offers, unchanged
from tests.contract.hostile import format_of, laid, noted, read, written
from tests.contract.suites.catalogue_target import drafted, source
from tests.salespos_orders import ADDRESS, CUSTOMER

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOOK = "https://bridge.example/hooks/my-shop/token/0123456789abcdef"
ROUNDS = 20
ODD: tuple[Any, ...] = (
    *(None, "", " ", [], {}, [[]], {"a": {}}, True, False, 0, -1, 2, 1.5, 10**30, -(10**18), 2**63),
    *("0", "-1", "1e999999999", "NaN", "Infinity", "9" * 400, "65,75", "١٢", "²", "\ud800", "\x00", "a" * 5_000),
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-13-40", "<b>&amp;&#99999999;&#x0;</b>"),
    *([{"id": 1}], {"id": None}, {"0": "x", "1": None}, [None, 1, "x"], float("nan"), float("inf")),
)


@dataclass
class Bending(httpx.BaseTransport):
    """Changes answers that are no logins, now and then the bytes of one."""

    inner: httpx.BaseTransport
    chance: Random
    kind_of: Callable[[httpx.Request], CallKind]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        if self.kind_of(request) == "login" or self.chance.random() < 0.3:
            return response
        kept = {name: given for name, given in response.headers.items() if name != "content-length"}
        return httpx.Response(
            response.status_code, headers=kept, content=self._bent(response.content, format_of(response))
        )

    def _bent(self, content: bytes, speaks: str) -> bytes:
        if not (content and speaks) or self.chance.random() < 0.1:
            at = self.chance.randrange(len(content) + 1)
            return content[:at] + bytes([self.chance.randrange(256)]) + content[at + self.chance.randrange(9) :]
        return written(bent(read(content, speaks), self.chance), speaks)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key of it."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def bent(body: Any, chance: Random) -> Any:
    """The body with a value taken out, put twice or into another container, or replaced by one from elsewhere."""
    for _ in range(chance.randint(1, 3)):
        spots = list(places(body))
        if not spots:
            return chance.choice(ODD)
        holder, key = chance.choice(spots)
        other, its = chance.choice(spots)
        way = chance.randrange(6)
        if way == 0:
            del holder[key]
        elif way == 1 and isinstance(holder, list):
            holder.append(holder[key])
        else:
            holder[key] = (deepcopy(other[its]), {"0": holder[key]}, *[deepcopy(chance.choice(ODD))] * 4)[way]
    return body


@dataclass(frozen=True)
class Stocked:
    """A bench with products, of which one has variants where the platform has them, and with orders."""

    bench: Any
    items: Mapping[str, ExternalId]

    def sold(self) -> OrderId:
        """An order of a mug."""
        order: OrderId = self.bench.sell({"MUG-1": 1})
        return order

    def number(self) -> str:
        """What people call such an order."""
        with laid(self.bench, unchanged):
            (order,), _ = self.bench.connector().order_source.read([self.sold()])
        return str(order.number)

    def planned(self, target: OrderTarget) -> OrderDraft:
        """The draft of an order of a mug."""
        of = self.bench.order()
        return target.plan(of, self.bench.parts(of, self.items["MUG-1"]))

    def told(self, target: OrderChangeTarget) -> list[OrderUpdate]:
        """What becomes of an order that the office was given whole."""
        with laid(self.bench, unchanged):
            office = self.bench.connector(**self.bench.facts.told).order_target
            made = office.create(self.planned(office)).id
        of = self.bench.order()
        parts = self.bench.parts(of, self.items["MUG-1"])
        return [target.tell(made, of, parts, change, first=True) for change in sorted(target.takes)]

    def document(self) -> OfficeDocument:
        """What became of an order that the office was given whole."""
        with laid(self.bench, unchanged):
            office = self.bench.connector().order_target
            document: OfficeDocument | None = office.create(self.planned(office)).document
        assert document is not None
        return document

    def figures(self) -> list[StockChange]:
        """A figure for the mug."""
        return [StockChange(sku="MUG-1", quantity=Decimal(9), target=self.items["MUG-1"])]


ATTEMPTS: Mapping[str, tuple[Callable[[Stocked, Any], object], ...]] = {
    "account": (lambda _, part: part.ping(), lambda _, part: part.vocabulary()),
    "order_source": (
        lambda _, part: part.changed(LONG_AGO, None),
        lambda at, part: part.read([at.sold()]),
        lambda at, part: part.named(at.number()),
    ),
    "order_status": (
        lambda at, part: part.set_status(at.sold(), at.bench.statuses.next),
        lambda at, part: part.set_document(at.sold(), "demo_number", "R-1"),
    ),
    "order_target": (
        lambda at, part: part.create(at.planned(part)),
        lambda at, part: list(part.find("10042", at.bench.clock(), afresh=True)),
    ),
    "order_changes": (lambda at, part: at.told(part),),
    "order_progress": (lambda _, part: part.changed(LONG_AGO, None),),
    "document_source": (lambda at, part: part.read(at.document()),),
    "shipments": (lambda at, part: part.set_shipments(at.sold(), [Shipment(code="EX1", carrier="DPD")]),),
    "hook_subscriptions": (
        lambda _, part: part.subscribe(HOOK, {}),
        lambda _, part: part.unsubscribe(HOOK, {"order_created": "1"}),
    ),
    "customers": (lambda _, part: part.changed(None), lambda _, part: part.create(CUSTOMER, ADDRESS, ADDRESS)),
    "order_products": (lambda _, part: part.changed(None, "sku"), lambda _, part: part.find("sku", "MUG-1")),
    "open_orders": (lambda _, part: part.of(["MUG-1"], LONG_AGO),),
    "stock_source": (lambda _, part: part.page(None), lambda _, part: part.of(["MUG-1", "TEE-M"])),
    "stock_target": (
        lambda at, part: part.write(at.figures(), manage="untouched", warehouse=""),
        lambda _, part: part.reader().read(["MUG-1", "CUP"]),
    ),
    "catalogue_source": (lambda _, part: part.page(None), lambda _, part: part.categories()),
    "catalogue_target": (
        lambda at, part: part.write([drafted(part, source(at.bench))]),
        lambda _, part: part.on_sale(["MUG-1", "CUP"]),
    ),
}
OFFERED = [(key, capability) for key in KEYS for capability in offers(key) if capability in ATTEMPTS]


@cache
def stocked(key: str) -> Stocked:
    """An account that many attempts are made on."""
    module = bench_module(key)
    assert module
    bench = next(iter(module.VARIANTS.values()))()
    items = {sku: bench.put(sku, 500) for sku in ("MUG-1", "CUP")}
    if "variants" not in bench.facts.lacks:
        items |= bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    if "order_source" in offers(key):
        for _ in range(3):
            bench.sell({"MUG-1": 1, "CUP": 2})
    return Stocked(bench, items)


def test_every_capability_is_tried() -> None:
    assert {*ATTEMPTS, "webhook_receiver"} == set(SUITES)


@pytest.mark.parametrize(("key", "capability"), OFFERED)
def test_bent_answers_end_in_errors_that_tell_something_only(key: str, capability: str) -> None:
    chance, at = Random(f"{key} {capability}"), stocked(key)  # noqa: S311 - the same changes in every run
    for attempt in ATTEMPTS[capability] * ROUNDS:
        with laid(at.bench, partial(Bending, chance=chance, kind_of=at.bench.facts.kind_of)):
            part = at.bench.part(capability)
        given = noted(partial(attempt, at, part)).given
        if capability != "account":  # what an account says is cleaned where it is told, since nobody keeps it
            to_json(given, bytes_mode="base64")
        at.bench.rest()
