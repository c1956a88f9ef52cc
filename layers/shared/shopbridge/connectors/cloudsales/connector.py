"""The connector for CloudSales (BOCP): what it declares, and what it can do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from shopbridge.connectors.cloudsales.access import sign, trust
from shopbridge.connectors.cloudsales.account import Account
from shopbridge.connectors.cloudsales.calls import API
from shopbridge.connectors.cloudsales.directory import ProductDirectory, check_field
from shopbridge.connectors.cloudsales.fields import order_fields
from shopbridge.connectors.cloudsales.limits import limits_of
from shopbridge.connectors.cloudsales.listing import Listing
from shopbridge.connectors.cloudsales.maps import draft_of
from shopbridge.connectors.cloudsales.orders import Orders
from shopbridge.connectors.cloudsales.outcomes import judge
from shopbridge.connectors.cloudsales.price_target import (
    PriceWriter,
    category_not_writable,
    deactivate,
    not_creatable,
)
from shopbridge.connectors.cloudsales.products import Catalogue
from shopbridge.connectors.cloudsales.reading import Products
from shopbridge.connectors.cloudsales.settings import CloudSalesSecrets, CloudSalesSettings
from shopbridge.connectors.cloudsales.stand_in import StandIn, withheld
from shopbridge.connectors.cloudsales.stock import StockOnHand
from shopbridge.connectors.cloudsales.stock_target import TRAITS, Standings, StockWriter
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import OutcomeUnknown
from shopbridge.http.auth import SignedAuth
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    Category,
    ProductChange,
    ProductDraft,
    ProductOutcome,
    ProductPage,
    TargetProduct,
)
from shopbridge.model.ledger import Reason
from shopbridge.model.office import (
    DirectoryEntry,
    DirectoryPage,
    Identity,
    OrderDraft,
    OrderParts,
    OrderReceipt,
    Vocabulary,
)
from shopbridge.model.order import Order
from shopbridge.model.stock import StockChange, StockLevel, StockPage, StockTraits
from shopbridge.model.stock_settings import ManageStock
from shopbridge.ports import (
    CatalogueSource,
    CatalogueTarget,
    Clock,
    Office,
    StockReader,
    StockSource,
    StockTarget,
)


class CloudSales:
    """One CloudSales account, and one order connector of it."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._account = Account(settings, client)
        self._orders = Orders(settings, client, clock)
        products = Products(settings, client)
        self._directory = ProductDirectory(products, settings, clock)
        self._listing = Listing(products, clock, trust_changes=settings.stock_from_changes)
        self._stock = StockOnHand(self._listing, clock, str(settings.work_point or ""))
        with_images = Listing(Products(settings, client, images=True), clock, trust_changes=True)
        self._catalogue = Catalogue(with_images, settings)
        stand_in = StandIn(settings, client)
        self._stock_writer = StockWriter(stand_in, self._listing)
        self._prices = PriceWriter(self._listing, stand_in, settings)

    def ping(self) -> Identity:
        """Both users, their rights, the connectors. Raises NeedsAttention with what is missing."""
        return self._account.identity()

    def vocabulary(self) -> Vocabulary:
        """What the maps may name; no call."""
        return self._account.vocabulary()

    # --- orders ---------------------------------------------------------------------------------------------

    def order_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan_order(self, order: Order, parts: OrderParts) -> OrderDraft:
        """The order as the body of its creation."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Nothing: BOCP's orders have a field for it, the mentions."""
        del order, parts
        return ""

    def reference_of(self, name: str) -> str:
        """With the prefix."""
        return self._settings.reference_prefix + name

    def create_order(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it, or confirm what an earlier try made: one call, or two.

        Raises:
            AlreadyDone: An order of this reference is there, and no earlier try of ours made it; nothing was written.
            Held: BOCP would not take it as it is.
            OutcomeUnknown: It may have been created.
        """
        return self._orders.create(draft, again=again)

    def find_orders(self, reference: str, since: datetime, *, afresh: bool) -> Sequence[OrderReceipt]:
        """Not possible: no list of BOCP tells our reference (client B3).

        Creating once more is safe instead: our reference is in the order's address, so it finds the order there.

        Raises:
            OutcomeUnknown: Always, without a call.
        """
        del since, afresh
        raise OutcomeUnknown("CloudSales cannot be searched for our order numbers", where=f"order {reference}")

    def read_order(self, order_id: ExternalId) -> OrderReceipt:
        """What is known of it, without a call: the rows of orders are not known to hold any total (client B3)."""
        return OrderReceipt(id=order_id, number="", total=None, tax=None)

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Nothing: see ``plan_note``."""
        del order_id, note, first

    # --- products of orders ---------------------------------------------------------------------------------

    def changed_products(self, mark: str | None, field: str) -> DirectoryPage:
        """One page of products: all once a day, in between what changed."""
        return self._directory.changed(mark, field)

    def find_product(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """None, without a call: BOCP cannot be asked for one product, so its list is believed."""
        check_field(field)
        del key
        return ()

    def check_product(self, order: Order, line_id: str, tax: str) -> None:
        """Raises Held: nothing is known to create a product in BOCP."""
        del tax
        line = next(line for line in order.lines if line.id == line_id)
        raise not_creatable(line.sku or line.name)

    def create_product(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Raises Held, as ``check_product``."""
        self.check_product(order, line_id, tax)
        raise AssertionError("checking it never lets a product through")

    # --- stock ----------------------------------------------------------------------------------------------

    def stock_page(self, position: str | None) -> StockPage:
        """Everything, as one page."""
        return self._stock.page(position)

    def stock_of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """The records with these codes."""
        return self._stock.of(skus)

    @property
    def stock_traits(self) -> StockTraits:
        """By code, a hundred at once, fractions are kept; only with the stand-in."""
        return TRAITS

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Nothing, and no call: what is written are units for sale, beside what orders have reserved."""
        del skus
        return {}

    def write_stock(
        self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str
    ) -> Mapping[str, Reason]:
        """Write absolute figures, by the stand-in only. Raises NeedsAttention while its switch is off."""
        return self._stock_writer.write(changes, manage, warehouse)

    def stock_reader(self) -> StockReader:
        """Reads the whole list once."""
        return Standings(self._listing)

    # --- catalogue ------------------------------------------------------------------------------------------

    def categories(self) -> Sequence[Category]:
        """The names that products have."""
        return self._catalogue.categories()

    def product_page(self, position: str | None) -> ProductPage:
        """Up to 250 codes of the list, which is read whole before the first."""
        return self._catalogue.page(position)

    @property
    def product_batch(self) -> int:
        """Each product's prices are a call."""
        return 1

    @property
    def currency(self) -> CurrencyCode:
        """As set."""
        return self._settings.currency

    def product_fields(self) -> Mapping[str, TargetField]:
        """None: a price and its tax are all that can be written."""
        return {}

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Raises Held: nothing is known to write a category in BOCP."""
        del known
        raise category_not_writable(category.name)

    def find_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """The products with these codes, for the stand-in. Raises NeedsAttention while its switch is off."""
        return self._prices.find(skus)

    def plan_product(self, change: ProductChange) -> ProductDraft:
        """The product's prices. Raises Held for anything else."""
        return self._prices.plan(change)

    def write_products(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Write prices, by the stand-in only."""
        return self._prices.write(drafts)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """By the list of the last minutes."""
        return self._prices.on_sale(skus)

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """None of them, and why."""
        return deactivate(variants)

    def deactivate_products(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """None of them, and why."""
        return deactivate(ids)


def build(settings: CloudSalesSettings, world: World) -> CloudSales:
    """A connector for one account."""
    client = PlatformClient(
        platform="CloudSales",
        base_url=f"{settings.url.rstrip('/')}{API}/{settings.account_number}",
        auth=SignedAuth(world.secrets, sign, trust),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )
    return CloudSales(settings, client, world.clock)


SPEC = ConnectorSpec(
    key="cloudsales",
    title="CloudSales (BOCP)",
    settings=CloudSalesSettings,
    secrets=CloudSalesSecrets,
    provides=(
        "order_target",
        "product_target",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    order_fields=order_fields,
    withheld=withheld,
    notes=(
        "Writing stock and prices is our own stand-in, not BOCP's API: no such call is known (`stand_in_writes`).",
        "So is reading stock and prices by work point (`stand_in_work_points`, `work_point`).",
        "BOCP lets known addresses in only: put this installation's fixed outgoing address on the user's list.",
        "A 401 stops the connection at once: the password or the address is wrong, and ten in a row may lock the user.",
        "The work point of orders and the day of receipts are set in BOCP, and cannot be set or read from here.",
        "BOCP makes a proforma for each order with `bank_transfer`, and may issue receipts by itself, which are final.",
        "BOCP may fetch a shop's orders by itself (Gomag): let them travel one way only.",
        "BOCP's lists do not tell our order numbers: after a lost answer the order is sent to its address once more.",
        "An order connector keeps one order of each number: a second one is held, never written over.",
        "An order's total cannot be read back.",
        "Buyers travel on their orders; BOCP's list of clients is not used. A company needs fiscal code and address.",
        "Shipping costs, discounts, fees and rounding to cash need the code of a service each.",
        "Prices of one have 2 decimals; the values of the lines add up to the shop's total, to the cent.",
        "A line whose price is finer than a cent becomes two lines with neighbouring prices.",
        "Products cannot be created. They are found by code (`sku`) or by the chosen barcode field (`ean`).",
        "Each sellable unit is a product of its own, without variants; categories are names without a tree.",
        "The API is not known to tell texts and features of products.",
        "The product list is read whole for each sweep; `stock_from_changes` and longer intervals save calls.",
        "60 calls a minute for each of the two users are assumed: BOCP publishes no limit.",
        "Names of countries and counties but Romania and Cluj are assumed to be Romanian, without diacritics.",
    ),
)

if TYPE_CHECKING:
    _: type[Office] = CloudSales
    _stock_source: type[StockSource] = CloudSales
    _stock_target: type[StockTarget] = CloudSales
    _catalogue_source: type[CatalogueSource] = CloudSales
    _catalogue_target: type[CatalogueTarget] = CloudSales
