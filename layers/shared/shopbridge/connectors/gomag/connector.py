"""The Gomag connector: what it declares, and what it can do; each thing itself is done in a module of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from shopbridge.connectors.gomag import outcomes
from shopbridge.connectors.gomag.access import product_remarks, try_out
from shopbridge.connectors.gomag.api import ROOT, GomagApi
from shopbridge.connectors.gomag.categories import Categories
from shopbridge.connectors.gomag.limits import RoomForOthers, limits_of
from shopbridge.connectors.gomag.moving import OrderMover
from shopbridge.connectors.gomag.notes import NOTES, NOTHING_IS_PAID, READ_TWICE
from shopbridge.connectors.gomag.open_orders import OpenOrderBook
from shopbridge.connectors.gomag.orders import changed_page, find_order, read_orders
from shopbridge.connectors.gomag.product_drafts import plan, product_fields
from shopbridge.connectors.gomag.product_prices import TITLE
from shopbridge.connectors.gomag.product_writing import NO_VERSION_SWITCH, PRODUCT_BATCH, ProductWriter
from shopbridge.connectors.gomag.products import KeptTree, ProductReader
from shopbridge.connectors.gomag.seen import on_sale
from shopbridge.connectors.gomag.settings import GomagSecrets, GomagSettings
from shopbridge.connectors.gomag.shelf import Shelf
from shopbridge.connectors.gomag.statuses import Meaning
from shopbridge.connectors.gomag.stock import Standings, StockOnHand
from shopbridge.connectors.gomag.stock_writing import Inventory, StockWriter
from shopbridge.connectors.gomag.vocabulary import KeptStatuses, read_vocabulary
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import Held
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, OrderId
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, ProductPage, TargetProduct
from shopbridge.model.ledger import Reason
from shopbridge.model.office import Identity, OrderPage, UnreadableOrder, Vocabulary
from shopbridge.model.order import Order
from shopbridge.model.stock import OpenOrder, StockChange, StockLevel, StockPage, StockTraits
from shopbridge.model.stock_settings import ManageStock
from shopbridge.ports import Clock, StockReader


@dataclass(frozen=True)
class GomagShop:
    """One shop; made by ``build``."""

    settings: GomagSettings
    api: GomagApi
    clock: Clock

    def ping(self) -> Identity:
        """Reads every area the key may have; orders and their statuses it must have.

        Raises:
            NeedsAttention: Address, key, shop or a permission is wrong.
        """
        remarks = (*try_out(self.api), *product_remarks(self.api, self.settings))
        if not self.settings.paid_statuses and not self.settings.paid_methods:
            remarks = (*remarks, NOTHING_IS_PAID)
        if self.settings.use_cloudsales_app:
            remarks = (*remarks, READ_TWICE)
        # Gomag tells nothing of itself but whether key and shop belong together.
        name = f"{TITLE} {self.settings.shop}"
        return Identity(name=name, version="", notes=remarks, accounts=(self.settings.place,))

    def vocabulary(self) -> Vocabulary:
        """What maps and settings may name."""
        return read_vocabulary(self.api, self._statuses, self._meaning)

    def server_time(self) -> datetime:
        """Our clock, without a call: changes are filtered by days and read with a day of overlap."""
        return self.clock()

    def changed_orders(self, since: datetime, position: str | None) -> OrderPage:
        """A page of whole orders; those of the day before ``since`` come, too."""
        return changed_page(self.api, since, position, self._meaning, self.clock())

    def orders(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """These orders, one call each: only the number finds an order."""
        now = self.clock()
        rows = [row for order in dict.fromkeys(ids) if (row := find_order(self.api, order)) is not None]
        return read_orders(rows, self._meaning, now)

    def set_status(self, order: OrderId, status: str) -> str:
        """Move the order unless it is there or over; what was done is read back."""
        return self._mover.set_status(order, status)

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Add a note, where the settings allow it: there is no field. Raises Rejected where they do not."""
        return self._mover.add_note(order, f"{field}: {number}")

    # --- stock ------------------------------------------------------------------------------------------------------

    def open_orders(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        """Orders that may still hold units of these SKUs."""
        return self._book.of(skus, since, self._statuses.all())

    def deducts_at_order(self) -> bool:
        """As the settings say."""
        return self.settings.orders_lower_stock

    def stock_page(self, position: str | None) -> StockPage:
        """100 products with their versions."""
        return self._stock.page(position)

    def stock_of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """What is sold under these SKUs; a product with versions is not."""
        return self._stock.of(skus)

    @property
    def stock_traits(self) -> StockTraits:
        """By SKU, whole units."""
        return StockTraits(batch=self.settings.stock_batch, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Nothing, without a call: orders take their goods when they are placed, or never."""
        del skus
        return {}

    def write_stock(
        self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str
    ) -> Mapping[str, Reason]:
        """One call, after a look at what the shop sells; one figure is read back."""
        return StockWriter(self._shelf, self._inventory).write(changes, manage, warehouse)

    def stock_reader(self) -> StockReader:
        """Reads the list page by page."""
        return Standings(self._shelf)

    # --- products ---------------------------------------------------------------------------------------------------

    @property
    def product_batch(self) -> int:
        """Products of one call."""
        return PRODUCT_BATCH

    @property
    def currency(self) -> CurrencyCode:
        """As the settings say."""
        return self.settings.currency

    def product_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """All categories, as they are now."""
        return self._tree.refreshed().categories

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown when the new one does not show."""
        return self._categories.write(category, known)

    def product_page(self, position: str | None) -> ProductPage:
        """100 products with their versions."""
        return ProductReader(self._shelf, self._tree, self.settings).page(position)

    def find_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """A version's SKU leads to its product. Raises Held for a product that is not what we know."""
        found = self._shelf.find(skus)
        odd = next((seen.target for each in found.values() for seen in each if isinstance(seen.target, Held)), None)
        if odd is not None:
            raise odd
        return {
            sku: [seen.target for seen in each if isinstance(seen.target, TargetProduct)] for sku, each in found.items()
        }

    def plan_product(self, change: ProductChange) -> ProductDraft:
        """Put a change into Gomag's words."""
        return plan(change, self.settings)

    def write_products(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Create or update products with their versions."""
        return self._product_writer.write(drafts)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """By the list, read some minutes ago at the most."""
        return on_sale(self._shelf.find(skus))

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """None of them, and why."""
        return dict.fromkeys(variants, NO_VERSION_SWITCH)

    def deactivate_products(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products off sale."""
        return self._product_writer.deactivate(ids)

    # --- inside -----------------------------------------------------------------------------------------------------

    @cached_property
    def _meaning(self) -> Meaning:
        return Meaning(self.settings)

    @cached_property
    def _statuses(self) -> KeptStatuses:
        return KeptStatuses(self.api, self.clock)

    @cached_property
    def _mover(self) -> OrderMover:
        return OrderMover(self.api, self._statuses, self._meaning)

    @cached_property
    def _book(self) -> OpenOrderBook:
        return OpenOrderBook(self.api, self.clock, self._meaning)

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self.api, self.clock, self.settings.language)

    @cached_property
    def _stock(self) -> StockOnHand:
        return StockOnHand(self._shelf, self.settings)

    @cached_property
    def _categories(self) -> Categories:
        return Categories(self.api, self.settings.language)

    @cached_property
    def _tree(self) -> KeptTree:
        return KeptTree(self._categories, self.clock)

    @property
    def _inventory(self) -> Inventory:
        return Inventory(self.api, self.settings.field_names, self.settings.stock_batch)

    @property
    def _product_writer(self) -> ProductWriter:
        return ProductWriter(self.api, self._shelf, self._tree, self._inventory, self.settings.language)


def build(settings: GomagSettings, world: World) -> GomagShop:
    """The shop's connector, whose calls leave room for other apps of the shop."""
    wiring = world.wiring
    share = min(settings.limit_factor, Decimal(1))
    room = RoomForOthers(wiring.limiter, share, wiring.deadline, wiring.sleep, wiring.observe)
    headers = HeaderAuth(
        world.secrets,
        lambda secrets: {"Apikey": secrets["api_key"], "ApiShop": settings.shop},
        outcomes.refuses_key,
    )
    client = PlatformClient(
        platform=TITLE,
        base_url=settings.url.rstrip("/") + ROOT,
        auth=headers,
        wiring=replace(wiring, limiter=room, observe=room.observe),
        judge=outcomes.judge,
        limits=limits_of(settings.limit_factor),
    )
    return GomagShop(settings, GomagApi(client), world.clock)


SPEC = ConnectorSpec(
    key="gomag",
    title=TITLE,
    settings=GomagSettings,
    secrets=GomagSecrets,
    provides=(
        "order_source",
        "order_status_target",
        "open_orders",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    product_fields=product_fields,
    notes=NOTES,
)

if TYPE_CHECKING:
    from shopbridge.ports import CatalogueSource, CatalogueTarget, OpenOrders, Shop, StockSource, StockTarget

    _: tuple[
        type[Shop], type[OpenOrders], type[StockSource], type[StockTarget], type[CatalogueSource], type[CatalogueTarget]
    ] = (GomagShop, GomagShop, GomagShop, GomagShop, GomagShop, GomagShop)
