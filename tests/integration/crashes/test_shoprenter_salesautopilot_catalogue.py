"""A catalogue of Shoprenter, with variants and categories, arrives in SalesAutopilot although every slice is killed.

In small; ``PRODUCTS=10000`` makes it a measure, which with ``-s`` also tells what it cost.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx

from sandbox.platforms.kit import in_process
from sandbox.platforms.salesautopilot import SalesAutopilotEmulator
from sandbox.platforms.shoprenter import ProductSpec, ShoprenterEmulator
from sandbox.platforms.shoprenter.emulator import CLIENT_ID, CLIENT_SECRET, SHOP
from sandbox.platforms.shoprenter.records import Product
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.registry import connector_spec
from shopbridge.connectors.spec import World as ConnectorWorld
from shopbridge.flows.runs import LEASE
from shopbridge.flows.starts import start
from shopbridge.http.client import Wiring
from shopbridge.model.connection import Side
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.integration.worlds.catalogue_pair import Wire
from tests.unit.flows.products.catalogue_world import World
from tests.unit.memory_stores import Killed

PRODUCTS = int(os.environ.get("PRODUCTS", "60"))
CATEGORIES = max(PRODUCTS * 3 // 100, 6)
"""Three hundred of ten thousand products."""
EVERY, SIZES = 20, ("S", "M", "L")
"""One product in so many comes in sizes; the sizes count as products, what holds them together does not."""
BRANCHES = 5
"""Categories below one."""
LATEST_KILL = max(PRODUCTS // 4, 60)
"""A slice lives for so many calls at most, to platforms and stores."""
CALL = 0.5
"""Seconds a call to a platform takes: what SalesAutopilot is asked at most."""
SEED = 20261129
Facts = tuple[str, Decimal, str]
"""Of a product: its name, its net price, and the path of its category."""


class Catalogue(World):
    """Real connectors on the emulated platforms, and stores in memory; any call to one of them may be the last."""

    def __init__(self) -> None:
        super().__init__(direction="shop_to_office", gone="deactivate")
        self.shop = ShoprenterEmulator(clock=self.clock, per_second=1_000_000)
        self.shop.shop.settings["fictive_parent"] = "1"
        self.office = SalesAutopilotEmulator(clock=self.clock)
        self._tokens = Tokens(self.clock)
        self._built: dict[Side, RequiredParts] = {}
        self._fill()

    def _fill(self) -> None:
        self.shop.add_product_class("Méret", "Méret")
        made: list[int] = []
        for number in range(CATEGORIES):
            parent = made[number // BRANCHES - 1] if number >= BRANCHES else None
            made.append(self.shop.add_category(f"Csoport {number}", parent))
        for number in range(PRODUCTS):
            self._put(f"SKU-{number}", number, made[number % CATEGORIES])

    def _put(self, sku: str, number: int, category: int) -> None:
        price = Decimal(100 + number) + Decimal(number % 100) / 100
        simple = ProductSpec(sku, price, name=f"Termék {number}", categories=(category,))
        if number % EVERY or number + len(SIZES) > PRODUCTS:
            self.shop.add_product(simple)
            return
        parent = self.shop.add_product(replace(simple, sku=f"{sku}-all"))
        for size in SIZES:
            child = replace(simple, sku=f"{sku}-{size}", parent=parent.sku, options={"Méret": size})
            parent.product_class = self.shop.add_product(child).product_class

    def platforms(self) -> Any:
        return SimpleNamespace(parts=lambda _, side: self.connector(side))

    def connector(self, side: Side) -> RequiredParts:
        """A side's connector, kept while the container lives."""
        if side not in self._built:
            key, settings, app, secrets = self._sides()[side]
            client = httpx.Client(transport=Slow(in_process(app), self))
            wiring = Wiring(client, Limiter(), Deadline(), sleep=self._sleep, observe=lambda _: None)
            world = ConnectorWorld(wiring, self._tokens, Secrets(secrets), self.clock)
            self._built[side] = parts_of(connector_spec(key), settings, world)
        return self._built[side]

    def _sides(self) -> dict[Side, tuple[str, dict[str, Any], Any, dict[str, str]]]:
        shop = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        office = {"user": self.office.user, "password": self.office.password}
        forms = {"url": "https://api.salesautopilot.com", "order_list": self.office.order_list.id, "order_form": 70002}
        return {
            "shop": ("shoprenter", {"shop": SHOP}, self.shop.app, shop),
            "office": ("salesautopilot", forms, self.office.app, office),
        }

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def cold_start(self) -> None:
        """A new container remembers nothing, and the dead one's lease is over."""
        self._built.clear()
        self.clock.advance(seconds=LEASE.total_seconds())

    # --- what is there ------------------------------------------------------------------------------------------------

    def offered(self) -> dict[str, Facts]:
        """Of everything the shop sells: its name, what it costs net, and its category with all above it."""
        products = list(self.shop.products)
        parents = {each.parent for each in products}
        return {each.sku: self._facts(each) for each in products if each.id not in parents}

    def _facts(self, product: Product) -> Facts:
        size = product.sku.removeprefix("SKU-").partition("-")[2]
        name = product.texts[1]["name"]
        return f"{name} ({size})" if size else name, product.price, self._path_of(next(iter(product.categories)))

    def _path_of(self, category: int | None) -> str:
        names: list[str] = []
        while category:
            found = self.shop.shop.categories[category]
            names.insert(0, found.texts[1]["name"])
            category = found.parent
        return " > ".join(names)

    def paths_of_shop(self) -> list[str]:
        """Every category of the shop with all above it."""
        return [self._path_of(category) for category in self.shop.shop.categories]

    def listed(self) -> Iterator[tuple[str, Facts]]:
        """The same of everything the office lists; one that is there twice comes twice."""
        names = {key: category.name for key, category in self.office.account.categories.items()}
        for each in self.office.products:
            (category,) = each.categories
            yield each.sku, (each.name, each.price, names[category])

    def store_calls(self) -> int:
        """Calls of the tables and queues, which name no path."""
        return sum(1 for name in self.calls.names if "/" not in name)


class Slow(Wire):
    """Every call takes its time."""

    def __init__(self, inner: httpx.BaseTransport, world: Catalogue) -> None:
        super().__init__(inner, world.calls)
        self._world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._world.clock.advance(seconds=CALL)
        return super().handle_request(request)


def run_with_kills(world: Catalogue, chance: Random) -> tuple[int, int]:
    """Let a run go on until it is done, and kill each of its slices at a random call; how many there were, and died."""
    slices = killed = 0
    start(world.bridge, world.connection, "products", "anna")
    while world.standing().state != "done":
        slices += 1
        world.calls.at, world.calls.when = (
            len(world.calls.names) + chance.randrange(LATEST_KILL),
            chance.choice(("before", "after")),
        )
        try:
            if not world.slice():
                world.tick()
        except Killed:
            killed += 1
            world.cold_start()
    world.calls.at = -1
    return slices, killed


def test_a_catalogue_arrives_whole_and_once_although_every_slice_is_killed() -> None:
    world, began = Catalogue(), time.monotonic()
    slices, killed = run_with_kills(world, Random(SEED))  # noqa: S311 - which call is no secret
    seconds = time.monotonic() - began
    calls = {"shop": world.shop.calls.total, "office": world.office.calls.total, "stores": world.store_calls()}
    print(f"{PRODUCTS} products: {slices} slices, {killed} of them killed, calls {calls}, {seconds:.0f} s")  # noqa: T201
    assert killed >= slices - 1
    assert dict(world.listed()) == world.offered()
    assert len(world.office.products) == len(world.offered())
    assert sorted(each.name for each in world.office.account.categories.values()) == sorted(world.paths_of_shop())
    run = world.run()
    assert (run.counts.found, run.counts.unchanged) == (len(world.offered()),) * 2
