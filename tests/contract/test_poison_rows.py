"""One row that no key can hold never ends its page, in any connector: it is held or told, and the others travel."""

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Protocol

import httpx
import pytest

from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.gomag import specs as gomag
from sandbox.platforms.kit import in_process
from sandbox.platforms.shopware import specs as shopware
from shopbridge.errors import RetryLater
from shopbridge.mapping.identity import LONGEST, is_sound
from shopbridge.model.stock import StockLevel
from tests.contract.benches import cloudsales as cloudsales_world
from tests.contract.benches import gomag as gomag_world
from tests.contract.benches import salespos as salespos_world
from tests.contract.benches import shopware as shopware_world
from tests.contract.benches.shopware import LONG_AGO
from tests.salespos_orders import D

UNCHECKED = "6.6.10.13"
"""A release whose answers are not held against the schema."""
BOMB = "@bomb@"
POISONS: dict[str, Any] = {
    "half a character": "\ud800",
    "3,000 characters": "x" * 3_000,
    "control characters": "a\x00b\x1f",
    "a number of 500 KB": BOMB,
    "no text at all": {"a": []},
}
Row = dict[str, Any]


class Poisoned(httpx.BaseTransport):
    """Changes one row of every answer on its way."""

    def __init__(self, inner: httpx.BaseTransport, change: Callable[[Any], None]) -> None:
        self._inner = inner
        self._change = change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        response.read()
        if "json" not in response.headers.get("content-type", ""):
            return response
        body = json.loads(response.content)
        self._change(body)
        text = json.dumps(body).replace(f'"{BOMB}"', "9" * 500_000)
        kept = {name: given for name, given in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=kept, content=text)


def rows_with(body: Any, name: str) -> Iterator[Row]:
    """Every object that has this field, from outside to inside."""
    if isinstance(body, dict):
        if name in body:
            yield body
        for each in body.values():
            yield from rows_with(each, name)
    elif isinstance(body, list):
        for each in body:
            yield from rows_with(each, name)


def poison(name: str, value: Any, *, of: Callable[[Row], bool]) -> Callable[[Any], None]:
    """Give the rows that are meant another value."""

    def change(body: Any) -> None:
        for row in rows_with(body, name):
            if of(row):
                row[name] = value

    return change


class Poison(Protocol):
    """Lets every answer to connectors that are made from now on be changed on its way."""

    def __call__(self, world: ModuleType, change: Callable[[Any], None]) -> None: ...


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> Poison:
    def begin(world: ModuleType, change: Callable[[Any], None]) -> None:
        monkeypatch.setattr(world, "in_process", lambda app: Poisoned(in_process(app), change))

    return begin


def is_key(text: str) -> bool:
    return is_sound(text, 2 * LONGEST)


@pytest.fixture(params=list(POISONS.values()), ids=list(POISONS))
def value(request: pytest.FixtureRequest) -> Any:
    return request.param


# --- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["sku", "email"])
def test_so_is_one_whose_parts_cannot_be_keys(part: str, spread: Poison) -> None:
    at = shopware_world.bench(UNCHECKED)
    first, second = at.shop.place_order(), at.shop.place_order()
    name = {"sku": "payload", "email": "email"}[part]
    given = {"sku": {"productNumber": "x" * 3_000}, "email": "x" * 3_000 + "@example.test"}[part]
    inside: list[str] = []

    def change(body: Any) -> None:
        for order in rows_with(body, "orderDateTime"):
            if order["id"] == first:
                poison(name, given, of=lambda _: True)(order)
                inside.append(first)

    spread(shopware_world, change)
    shop = at.connector()
    page = shop.order_source.changed(LONG_AGO, None)
    assert inside
    assert [order.id for order in page.orders] == [second]
    assert [(order.id, order.code) for order in page.unreadable] == [(first, "unexpected_form")]


# --- stock ----------------------------------------------------------------------------------------------------------


def is_told_without_figures(level: StockLevel) -> bool:
    return is_key(level.sku) and is_key(level.item) and all(each.on_hand is None for each in level.figures)


@pytest.mark.parametrize("name", ["id", "productnumber"])
def test_a_poisoned_row_of_salespos_is_left_out_and_told(
    name: str, value: Any, spread: Poison, caplog: pytest.LogCaptureFixture
) -> None:
    at = salespos_world.bench()
    for number in ("BAD", "MUG"):
        at.account.add_product(number, D(5), stock=3, stockenabled=True)
    spread(salespos_world, poison(name, value, of=lambda row: row.get("productnumber") == "BAD"))
    office = at.connector(verify_answers="log")
    assert [(level.sku, level.figures[0].on_hand) for level in office.stock_source.page(None).levels] == [("MUG", D(3))]
    assert "unexpected form" in caplog.text
    page = office.catalogue_source.page(None)
    assert [product.sku for product in page.products] == ["MUG"]
    assert all(is_key(product.sku) for product in page.unreadable)


@pytest.mark.parametrize("name", ["cod_produs", "stoc_global"])
def test_a_poisoned_row_of_cloudsales_is_told_and_the_others_count(name: str, value: Any, spread: Poison) -> None:
    at = cloudsales_world.bench(spellings=(Spelling.NUMBER,))
    at.account.add_product("BAD", D(5), stock=3)
    spread(cloudsales_world, poison(name, value, of=lambda row: row.get("cod_produs") == "BAD"))
    office = at.connector()
    levels = office.stock_source.page(None).levels
    good = [level for level in levels if level.sku == "MUG"]
    assert [level.figures[0].on_hand for level in good] == [10]
    bad = [level for level in levels if level.sku not in {"MUG", *cloudsales_world.CODES.values()}]
    assert [is_told_without_figures(level) for level in bad] == [True]
    page = office.catalogue_source.page(None)
    assert "MUG" in [product.sku for product in page.products]
    assert [product.reason.code for product in page.unreadable] == ["unexpected_form"]


# --- products -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["id", "productNumber", "autoIncrement"])
def test_a_poisoned_product_of_shopware_is_held_and_the_others_travel(name: str, value: Any, spread: Poison) -> None:
    at = shopware_world.bench(UNCHECKED)
    for sku in ("BAD", "MUG"):
        at.shop.add_product(shopware.ProductSpec(sku, "Mug", D(5), D(7), stock=3))
    spread(shopware_world, poison(name, value, of=lambda row: row.get("productNumber") == "BAD"))
    shop = at.connector()
    page = shop.catalogue_source.page(None)
    assert [product.sku for product in page.products] == ["MUG"]
    assert [product.reason.code for product in page.unreadable] == ["unexpected_form"]
    assert all(is_key(each.id) and is_key(each.sku) for each in page.unreadable)


@pytest.mark.parametrize("name", ["id", "sku"])
def test_a_poisoned_product_of_gomag_is_held_and_the_others_travel(name: str, value: Any, spread: Poison) -> None:
    at = gomag_world.bench()
    for sku in ("BAD", "MUG"):
        at.shop.add_product(gomag.ProductSpec(sku, D(5), 3))
    spread(gomag_world, poison(name, value, of=lambda row: row.get("sku") == "BAD"))
    shop = gomag_world.swift(at)
    page = shop.catalogue_source.page(None)
    assert [product.sku for product in page.products] == ["MUG"]
    assert [product.reason.code for product in page.unreadable] == ["unexpected_form"]
    assert all(is_key(each.id) and is_key(each.sku) for each in page.unreadable)


def test_a_page_of_which_nothing_can_be_read_is_none(spread: Poison) -> None:
    at = salespos_world.bench()
    for number in ("A", "B"):
        at.account.add_product(number, D(5))
    spread(salespos_world, poison("productnumber", "x" * 3_000, of=lambda _: True))
    office = at.connector(verify_answers="log")
    with pytest.raises(RetryLater, match="no record"):
        office.stock_source.page(None)
