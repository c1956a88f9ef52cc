"""The connector for CloudSales (BOCP): what it declares, and the parts it is made of."""

from collections.abc import Mapping

from shopbridge.connectors.cloudsales.account import CloudSalesAccount
from shopbridge.connectors.cloudsales.api import API, limits_of, sign
from shopbridge.connectors.cloudsales.catalogue import CloudSalesPriceWriter, CloudSalesProducts
from shopbridge.connectors.cloudsales.lookup import CloudSalesOrderProducts
from shopbridge.connectors.cloudsales.orders.create import CloudSalesOrders
from shopbridge.connectors.cloudsales.orders.payload import order_fields
from shopbridge.connectors.cloudsales.outcomes import judge
from shopbridge.connectors.cloudsales.product_index import CloudSalesProductIndex, ProductList
from shopbridge.connectors.cloudsales.settings import CloudSalesSecrets, CloudSalesSettings
from shopbridge.connectors.cloudsales.stand_in import StandIn, withheld
from shopbridge.connectors.cloudsales.stock import CloudSalesStock, CloudSalesStockWriter
from shopbridge.connectors.parts import Connector, Extra
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import SignedAuth
from shopbridge.http.client import PlatformClient


def build(settings: CloudSalesSettings, world: World) -> Connector:
    """Return the connector of one account, and of one order connector in it."""
    client, clock = _client(settings, world), world.clock
    products = ProductList(settings, client)
    index = CloudSalesProductIndex(products, clock, trust_changes=settings.stock_from_changes)
    with_images = CloudSalesProductIndex(ProductList(settings, client, images=True), clock, trust_changes=True)
    catalogue = CloudSalesProducts(with_images, settings)
    stand_in = StandIn(settings, client) if settings.stand_in_writes else None
    return Connector(
        account=CloudSalesAccount(settings, client),
        order_target=CloudSalesOrders(settings, client, clock),
        order_products=CloudSalesOrderProducts(products, settings, clock),
        stock_source=CloudSalesStock(index, clock, str(settings.work_point or "")),
        stock_target=CloudSalesStockWriter(stand_in, index) if stand_in else None,
        catalogue_source=catalogue,
        catalogue_target=CloudSalesPriceWriter(index, stand_in, settings, catalogue) if stand_in else None,
    )


def _client(settings: CloudSalesSettings, world: World) -> PlatformClient:
    return PlatformClient(
        platform="CloudSales",
        base_url=f"{settings.url.rstrip('/')}{API}/{settings.account_number}",
        auth=SignedAuth(world.secrets, sign),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )


def without_new_products(_: CloudSalesSettings) -> Mapping[Extra, NeedsAttention]:
    """Return why a product that an order names is not made."""
    return {
        "new_products": NeedsAttention(
            "No call is known by which a product is made in BOCP",
            where="orders.products.missing",
            fix="Choose `hold` or `free_text`, and make the product there.",
        )
    }


SPEC = ConnectorSpec(
    key="cloudsales",
    title="CloudSales (BOCP)",
    settings=CloudSalesSettings,
    secrets=CloudSalesSecrets,
    provides=("order_target", "order_products", "stock_source", "stock_target", "catalogue_source", "catalogue_target"),
    build=build,
    lacks=without_new_products,
    order_fields=order_fields,
    inferred=("stock_target", "catalogue_target"),
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
        "Each sellable unit is a product of its own: each variant of the shop's is found by its own code.",
        "Categories are names without a tree.",
        "The API is not known to tell texts and features of products.",
        "The product list is read whole for each sweep; `stock_from_changes` and longer intervals save calls.",
        "60 calls a minute for each of the two users are assumed: BOCP publishes no limit.",
        "Names of countries and counties but Romania and Cluj are assumed to be Romanian, without diacritics.",
    ),
)
