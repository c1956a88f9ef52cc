"""The UNAS connector: what it declares, and the parts it is made of."""

from typing import Final

from shopbridge.connectors.parts import Connector
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.connectors.unas.account import UnasAccount
from shopbridge.connectors.unas.api import UnasApi
from shopbridge.connectors.unas.auth import UnasLogin
from shopbridge.connectors.unas.catalogue.categories import UnasCategories
from shopbridge.connectors.unas.catalogue.plan import product_fields
from shopbridge.connectors.unas.catalogue.read import NAMED, WHOLE, UnasProducts, product_list
from shopbridge.connectors.unas.catalogue.write import UnasProductWriter
from shopbridge.connectors.unas.orders.open_orders import UnasOpenOrders
from shopbridge.connectors.unas.orders.read import UnasOrders
from shopbridge.connectors.unas.orders.status import UnasOrderStatus, kept_statuses
from shopbridge.connectors.unas.outcomes import TITLE, judge
from shopbridge.connectors.unas.product_index import UnasProductList
from shopbridge.connectors.unas.settings import UnasSecrets, UnasSettings
from shopbridge.connectors.unas.stock.read import UnasStock
from shopbridge.connectors.unas.stock.write import UnasStockWriter, kept_warehouses
from shopbridge.connectors.unas.webhook import UnasWebhook
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient

NOTES: Final = (
    "Permissions of the API key: getOrder for orders; getOrderStatus, getMethod, getWarehouse for words of maps.",
    "Further ones: setOrder to tell the shop what became of an order; getStock, setStock for stock.",
    "For products getProduct, getCategory; to write them setProduct, setCategory and setStock.",
    "The API comes with the PREMIUM and VIP plans. UNAS bans who makes more calls an hour than a plan allows.",
    "So calls are booked by function: PREMIUM has 30 lists an hour, of which the poll of orders has 20.",
    "A ban is waited out by itself; other programs that call UNAS for the same shop may be what causes it.",
    "Webhooks come with VIP; they are signed if the HMAC key is set. The token address takes unsigned ones as hints.",
    "A signed call tells no moment: one that is repeated makes its order be read again, and nothing else.",
    "The number of a deleted order may be given again; the bridge tells such orders apart by UNAS' own id.",
    "Deleted orders are not noticed by a poll.",
    "Orders are named by their number as the shop shows it; a marketplace's order has the marketplace's.",
    "Orders that were merged, separated or returned wait for a person, unless take_linked_orders is on.",
    "Whether a status means cancelled or done, its type in UNAS says; an order is not moved out of either.",
    "Names of people are one text in UNAS and are not taken apart: they travel as the last name.",
    "A discount has one VAT rate in UNAS, also where its goods have several; it is taken as UNAS has it.",
    "Our document number goes into the order's invoice number, whatever document_field is called.",
    "Tracking codes go into the order's one package number, several with commas between; the carrier has no field.",
    "Stock is told of the main warehouse, unless stock_warehouses names others.",
    "On PREMIUM about 2,000 products an hour are looked for and written, and 10,000 read; three times as many on VIP.",
    "Price groups: `regular` is the price, `sale` a sale price whose days include today. All include VAT.",
    "A product's VAT follows from its net and gross price, so it travels with the price only.",
    "A sale price cannot be deleted: a sale that is over gets a last day that is past.",
    "Every SKU is a product of its own: each variant of the back office's comes alone; they can be merged by hand.",
    "Not carried: images, parameters, the EAN, special prices of customer groups, quantity discounts.",
    "Assumed: text dates are those of Europe/Budapest; lists of products come by rising or falling ids.",
    "Assumed: a list filter counts as several records, whatever it finds, and a ban lasts an hour.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: UnasSettings, world: World) -> Connector:
    """Return the connector of one shop, whose parts share what was read."""
    clock, wiring, url = world.clock, world.wiring, settings.url.rstrip("/")
    login = UnasLogin(settings, clock, wiring.limiter, world.secrets, world.tokens)
    auth = BearerAuth(TITLE, url, login.grant(), world.tokens, world.secrets)
    api = UnasApi(PlatformClient(platform=TITLE, base_url=url, auth=auth, wiring=wiring, judge=judge), settings)
    statuses, warehouses = kept_statuses(api, clock), kept_warehouses(api, clock)
    told = UnasOrderStatus(api, statuses, settings)
    stocked, tree = UnasProductList(api, clock, "getStock"), UnasCategories(api)
    products, named = product_list(api, clock, WHOLE), product_list(api, clock, NAMED)
    return Connector(
        account=UnasAccount(settings, api, login, statuses),
        order_source=UnasOrders(api, clock, settings, statuses),
        order_status=told,
        shipments=told,
        open_orders=UnasOpenOrders(api, clock, settings, statuses),
        stock_source=UnasStock(stocked, settings),
        stock_target=UnasStockWriter(api, stocked, settings, warehouses),
        catalogue_source=UnasProducts(products, tree, settings),
        catalogue_target=UnasProductWriter(api, products, named, tree, settings),
    )


SPEC = ConnectorSpec(
    key="unas",
    title=TITLE,
    settings=UnasSettings,
    secrets=UnasSecrets,
    provides=(
        "order_source",
        "order_status",
        "shipments",
        "open_orders",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    product_fields=product_fields,
    webhook=UnasWebhook(),
    notes=NOTES,
)
