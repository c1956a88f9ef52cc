"""The Gomag connector: what it declares, and the parts it is made of."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from shopbridge.connectors.gomag import outcomes
from shopbridge.connectors.gomag.account import GomagAccount
from shopbridge.connectors.gomag.api import ROOT, TITLE, GomagApi, RoomForOthers, limits_of
from shopbridge.connectors.gomag.catalogue.categories import GomagCategories
from shopbridge.connectors.gomag.catalogue.plan import product_fields
from shopbridge.connectors.gomag.catalogue.read import GomagProducts, kept_tree
from shopbridge.connectors.gomag.catalogue.write import GomagProductWriter
from shopbridge.connectors.gomag.orders.open_orders import GomagOpenOrders
from shopbridge.connectors.gomag.orders.read import GomagOrders
from shopbridge.connectors.gomag.orders.status import GomagOrderStatus, kept_statuses
from shopbridge.connectors.gomag.product_index import GomagProductIndex
from shopbridge.connectors.gomag.settings import GomagSecrets, GomagSettings
from shopbridge.connectors.gomag.stock import GomagStock, GomagStockWriter, Inventory
from shopbridge.connectors.parts import Connector, Extra
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient

NOTES = (
    "Permissions the key needs: orders and order statuses; products for stock and prices; categories for products.",
    "Rights to write cannot be tried when a connection is verified: a missing one is named at the first write.",
    "There are no webhooks. A poll reads what changed since the day before and hands over what has new content.",
    "All apps of a shop share 1 call a second; limit_factor is our share.",
    "We slow down further when Gomag says that less is left than the others' part.",
    "Deleted orders are not noticed.",
    "Order statuses are named by their ids: a renamed status stays what it was.",
    "An order is not moved out of a cancelled or final status; the settings say which these are.",
    "Whether an order is paid, Gomag does not tell: paid_statuses and paid_methods decide it.",
    "Whether a buyer has an account, Gomag does not tell: nobody counts as a guest.",
    "Whether line prices include VAT, each order's own total decides; an order that adds up in no way is held.",
    "The delivery has the VAT of most of the goods, unless delivery_vat names one; discounts go over all rates.",
    "Countries come written out: they are known in the languages of Europe's shops, other names go into countries.",
    "Stock is one whole figure for each SKU; a product with versions is not sold itself.",
    "Gomag passes over an SKU it does not know: what is written is looked for first, and one figure is read back.",
    "Price groups: `regular` is Gomag's price, `sale` a special price below it, `base` its base_price.",
    "A product's own currency and VAT flag: what Gomag's API calls them is not known; verifying names unknown fields.",
    "Where the base price is the one crossed out, choose the group `base` and the sale_group `regular`.",
    "A version tells nothing of what it differs in: it carries the attribute `Version` with its SKU as the value.",
    "Products with versions are therefore held until products.attributes names `Version`.",
    "What versions differ in, and attributes of products, cannot be written: each is told as a remark.",
    "A new product needs a name, an SKU and a price; without prices carried it is created switched off.",
    "Not carried: images, short texts, files, videos, labels.",
    "Whether a category is enabled is not told: all are read as enabled.",
    "Products are read in the order of their ids; a shop that lists them otherwise cannot be the source.",
    "Our document number can only be written as a note, and only once write_notes is switched on.",
    "Assumed: dates are those of Europe/Bucharest; stock falls when an order is placed (orders_lower_stock).",
    "Assumed: the delivery's price is in the order's delivery; discounts are deducted, whatever their sign.",
    "Assumed: writes of products, stock and categories work as one client documents them; nobody has verified them.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: GomagSettings, world: World) -> Connector:
    """Return the connector of one shop, whose parts share what was read."""
    api, clock = GomagApi(_client(settings, world)), world.clock
    statuses = kept_statuses(api, clock)
    index = GomagProductIndex(api, clock, settings.language)
    tree = kept_tree(GomagCategories(api, settings.language), clock)
    inventory = Inventory(api, settings.field_names, settings.stock_batch)
    return Connector(
        account=GomagAccount(settings, api, statuses),
        order_source=GomagOrders(api, clock, settings),
        order_status=GomagOrderStatus(api, statuses, settings),
        open_orders=GomagOpenOrders(api, clock, settings, statuses),
        stock_source=GomagStock(index, settings),
        stock_target=GomagStockWriter(index, inventory),
        catalogue_source=GomagProducts(index, tree, settings),
        catalogue_target=GomagProductWriter(api, index, tree, inventory, settings),
    )


def _client(settings: GomagSettings, world: World) -> PlatformClient:
    """A client whose calls leave room for other apps of the shop."""
    wiring = world.wiring
    share = min(settings.limit_factor, Decimal(1))
    room = RoomForOthers(wiring.limiter, share, wiring.deadline, wiring.sleep, wiring.observe)
    headers = HeaderAuth(
        world.secrets, lambda secrets: {"Apikey": secrets["api_key"], "ApiShop": settings.shop}, outcomes.refuses_key
    )
    return PlatformClient(
        platform=TITLE,
        base_url=settings.url.rstrip("/") + ROOT,
        auth=headers,
        wiring=replace(wiring, limiter=room, observe=room.observe),
        judge=outcomes.judge,
        limits=limits_of(settings.limit_factor),
    )


def without_number(settings: GomagSettings) -> Mapping[Extra, NeedsAttention]:
    """Return why an order cannot keep a document's number, where notes are switched off."""
    if settings.write_notes:
        return {}
    return {
        "document_number": NeedsAttention(
            "Gomag's orders have no field for a document's number, and notes are switched off",
            where="orders.write_back.document_field",
            fix="Leave it empty, and orders.changes.document_link_field, too; or switch write_notes on.",
        )
    }


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
    lacks=without_number,
    product_fields=product_fields,
    notes=NOTES,
)
