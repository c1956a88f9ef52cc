"""The connector for CCV SalesPOS: what it declares, and the parts it is made of."""

from shopbridge.connectors.parts import Connector
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import API, checker, signer
from shopbridge.connectors.salespos.catalogue.plan import product_fields
from shopbridge.connectors.salespos.catalogue.read import ProductReader, SalesPosProducts
from shopbridge.connectors.salespos.catalogue.write import SalesPosProductWriter
from shopbridge.connectors.salespos.customers import SalesPosCustomers
from shopbridge.connectors.salespos.lookup import SalesPosOrderProducts
from shopbridge.connectors.salespos.orders.create import SalesPosOrders
from shopbridge.connectors.salespos.orders.payload import order_fields
from shopbridge.connectors.salespos.orders.read import SalesPosProgress
from shopbridge.connectors.salespos.orders.status import SalesPosChanges, without_changes
from shopbridge.connectors.salespos.outcomes import judge_with, limits_of
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.settings import SalesPosSecrets, SalesPosSettings
from shopbridge.connectors.salespos.stock.open_orders import OpenOrderRows
from shopbridge.connectors.salespos.stock.read import SalesPosStock
from shopbridge.connectors.salespos.stock.write import SalesPosStockWriter
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.http.auth import SignedAuth
from shopbridge.http.client import PlatformClient


def build(settings: SalesPosSettings, world: World) -> Connector:
    """Return the connector of one account."""
    client = _client(settings, world)
    account = SalesPosAccount(settings, client, world.clock)
    index = SalesPosProductIndex(client, world.clock)
    open_orders = OpenOrderRows(client, world.clock, at_completion=settings.deducts_stock == "at_completion")
    products = ProductReader(client, index, settings.language)
    return Connector(
        account=account,
        order_target=SalesPosOrders(settings, client, account, world.clock),
        order_changes=SalesPosChanges(settings, client) if settings.told else None,
        order_progress=SalesPosProgress(settings, client, world.clock),
        customers=SalesPosCustomers(settings, client),
        order_products=SalesPosOrderProducts(settings, client, account, world.clock),
        stock_source=SalesPosStock(account, open_orders, index),
        stock_target=SalesPosStockWriter(client, open_orders, index),
        catalogue_source=SalesPosProducts(client, account, settings, products),
        catalogue_target=SalesPosProductWriter(client, account, settings, index, products),
    )


def _client(settings: SalesPosSettings, world: World) -> PlatformClient:
    return PlatformClient(
        platform="SalesPOS",
        base_url=settings.url.rstrip("/") + API,
        auth=SignedAuth(world.secrets, signer(world.clock), checker(settings.verify_answers)),
        wiring=world.wiring,
        judge=judge_with(world.clock),
        limits=limits_of(settings.limit_factor),
    )


SPEC = ConnectorSpec(
    key="salespos",
    title="CCV SalesPOS",
    settings=SalesPosSettings,
    secrets=SalesPosSecrets,
    provides=(
        "order_target",
        "order_changes",
        "order_progress",
        "customers",
        "order_products",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    order_fields=order_fields,
    product_fields=product_fields,
    withheld=without_changes,
    notes=(
        "Day and payment method cannot be set on an order: they are written into a note beside the order.",
        "Customers are found by e-mail in a list that is read once and then continued: changed e-mails go unnoticed.",
        "A variant is found by its own numbers; a product whose stock lies on its variants is not sold itself.",
        "Discounts are rows with a negative price, one for each tax rate; that SalesPOS takes them is assumed.",
        "Cents that rounding leaves over are booked as extra costs or as a row, both called Rounding.",
        "What rounding to cash (0.05, 0.50, 1.00) adds or takes off is a row Rounding without tax.",
        "A line whose price is finer than a cent becomes two rows with neighbouring prices: see price_decimals.",
        "SalesPOS chooses the tax rate of shipping costs itself: they become rows unless the order has one rate only.",
        "When an order changed is not told: orders of follow_days are read again, and a move counts as made when seen.",
        "There is one stock figure for each product or variant: no warehouses, and none for what may be sold.",
        "Where variants share the stock of their product, no figure is the variant's own: theirs is not carried.",
        "Units of orders that are not completed are reserved if deducts_stock says that completion lowers the stock.",
        "An order without a status is taken for a basket, which reserves nothing; so do closed and cancelled orders.",
        "That stock is kept can be switched on and off; whether more may be sold than there is stays as set there.",
        "Each stock figure and each product is a call of its own; 100 a minute are allowed.",
        "A variant cannot be asked for by its number: all products are read to find it, at most every ten minutes.",
        "Images are not carried.",
        "A variant costs what the product costs plus an amount for each of its values; all have the same discount.",
        "That these amounts are gross or net as prices are is assumed, although one is called netto.",
        "A tax tariff has no percentage there: tax_tariffs in the settings says which it is.",
        "A product has one value for each feature: several become one text. Only texts and options are written.",
        "New products with variants, categories or features are not for sale until the last of them is written.",
        "Variants, features and category names are created in the shop's own language.",
        "The figure of the total call limit is not published: calls stop for a minute when SalesPOS says so.",
    ),
)
