"""Whatever Gomag sends, only errors that tell a person what to do come out of the parsers."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.gomag.api import Page, read_gauge, read_page
from shopbridge.connectors.gomag.catalogue.categories import CategoryTree, read_categories
from shopbridge.connectors.gomag.catalogue.map import read_product
from shopbridge.connectors.gomag.orders.read import read_orders
from shopbridge.connectors.gomag.orders.status import choices, read_statuses
from shopbridge.connectors.gomag.outcomes import judge, refuses_key
from shopbridge.connectors.gomag.product_index import read_step, see
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.errors import BridgeError
from shopbridge.http.answer import Answer, Call
from tests.contract.benches.gomag import GOLDEN

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SETTINGS = GomagSettings(shop="x")
ROUNDS = 90
"""Mutations of each recorded body: with 61 of them 5,490 cases, and some hundred of each kind below."""

ODD: Sequence[Any] = (
    *(None, "", " ", [], {}, [[]], {"a": {}}, True, False, 0, -1, 1.5, 10**30, -(10**18), 2**63),
    *("0", "-1", "1e999999999", "1e-999999999", "NaN", "Infinity", "9" * 400, "65,75", "١٢", "²", "\ud800", "\x00"),
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-13-40", "<b>&amp;&#99999999;&#x0;</b>", "a" * 5000),
    *([{"id": 1}], {"id": None}, {"0": "x", "1": None}, {"ro": None}, [None, 1, "x"], float("nan"), float("inf")),
)


def answer(body: bytes) -> Answer:
    return Answer("Gomag", Call("GET", "/order/read/json"), 200, {}, body)


def parse(kind: str, body: bytes) -> None:
    """Everything that is done with an answer of this kind before a flow sees it."""
    came = answer(body)
    refuses_key(200, body)
    judge(came)
    parser = PARSERS.get(kind)
    if parser:
        parser(came)


def _orders(came: Answer) -> None:
    orders, unreadable = read_orders(read_page(came, "orders", 1).rows, SETTINGS, NOW)
    for each in (*orders, *unreadable):
        each.model_dump_json()


def _products(came: Answer) -> None:
    page = read_page(came, "products", 1)
    tree = CategoryTree(())
    for row in page.rows:
        read_product(row, 1, SETTINGS, tree.ids_of).model_dump_json()
        with suppress(BridgeError):
            see(row, NOW, "ro")
    only = Page(1, page.rows, page.total, 1)
    read_step(lambda _: only, None)


def _categories(came: Answer) -> None:
    found = read_categories(list(read_page(came, "categories", 1).rows), "ro")
    tree = CategoryTree(found)
    for each in found:
        each.model_dump_json()
        with suppress(BridgeError):
            tree.path_of(each.id)


def _statuses(came: Answer) -> None:
    for each in choices(read_statuses(came.json()), SETTINGS):
        each.model_dump_json()


PARSERS: dict[str, Callable[[Answer], None]] = {
    "orders": _orders,
    "products": _products,
    "categories": _categories,
    "statuses": _statuses,
}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key of it."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def mutated(chance: random.Random, body: Any) -> Any:
    """The body with up to three changes: another value, one taken away, one twice, or one from elsewhere."""
    for _ in range(chance.randint(1, 3)):
        spots = list(places(body))
        if not spots:
            return chance.choice(ODD)
        holder, key = chance.choice(spots)
        match chance.randrange(6):
            case 0:
                del holder[key]
            case 1:
                other, its = chance.choice(spots)
                holder[key] = (
                    json.loads(json.dumps(other[its])) if not isinstance(other, list) or its < len(other) else 0
                )
            case 2 if isinstance(holder, list):
                holder.append(holder[key])
            case 3:
                holder[key] = {"0": holder[key]}
            case _:
                holder[key] = chance.choice(ODD)
    return body


def scrambled(chance: random.Random, body: bytes) -> bytes:
    """The bytes of an answer that broke on its way."""
    at = chance.randrange(len(body) + 1)
    return chance.choice((body[:at], body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :], body + body[at:]))


@pytest.mark.parametrize("name", GOLDEN)
def test_mutated_recordings_end_in_typed_errors_only(name: str) -> None:
    chance = random.Random(name)  # noqa: S311 - the same mutations in every run
    kind = name.split("_", maxsplit=1)[0]
    for number in range(ROUNDS):
        if number % 6 == 5:
            body = scrambled(chance, GOLDEN[name].encode())
        else:
            changed = mutated(chance, json.loads(GOLDEN[name]))
            body = json.dumps(changed, ensure_ascii=number % 2 == 0).encode(errors="surrogatepass")
        with suppress(BridgeError):
            parse(kind, body)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from(sorted(PARSERS)), tree=TREES, wrapped=st.integers(0, 2))
def test_any_json_ends_in_typed_errors_only(kind: str, tree: Any, wrapped: int) -> None:
    body = (
        [tree],
        {kind: tree},
        {kind: {"1": {"id": 1, "price": 1, "number": "1", "categories": tree, "items": tree}}},
    )[wrapped]
    with suppress(BridgeError):
        parse(kind, json.dumps(body).encode(errors="surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=40))
def test_any_bytes_end_in_typed_errors_only(body: bytes) -> None:
    for kind in PARSERS:
        with suppress(BridgeError):
            parse(kind, body)


@pytest.mark.parametrize("kind", sorted(PARSERS))
def test_nesting_without_end_ends_in_typed_errors_only(kind: str) -> None:
    for depth in (60, 400, 100_000):
        for opening, closing in (("[", "]"), ('{"id":', "}")):
            nested = f'{{"{kind}":{{"1":{{"id":1,"price":1,"categories":{opening * depth}1{closing * depth}}}}}}}'
            with suppress(BridgeError):
                parse(kind, nested.encode())


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(max_size=6) | st.decimals().map(str), min_size=3, max_size=3))
def test_any_headers_of_the_bucket_make_a_bounded_pause_or_none(texts: list[str]) -> None:
    names = ("api-ratelimit-read", "api-ratelimit-read-burst", "api-ratelimit-read-remaining")
    gauge = read_gauge(dict(zip(names, texts, strict=True)), "reads")
    assert gauge is None or 0 <= gauge.pause(Decimal("0.5")) <= 60
