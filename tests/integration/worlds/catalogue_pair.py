"""The emulated SalesPOS and the emulated Shopware with the product flow between them; stores in memory."""

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import httpx

from sandbox.platforms.kit import in_process
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.salespos.catalogue import categories as kept_categories
from sandbox.platforms.salespos.catalogue import links
from sandbox.platforms.salespos.routing import Call
from sandbox.platforms.shopware import ShopwareEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.registry import connector_spec
from shopbridge.connectors.spec import World as ConnectorWorld
from shopbridge.http.client import Wiring
from shopbridge.model.connection import Side
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.unit.flows.products.catalogue_world import World
from tests.unit.memory_stores import Calls

SETTINGS: Mapping[Side, dict[str, Any]] = {
    "shop": {"url": "https://shop.example", "short_text_field": "metaDescription"},
    "office": {"url": "https://pos.example", "tax_tariffs": {"19": "normal", "7": "low a", "0": "zero"}},
}
NAMES = {"attributes": {"Size": "=", "Colour": "="}, "features": {"Material": "="}}


class Wire(httpx.BaseTransport):
    """Every call of a connector is an outside call that may be the last."""

    def __init__(self, inner: httpx.BaseTransport, calls: Calls) -> None:
        self._inner = inner
        self._calls = calls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._calls.through(f"{request.method} {request.url.path}", lambda: self._answer(request))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        response.read()
        return response


class Pair(World):
    """Real connectors on emulated platforms."""

    def __init__(self, direction: str, **products: Any) -> None:
        super().__init__(direction=direction, **{**NAMES, **products})
        self.shop = ShopwareEmulator("6.6.10.13", self.clock)
        self.office = SalesPosEmulator(clock=self.clock)
        self._tokens = Tokens(self.clock)
        self._built: dict[Side, RequiredParts] = {}

    def platforms(self) -> Any:
        return SimpleNamespace(parts=lambda _, side: self.connector(side))

    def connector(self, side: Side) -> RequiredParts:
        """A side's connector, kept while the container lives."""
        if side not in self._built:
            spec = connector_spec({"shop": "shopware", "office": "salespos"}[side])
            self._built[side] = parts_of(spec, SETTINGS[side], self._world(side))
        return self._built[side]

    def cold_start(self) -> None:
        """A new container remembers nothing."""
        self._built.clear()

    def _world(self, side: Side) -> ConnectorWorld:
        app, secrets = {
            "shop": (self.shop.app, {"client_id": self.shop.access_key, "client_secret": self.shop.secret_key}),
            "office": (self.office.app, {"public_key": "pub_emul_01", "secret_key": "sec_emul_01"}),
        }[side]
        client = httpx.Client(transport=Wire(in_process(app), self.calls))
        wiring = Wiring(client, Limiter(), Deadline(), sleep=self._sleep, observe=lambda _: None)
        return ConnectorWorld(wiring, self._tokens, Secrets(secrets), self.clock)

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    # --- the back office ------------------------------------------------------------------------------------------

    def category(self, name: str, parent: int | None = None) -> int:
        body = {"name": name, **({} if parent is None else {"parentcategory_id": parent})}
        return int(kept_categories.post_category(self.office.shop, Call("POST", "", "", body=body)).body["id"])

    def sell(self, sku: str, price: str, category: int | None = None, **fields: Any) -> int:
        """Put a product into the back office; its id."""
        made = self.office.add_product(sku, Decimal(price), **{"stock": 5, **fields})
        if category is not None:
            links.add(self.office.shop, "producttocategories", {"product_id": made["id"], "category_id": category})
        return int(made["id"])

    def writes(self) -> int:
        """Calls of both platforms that change something."""
        reads = ("GET ", "POST /api/search/", "POST /api/oauth/")
        ours = [name for name in self.calls.names if "/" in name]
        return sum(1 for name in ours if not name.startswith(reads))

    # --- what a shop shows ------------------------------------------------------------------------------------------

    def shop_products(self) -> dict[str, dict[str, Any]]:
        """By SKU: what a buyer sees of each product, and its variants."""
        return {product.sku: seen(product) for product in pages(self.connector("shop"))}

    def office_products(self) -> dict[str, dict[str, Any]]:
        """The same of the back office."""
        return {product.sku: seen(product) for product in pages(self.connector("office"))}


def pages(side: RequiredParts) -> list[Any]:
    """Every product of a side, read by its own connector."""
    source = side.catalogue_source
    page = source.page(None)
    found = [*page.products, *page.unreadable]
    while page.position is not None:
        page = source.page(page.position)
        found += [*page.products, *page.unreadable]
    return found


def seen(product: Any) -> dict[str, Any]:
    """What both sides show alike."""
    return {
        "name": product.name,
        "text": (product.short_text, product.long_text),
        "active": product.active,
        "tax": product.tax_rate,
        "prices": {group: price.amount for group, price in sorted(product.prices.items())},
        "features": sorted((feature.name, feature.value) for feature in product.features),
        "categories": len(product.categories),
        "variants": {
            variant.sku: (variant.options, {group: price.amount for group, price in sorted(variant.prices.items())})
            for variant in product.variants
        },
    }
