"""The Gomag connector: what it declares, and the parts it is made of."""

from dataclasses import replace
from decimal import Decimal

from shopbridge.connectors.gomag import outcomes
from shopbridge.connectors.gomag.api import ROOT, GomagApi
from shopbridge.connectors.gomag.catalogue.categories import Categories
from shopbridge.connectors.gomag.catalogue.plan import product_fields
from shopbridge.connectors.gomag.catalogue.prices import TITLE
from shopbridge.connectors.gomag.catalogue.read import GomagProducts, kept_tree
from shopbridge.connectors.gomag.catalogue.write import GomagProductWriter
from shopbridge.connectors.gomag.limits import RoomForOthers, limits_of
from shopbridge.connectors.gomag.notes import NOTES
from shopbridge.connectors.gomag.orders.read import GomagOrders
from shopbridge.connectors.gomag.orders.status import Meaning
from shopbridge.connectors.gomag.orders.write_back import GomagOrderStatus
from shopbridge.connectors.gomag.permissions import GomagAccount
from shopbridge.connectors.gomag.product_index import Shelf
from shopbridge.connectors.gomag.settings import GomagSecrets, GomagSettings
from shopbridge.connectors.gomag.stock.open_orders import GomagOpenOrders
from shopbridge.connectors.gomag.stock.read import GomagStock
from shopbridge.connectors.gomag.stock.write import GomagStockWriter, Inventory
from shopbridge.connectors.gomag.vocabulary import kept_statuses
from shopbridge.connectors.parts import Connector
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient


def build(settings: GomagSettings, world: World) -> Connector:
    """The connector of one shop, whose parts share what was read."""
    api, clock = GomagApi(_client(settings, world)), world.clock
    meaning, statuses = Meaning(settings), kept_statuses(api, clock)
    shelf = Shelf(api, clock, settings.language)
    tree = kept_tree(Categories(api, settings.language), clock)
    inventory = Inventory(api, settings.field_names, settings.stock_batch)
    return Connector(
        account=GomagAccount(settings, api, statuses, meaning),
        order_source=GomagOrders(api, clock, meaning),
        order_status=GomagOrderStatus(api, statuses, meaning),
        open_orders=GomagOpenOrders(api, clock, meaning, statuses),
        stock_source=GomagStock(shelf, settings),
        stock_target=GomagStockWriter(shelf, inventory),
        catalogue_source=GomagProducts(shelf, tree, settings),
        catalogue_target=GomagProductWriter(api, shelf, tree, inventory, settings),
    )


def _client(settings: GomagSettings, world: World) -> PlatformClient:
    """A client whose calls leave room for other apps of the shop."""
    wiring = world.wiring
    share = min(settings.limit_factor, Decimal(1))
    room = RoomForOthers(wiring.limiter, share, wiring.deadline, wiring.sleep, wiring.observe)
    headers = HeaderAuth(
        world.secrets,
        lambda secrets: {"Apikey": secrets["api_key"], "ApiShop": settings.shop},
        outcomes.refuses_key,
    )
    return PlatformClient(
        platform=TITLE,
        base_url=settings.url.rstrip("/") + ROOT,
        auth=headers,
        wiring=replace(wiring, limiter=room, observe=room.observe),
        judge=outcomes.judge,
        limits=limits_of(settings.limit_factor),
    )


SPEC = ConnectorSpec(
    key="gomag",
    title=TITLE,
    settings=GomagSettings,
    secrets=GomagSecrets,
    provides=(
        "order_source",
        "order_status",
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
