"""A shop full of orders and an empty back office, emulated in a process of their own."""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any
from unittest.mock import patch

from benchmarks.orders.clock import SharedClock
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.orders import Buyer, Order
from sandbox.pairs.pair import Pair
from sandbox.platforms.kit import Loopback, Windows

MANY = Decimal(10**7)
SHIPPING = Decimal("4.95")


@dataclass
class Platforms:
    """Both sides in another process.

    Attributes:
        settings, secrets: Of the connection, by side, as an operator enters them.
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, Mapping[str, str]]
    clock: SharedClock
    _pipe: Connection

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Let the shop call us at this address."""
        self._ask("install", base_url, dict(hooks))

    def place(self, count: int, *, strangers: bool = False, announced: bool = False) -> None:
        """So many orders come in: of one buyer, or each of somebody new."""
        self._ask("place", count, strangers, announced)

    def another_key(self) -> Mapping[str, str]:
        """New credentials of the shop, for who is not the bridge."""
        return dict(self._ask("another_key"))

    def calls(self) -> tuple[int, int]:
        """Calls so far, of the shop and of the back office."""
        shop, office = self._ask("calls")
        return int(shop), int(office)

    def booked(self) -> int:
        """How many orders the back office has."""
        return int(self._ask("booked"))

    def _ask(self, name: str, *values: Any) -> Any:
        self._pipe.send((name, *values))
        return self._pipe.recv()


@contextmanager
def platforms(pair: str, clock: SharedClock) -> Iterator[Platforms]:
    """The pair of the demo with this name, while the ``with`` block runs."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(pair, clock, theirs), daemon=True)
    process.start()
    theirs.close()  # so that whoever waits for an answer hears that the process is dead
    settings, secrets = ours.recv()
    try:
        yield Platforms(settings, secrets, clock, ours)
    finally:
        process.terminate()
        process.join()


class _Sides:
    """Who answers what is asked through the pipe."""

    def __init__(self, pair: Pair, clock: SharedClock) -> None:
        self.pair = pair
        self.shop, self.office = pair.shop(clock, pair.market.currency), pair.office(clock, pair.market.currency)
        products = [pair.market.product(replace(each, stock=MANY)) for each in catalogue.PRODUCTS]
        self.shop.add_products(products)
        self.office.add_products(products)
        self._placed = 0

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """With the shop's own handshake."""
        self.shop.install(base_url, hooks)

    def place(self, count: int, strangers: bool, announced: bool) -> None:
        """Orders of two lines with delivery, as most are."""
        for _ in range(count):
            self._placed += 1
            order = self._order(self._placed, self._placed if strangers else 0)
            self.shop.place(self.pair.market.order(order), announced=announced)

    def another_key(self) -> Mapping[str, str]:
        """Of the shop."""
        return self.shop.another_key()

    def calls(self) -> tuple[int, int]:
        """Of both sides."""
        return self.shop.calls, self.office.calls

    def booked(self) -> int:
        """Orders of the back office."""
        return len(self.office.booked())

    def _order(self, number: int, buyer: int) -> Order:
        return Order(
            number=str(20000 + number),
            items=(catalogue.item(catalogue.MUG, 2), catalogue.item(catalogue.BOOK)),
            buyer=Buyer("Sanne", f"Visser {buyer}", f"buyer{buyer}@post.example"),
            billing=catalogue.UTRECHT,
            shipping=SHIPPING,
        )


def _serve(name: str, clock: SharedClock, pipe: Connection) -> None:
    pair = PAIRS[name]
    # The bridge keeps the limits by itself; the plain programs beside it do not.
    no_limits = patch.object(Windows, "take", lambda *_: True)
    with no_limits, Loopback(nobody := _Later()) as shop, Loopback(other := _Later()) as office:
        sides = _Sides(pair, clock)
        nobody.app, other.app = sides.shop.app, sides.office.app
        sides.shop.open_at(shop.url)
        secrets = {"shop": sides.shop.secrets(), "office": sides.office.secrets()}
        pipe.send((_settings(sides, shop.url, office.url), secrets))
        while True:
            asked, *values = pipe.recv()
            pipe.send(getattr(sides, asked)(*values))


class _Later:
    """An app that is known once the address is."""

    app: Any = None

    def __call__(self, *call: Any) -> Any:
        """Pass the call on."""
        return self.app(*call)


def _settings(sides: _Sides, shop: str, office: str) -> dict[str, Any]:
    maps = {name: {"entries": dict(entries)} for name, entries in sides.pair.maps.items()}
    return {
        "id": "bench",
        "name": "Bench",
        "shop": _side(sides.shop.platform, shop, sides.shop.settings()),
        "office": _side(sides.office.platform, office, sides.office.settings()),
        "orders": {"maps": maps},
    }


def _side(platform: str, url: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"platform": platform, "settings": {"url": url, **settings}}
