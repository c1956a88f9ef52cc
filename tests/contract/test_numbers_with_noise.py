"""Platforms that write all the digits of their doubles are read to the cent as those that write the shortest."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.gomag import specs as gomag
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.shopware import specs as shopware
from shopbridge.model.stock import StockChange
from tests.contract.benches import cloudsales as cloudsales_world
from tests.contract.benches import gomag as gomag_world
from tests.contract.benches import salespos as salespos_world
from tests.contract.benches import shopware as shopware_world
from tests.contract.benches.shopware import LONG_AGO
from tests.salespos_orders import D

QUIET = Doubles()
STOCK = ("stock", "stoc_global", "stock_available", "stock_reserved")
NOISY = {
    "serialize_precision = 17": Doubles(17),
    "serialize_precision = 100": Doubles(100),
    "stock that was computed": Doubles(computed=STOCK),
    "both": Doubles(17, STOCK),
}
PRICES = ("8.10", "4.90", "28.79", "0.07", "1234.35", "19.99")


def pages(read: Callable[[str | None], Any]) -> Iterator[Any]:
    """All pages of a source."""
    position: str | None = None
    while True:
        page = read(position)
        yield page
        position = page.position
        if position is None:
            return


def read_from_shopware(doubles: Doubles) -> list[Any]:
    at = shopware_world.bench()
    for number, price in enumerate(PRICES):
        at.shop.add_product(shopware.ProductSpec(f"P-{number}", "Mug", price=D(price), tax=D(7), stock=number))
        line = shopware.Line(f"P-{number}", quantity=number + 1)
        shipping = (shopware.Shipping(cost=D("4.90")),)
        at.shop.place_order(shopware.OrderSpec((line, shopware.Line("X", D("0.35"), tax=D("5.5"))), shipping=shipping))
    at.shop.shop.doubles = doubles
    shop = at.connector()
    sources = (
        lambda place: shop.order_source.changed(LONG_AGO, place),
        shop.stock_source.page,
        shop.catalogue_source.page,
    )
    return [page for source in sources for page in pages(source)]


def read_from_gomag(doubles: Doubles) -> list[Any]:
    at = gomag_world.bench()
    for number, price in enumerate(PRICES):
        special = D("0.05") if number % 2 else None
        at.shop.add_product(gomag.ProductSpec(f"P-{number}", D(price), number, special_price=special, vat=D("5.5")))
        lines = (gomag.Line(f"P-{number}", quantity=number + 1), gomag.Line(name="Cadou", price=D("0.35"), vat=D(21)))
        at.shop.place_order(gomag.OrderSpec(lines, shipping=D("19.99")))
    at.shop.doubles = doubles
    shop = gomag_world.swift(at)
    sources = (
        lambda place: shop.order_source.changed(LONG_AGO, place),
        shop.stock_source.page,
        shop.catalogue_source.page,
    )
    return [page for source in sources for page in pages(source)]


def read_from_salespos(doubles: Doubles) -> list[Any]:
    at = salespos_world.bench()
    for number, price in enumerate(PRICES):
        at.account.add_product(f"P-{number}", D(price), stock=D(number), stockenabled=True)
    at.account.add_product("TEE", D("19.99"), variants={"Size": {"M": D("0.35"), "L": D("1.10")}}, stock=D("2.5"))
    at.account.service.doubles = doubles
    office = at.connector()
    standing = office.stock_target.reader().read(["P-3"])
    return [*pages(office.stock_source.page), *pages(office.catalogue_source.page), standing]


def read_from_cloudsales(doubles: Doubles, spelling: Spelling = Spelling.NUMBER) -> list[Any]:
    at = cloudsales_world.bench(spellings=(spelling,))
    for number, price in enumerate(PRICES):
        at.account.add_product(f"P-{number}", D(price), percent=D("5.5"), stock=D(number))
    at.account.add_product("CABLE", D("4.90"), stock=D("2.5"))
    at.account.service.doubles = doubles
    office = at.connector()
    return [*pages(office.stock_source.page), *pages(office.catalogue_source.page)]


def read_from_cloudsales_in_texts(doubles: Doubles) -> list[Any]:
    return read_from_cloudsales(doubles, Spelling.TEXT)


@pytest.mark.parametrize("doubles", NOISY.values(), ids=NOISY)
@pytest.mark.parametrize(
    "read",
    [read_from_shopware, read_from_gomag, read_from_salespos, read_from_cloudsales, read_from_cloudsales_in_texts],
)
def test_noise_changes_neither_orders_nor_stock_nor_prices(
    read: Callable[[Doubles], list[Any]], doubles: Doubles
) -> None:
    meant = read(QUIET)
    assert not any(getattr(page, "unreadable", ()) for page in meant)
    assert read(doubles) == meant


@pytest.mark.parametrize(
    ("read", "doubles"),
    [
        (read_from_shopware, Doubles(17)),
        (read_from_gomag, Doubles(100)),
        (read_from_salespos, Doubles(computed=STOCK)),
        (read_from_cloudsales, Doubles(computed=STOCK)),
    ],
)
def test_the_emulators_really_write_it(
    read: Callable[[Doubles], list[Any]], doubles: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    write = Doubles.write

    def noted(self: Doubles, body: bytes) -> bytes:
        written.append(write(self, body))
        return written[-1]

    monkeypatch.setattr(Doubles, "write", noted)
    read(doubles)
    digits = 15 if doubles.digits != 100 else 30
    noise = re.compile(rb"\d\.\d{%d}" % digits)
    assert any(map(noise.search, written))


def test_a_figure_below_a_piece_by_noise_is_written_as_the_piece() -> None:
    at = shopware_world.bench()
    at.shop.add_product(shopware.ProductSpec("MUG", "Mug", D(5), D(7), stock=1))
    change = StockChange(sku="MUG", quantity=D("2.9999999999999996"))
    assert at.connector().stock_target.write([change], manage="untouched", warehouse="") == {}
    assert at.shop.product("MUG")["stock"] == 3
