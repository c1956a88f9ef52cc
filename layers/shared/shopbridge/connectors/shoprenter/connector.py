"""The Shoprenter connector: what it declares, and the parts it is made of."""

from shopbridge.connectors.parts import Connector
from shopbridge.connectors.shoprenter.account import ShoprenterAccount
from shopbridge.connectors.shoprenter.api import ShoprenterApi, limits_of
from shopbridge.connectors.shoprenter.app_registration import ShoprenterHandshake
from shopbridge.connectors.shoprenter.auth import token_grant
from shopbridge.connectors.shoprenter.catalogue.categories import ShoprenterCategories
from shopbridge.connectors.shoprenter.catalogue.plan import product_fields
from shopbridge.connectors.shoprenter.catalogue.read import ShoprenterProducts
from shopbridge.connectors.shoprenter.catalogue.variants import Choices
from shopbridge.connectors.shoprenter.catalogue.write import ShoprenterProductWriter
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.orders.open_orders import ShoprenterOpenOrders
from shopbridge.connectors.shoprenter.orders.read import ShoprenterOrders
from shopbridge.connectors.shoprenter.orders.status import ShoprenterOrderStatus
from shopbridge.connectors.shoprenter.outcomes import TITLE, judge
from shopbridge.connectors.shoprenter.product_index import ShoprenterProductIndex
from shopbridge.connectors.shoprenter.settings import ShoprenterSecrets, ShoprenterSettings
from shopbridge.connectors.shoprenter.stock import ShoprenterStock, ShoprenterStockWriter
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient

NOTES = (
    "Scopes to read orders: order.order:read, order.status:read, store.setting:read.",
    "Scopes for maps and verifying: payment.paymentMethod:read, shipping.shippingMethod:read, taxClass.taxClass:read.",
    "Scope to tell the shop what became of an order: order.order:write.",
    "Scopes to carry stock: product.product:read, product.attribute:read; to write it product.product:write.",
    "Scopes to write products: these and the next, product.category:write; for versions product.attribute:write.",
    "Scopes to read products: these, and product.category:read, taxClass.taxClass:read, localization.language:read.",
    "For the names of customer groups: customer.customerGroup:read.",
    "Which scopes a client has to write, its token tells where it can be read; else the first write does.",
    "An app's EntryPoint and UninstallUri are not served: uninstalling it is not noticed before the next call fails.",
    "The automation's webhook is not signed: a call to the token address makes the bridge look now.",
    "A poll reads what changed since three hours before, and hands over what has new content.",
    "Deleted orders are not noticed; a cart that nobody ordered is no order.",
    "The family name is in `firstname`, and is taken from there, also of buyers abroad.",
    "Order statuses are named by their numbers: a renamed status stays what it was.",
    "Whether an order is paid, Shoprenter does not tell: paid_statuses and paid_methods decide it.",
    "Quantities are what each warehouse gave for a line; options of a line are not read.",
    "An order whose lines, fees and discounts do not make up its total is held; gift wrapping has no known price.",
    "Discounts without a tax rate of their own go over the rates of the goods.",
    "An order is not moved out of a cancelled or final status; the settings say which these are.",
    "Our document's number becomes an invoice of the order; document_field says of which kind.",
    "Such an invoice cannot be looked up by order, so it is sent once at the most.",
    "Stock is kept by warehouse, `stock1` to `stock4`, as many as the shop uses; one of them is written.",
    "A parent is sold itself unless the shop has fictitious parents: then its own stock means nothing.",
    "What versions differ in is told by their product class; without it each is a product of its own.",
    "Price groups: `regular` and `sale` are the default customer group's, the others are named by their numbers.",
    "Disabled categories are read as disabled; a product that is out of stock for good counts as off sale.",
    "Products are read in the order of their numbers; a shop that lists them otherwise cannot be the source.",
    "A new product needs a name, an SKU, a tax and a price; without prices carried it is created switched off.",
    "One with versions needs a product class whose versions differ in its attributes, and an SKU above theirs.",
    "It goes on sale when all its versions have their values; values of attributes are made, attributes are not.",
    "Texts in other languages than `language` stay as they are, customer groups' prices, too.",
    "A written special price is the one that everybody pays now: it is changed, made, or ended.",
    "Not carried: images, files, tags, badges, related products, loyalty points, quantity discounts.",
    "Assumed: times are those of the shop's time zone; an order's time of change moves with each change of it.",
    "Assumed: totals and net prices are in the shop's own currency, and an order's value leads to its own.",
    "Assumed: discounts are deducted, whatever their sign; stock falls when an order is placed (orders_lower_stock).",
    "Assumed: a batch counts as one call against the three in a second.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: ShoprenterSettings, world: World) -> Connector:
    """Return the connector of one shop, whose parts share what was read."""
    api = ShoprenterApi(_client(settings, world), settings.api_address)
    facts = ShopFacts(api, settings, world.clock)
    index = ShoprenterProductIndex(facts)
    tree = ShoprenterCategories(facts)
    return Connector(
        account=ShoprenterAccount(facts, world.tokens),
        order_source=ShoprenterOrders(facts),
        order_status=ShoprenterOrderStatus(facts),
        open_orders=ShoprenterOpenOrders(facts),
        stock_source=ShoprenterStock(facts, index),
        stock_target=ShoprenterStockWriter(facts, index),
        catalogue_source=ShoprenterProducts(facts, index, tree),
        catalogue_target=ShoprenterProductWriter(facts, index, tree, Choices(facts, index)),
    )


def _client(settings: ShoprenterSettings, world: World) -> PlatformClient:
    grant = token_grant(settings.shop)
    return PlatformClient(
        platform=TITLE,
        base_url=settings.api_address,
        auth=BearerAuth(TITLE, settings.login_url.rstrip("/"), grant, world.tokens, world.secrets),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )


SPEC = ConnectorSpec(
    key="shoprenter",
    title=TITLE,
    settings=ShoprenterSettings,
    secrets=ShoprenterSecrets,
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
    handshake=ShoprenterHandshake(),
    notes=NOTES,
)
