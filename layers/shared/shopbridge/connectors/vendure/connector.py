"""The Vendure connector: what it declares, and the parts it is made of."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.parts import Connector
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.connectors.vendure.account import VendureAccount
from shopbridge.connectors.vendure.api import VendureApi, is_id
from shopbridge.connectors.vendure.catalogue.find import read_facts
from shopbridge.connectors.vendure.catalogue.plan import product_fields
from shopbridge.connectors.vendure.catalogue.read import VendureProducts
from shopbridge.connectors.vendure.catalogue.variants import OptionWriter
from shopbridge.connectors.vendure.catalogue.write import VendureProductWriter
from shopbridge.connectors.vendure.orders.open_orders import VendureOpenOrders
from shopbridge.connectors.vendure.orders.read import VendureOrders
from shopbridge.connectors.vendure.orders.status import VendureOrderStatus
from shopbridge.connectors.vendure.outcomes import TITLE, judge, refuses_key
from shopbridge.connectors.vendure.settings import VendureSecrets, VendureSettings
from shopbridge.connectors.vendure.stock import VendureStock, VendureStockWriter
from shopbridge.connectors.vendure.webhook import VendureWebhook
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient

BELIEVED = timedelta(hours=1)
"""How long currency, language, tax categories and stock locations are taken for what they were."""
NOTES: Final = (
    "It takes Vendure 3.6 or later, with API keys: `tokenMethod` of the server's `authOptions` names `api-key`.",
    "Rights that the key's role needs: ReadOrder; to write back UpdateOrder.",
    "Rights for stock: ReadCatalog and ReadStockLocation; to write it UpdateCatalog.",
    "Rights for products: ReadCatalog; to write them also CreateCatalog, UpdateCatalog and ReadStockLocation.",
    "For the words of maps also ReadSettings and ReadChannel.",
    "Vendure answers a wrong key and a missing right alike.",
    "Orders of all channels are read unless one is chosen; its prices tell whether amounts are net or gross.",
    "Of an order that several sellers share, the whole is read and not the parts.",
    "Vendure does not tell reliably what changed: a poll reads the orders of the last day, and a part of the older.",
    "So every order of the last two months is read again in turns, each after 31 polls: 2 h 35 min at every 5 minutes.",
    "Webhooks need our plugin in the shop's server (`real/vendure/webhook-plugin.js`): Vendure has none of its own.",
    "Discounts are one line of the order, by tax rate; discounts on shipping are in what shipping costs.",
    "Vendure keeps no VAT numbers, comments and EANs; a company is that of the billing address.",
    "Names on an address are one text; they travel as the last name unless they are the buyer's.",
    "A cancelled order has no units any more; what was paid is told as paid until it is refunded in Vendure.",
    "What an order's payments come to is told in words of the bridge's own: open, authorized, paid and so on.",
    "Payment states that plugins add hold their orders until own_payment_states says what they mean.",
    "Set to PaymentSettled, authorised payments are captured; set to Shipped, all that is left is fulfilled.",
    "Set to Cancelled, an order is cancelled with its shipping; nothing is refunded.",
    "A tracking code goes with the fulfillment of what is left; later codes become notes that the buyer sees.",
    "A document's number becomes a note on the order that only the shop sees.",
    "Goods leave the stock when they are put into a fulfillment; until then placed orders have a claim on them.",
    "Stock is that of one location; without a choice, of the only one.",
    "A product with one variant and no options is told as a product without variants.",
    "Of products name, description, price, tax, stock, variants and options are written; images are not carried.",
    "Collections are not written, nor what is in them: Vendure fills them by filters of the merchant's.",
    "Vendure keeps one price: a product on sale gets the price of the sale. Facets, EANs and short texts are left out.",
    "The address of a product that is made is its SKU: by it the bridge finds one whose making broke off.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: VendureSettings, world: World) -> Connector:
    """Return the connector of one shop. Vendure limits no calls, so they draw from no bucket."""
    auth = HeaderAuth(world.secrets, _headers, refuses_key)
    api = VendureApi(PlatformClient(TITLE, settings.url.rstrip("/"), auth, world.wiring, judge), settings)
    told = VendureOrderStatus(api, settings)
    products = VendureProducts(api, settings)
    facts = Kept(lambda: read_facts(api), world.clock, BELIEVED)
    return Connector(
        account=VendureAccount(settings, api),
        order_source=VendureOrders(api, world.clock, settings),
        order_status=told,
        shipments=told,
        open_orders=VendureOpenOrders(api, world.clock, settings),
        stock_source=VendureStock(api, settings),
        stock_target=VendureStockWriter(api, settings),
        catalogue_source=products,
        catalogue_target=VendureProductWriter(api, facts, OptionWriter(api, facts), products),
    )


def order_page(settings: VendureSettings, order: str) -> str:
    """Return where the dashboard shows an order, at its usual path (platform file, "Access")."""
    return f"{settings.url.rstrip('/')}/dashboard/orders/{order}" if is_id(order) else ""


def _headers(secrets: Mapping[str, str]) -> Mapping[str, str]:
    key = secrets.get("api_key", "")
    if not key:
        raise NeedsAttention("There is no API key", where=TITLE, fix="Enter the key from Settings, API keys.")
    return {"vendure-api-key": key}


SPEC = ConnectorSpec(
    key="vendure",
    title=TITLE,
    settings=VendureSettings,
    secrets=VendureSecrets,
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
    webhook=VendureWebhook(),
    order_page=order_page,
    notes=NOTES,
)
