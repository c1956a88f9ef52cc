"""A SalesPOS and a Shopware to measure with, both emulated, in a process of their own or in this one.

``Catalogues`` is a SalesPOS full of products and an empty Shopware; ``Shelves`` has the same SKUs on both sides.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

from sandbox.platforms.kit import Loopback
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.shopware import ProductSpec, ShopwareEmulator

NO_LIMIT = 10**9
SIZES = ("S", "M", "L", "XL")
READS = ("GET ", "POST /api/search/", "POST /api/oauth/", "POST /search/", "POST /oauth/")


class Catalogues:
    """Both sides; products have four variants each."""

    def __init__(self, products: int) -> None:
        self.office = SalesPosEmulator(speed=NO_LIMIT, total_limit=NO_LIMIT)
        self.shop = ShopwareEmulator("6.6.10.13")
        self._price = Decimal(20)
        self._ids = [self._add(number) for number in range(products)]

    def change(self, every: int) -> int:
        """Every so-manieth product costs more; how many do."""
        chosen = self._ids[::every]
        self._price += 1
        for product in chosen:
            self.office.change_product(product, price=self._price)
        return len(chosen)

    def calls(self) -> dict[str, int]:
        """Calls so far: of the source, of the target, and those of both that write."""
        writes = sum(
            count
            for calls in (self.office.calls, self.shop.calls)
            for route, count in calls.by_route.items()
            if not route.startswith(READS)
        )
        return {"source": self.office.calls.total, "target": self.shop.calls.total, "writes": writes}

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """What opens both sides."""
        return _secrets(self.shop)

    def _add(self, number: int) -> int:
        sizes = {"Size": dict.fromkeys(SIZES, 0)}
        name, text = f"Product {number}", "<p>As good as it gets.</p>" * 5
        made = self.office.add_product(
            f"P{number:06}", self._price, name=name, description=text, stock=5, variants=sizes
        )
        return int(made["id"])


class Shelves:
    """Simple products on both sides; the shop knows nothing of their stock yet."""

    def __init__(self, skus: int) -> None:
        self.office = SalesPosEmulator(speed=NO_LIMIT, total_limit=NO_LIMIT)
        self.shop = ShopwareEmulator("6.6.10.13")
        self._stock = 1000
        self._ids = [self._add(f"S{number:06}") for number in range(skus)]

    def change(self, every: int) -> int:
        """Of every so-manieth SKU less is there; of how many."""
        chosen = self._ids[::every]
        self._stock -= 1
        for product in chosen:
            self.office.change_product(product, stock=self._stock)
        return len(chosen)

    def calls(self) -> dict[str, int]:
        """Calls so far, by what they are for."""
        office, shop = self.office.calls.by_route, self.shop.calls.by_route
        known = {
            "pages": office["GET /products"],
            "orders": shop["POST /api/search/order"],
            "target": shop["POST /api/search/product"],
            "writes": shop["POST /api/_action/sync"],
        }
        return {**known, "others": self.office.calls.total + self.shop.calls.total - sum(known.values())}

    def wrong(self) -> int:
        """How many SKUs the shop has another stock of than the back office."""
        there = {product["productnumber"]: product["stock"] for product in self.office.shop.catalogue}
        ours = {row.values["productNumber"]: row.values["stock"] for row in self.shop.shop.store.all("product")}
        return sum(ours[sku] != stock for sku, stock in there.items())

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """What opens both sides."""
        return _secrets(self.shop)

    def _add(self, sku: str) -> int:
        self.shop.add_product(ProductSpec(sku, name=sku, price=Decimal(20), tax=Decimal(19)))
        return int(self.office.add_product(sku, Decimal(20), stock=self._stock)["id"])


def _secrets(shop: ShopwareEmulator) -> dict[str, dict[str, str]]:
    keys = {"client_id": shop.access_key, "client_secret": shop.secret_key}
    return {"office": {"public_key": "pub_emul_01", "secret_key": "sec_emul_01"}, "shop": keys}


@dataclass
class Remote:
    """The same in another process; ``urls`` are where both sides listen."""

    urls: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    _pipe: Connection

    def change(self, every: int) -> int:
        """As ``Catalogues.change``."""
        return int(self._ask("change", every))

    def calls(self) -> dict[str, int]:
        """As ``Catalogues.calls``."""
        return dict(self._ask("calls"))

    def wrong(self) -> int:
        """As ``Shelves.wrong``."""
        return int(self._ask("wrong"))

    def _ask(self, name: str, *values: Any) -> Any:
        self._pipe.send((name, *values))
        return self._pipe.recv()


@contextmanager
def served(count: int, kind: type[Catalogues | Shelves] = Catalogues) -> Iterator[Remote]:
    """Both sides in a process of their own, so that the memory of this one is the bridge's."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(kind, count, theirs), daemon=True)
    process.start()
    urls, secrets = ours.recv()
    yield Remote(urls, secrets, ours)
    process.terminate()
    process.join()


def _serve(kind: type[Catalogues | Shelves], count: int, pipe: Connection) -> None:
    kept = kind(count)
    with Loopback(kept.office.app) as office, Loopback(kept.shop.app) as shop:
        pipe.send(({"office": office.url, "shop": shop.url}, kept.secrets))
        while True:
            name, *values = pipe.recv()
            pipe.send(getattr(kept, name)(*values))
