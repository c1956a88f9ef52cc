"""The Shopware connector: what it declares, and the parts it is made of."""

from collections.abc import Iterator

from shopbridge.connectors.parts import Connector
from shopbridge.connectors.shopware.account import ShopwareAccount
from shopbridge.connectors.shopware.api import AdminApi, ShopClock
from shopbridge.connectors.shopware.app_registration import ShopwareHandshake
from shopbridge.connectors.shopware.auth import token_grant
from shopbridge.connectors.shopware.catalogue.plan import product_fields
from shopbridge.connectors.shopware.catalogue.read import ShopwareProducts
from shopbridge.connectors.shopware.catalogue.references import KnownProperties
from shopbridge.connectors.shopware.catalogue.write import ShopwareProductWriter
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts, is_id
from shopbridge.connectors.shopware.orders.read import ShopwareOrders
from shopbridge.connectors.shopware.orders.status import ShopwareOrderStatus
from shopbridge.connectors.shopware.outcomes import judge
from shopbridge.connectors.shopware.settings import ShopwareSecrets, ShopwareSettings
from shopbridge.connectors.shopware.stock.open_orders import ShopwareOpenOrders
from shopbridge.connectors.shopware.stock.read import ShopwareStock
from shopbridge.connectors.shopware.stock.write import ShopwareStockWriter
from shopbridge.connectors.shopware.webhook import ShopwareWebhook
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient

READ_RIGHTS = (
    "order, order_line_item, order_address, order_customer, order_delivery, order_transaction, customer, salutation, "
    "country, country_state, currency, language, locale, sales_channel, tag, payment_method, shipping_method, "
    "state_machine, state_machine_state, tax"
)
STOCK_RIGHTS = "product, order, order_line_item, state_machine_state"
PRODUCT_RIGHTS = (
    "product, product_configurator_setting, product_option, product_property, product_category, product_media, "
    "property_group, property_group_option, category, tax, currency, language, locale"
)
PRODUCT_WRITE_RIGHTS = (
    "product, product_configurator_setting, product_visibility, product_option, product_property, product_category, "
    "property_group, property_group_option, category"
)


TELLING_RIGHTS = (("order", "update"), ("order_delivery", "update"), ("state_machine_history", "create"))
"""To tell the shop what became of its orders: fields and status, tracking codes, and the status' history."""
EVENTS = (
    ("orderPlaced", "checkout.order.placed"),
    ("orderPaid", "state_enter.order_transaction.state.paid"),
    ("orderWritten", "order.written"),
)
_MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:noNamespaceSchemaLocation="https://raw.githubusercontent.com/shopware/shopware/trunk/src/Core/Framework/App/\
Manifest/Schema/manifest-2.0.xsd">
    <meta>
        <name>Shopbridge</name>
        <label>Shopbridge</label>
        <author>Your company</author>
        <copyright>Your company</copyright>
        <version>1.0.0</version>
        <license>Apache-2.0</license>
    </meta>
    <setup>
        <registrationUrl>{hooks}/app/register</registrationUrl>
        <secret>{secret}</secret>
    </setup>
    <permissions>
{rights}
    </permissions>
    <webhooks>
{events}
    </webhooks>
</manifest>
"""


def build(settings: ShopwareSettings, world: World) -> Connector:
    """Return the connector of one shop."""
    facts = ShopFacts(settings, AdminApi(_client(settings, world), ShopClock(world.clock)))
    told = ShopwareOrderStatus(facts)
    return Connector(
        account=ShopwareAccount(facts),
        order_source=ShopwareOrders(facts),
        order_status=told,
        shipments=told,
        open_orders=ShopwareOpenOrders(facts, world.clock),
        stock_source=ShopwareStock(facts),
        stock_target=ShopwareStockWriter(facts),
        catalogue_source=ShopwareProducts(facts),
        catalogue_target=ShopwareProductWriter(facts, KnownProperties(world.clock)),
    )


def order_page(settings: ShopwareSettings, order: str) -> str:
    """Return where the administration shows an order (client: many plugins link there)."""
    return f"{settings.url.rstrip('/')}/admin#/sw/order/detail/{order}" if is_id(order) else ""


def app_manifest(public_url: str, connection: str, secret: str) -> str:
    """Return the manifest of the app that a shop installs for a connection, with the rights of all that we can do.

    What stands in it is an address of ours, an id and a text of digits: nothing needs escaping.
    """
    hooks = f"{public_url}/hooks/{connection}"
    return _MANIFEST.format(hooks=hooks, secret=secret, rights="\n".join(_rights()), events="\n".join(_events(hooks)))


def _rights() -> Iterator[str]:
    read = dict.fromkeys((*READ_RIGHTS.split(", "), *PRODUCT_RIGHTS.split(", ")))
    yield from (f"        <read>{entity}</read>" for entity in read)
    yield from (f"        <{act}>{entity}</{act}>" for entity, act in TELLING_RIGHTS)
    for entity in PRODUCT_WRITE_RIGHTS.split(", "):
        yield from (f"        <{act}>{entity}</{act}>" for act in ("create", "update", "delete"))


def _events(url: str) -> Iterator[str]:
    yield from (f'        <webhook name="{name}" url="{url}" event="{event}"/>' for name, event in EVENTS)


def _client(settings: ShopwareSettings, world: World) -> PlatformClient:
    """Shopware limits nothing but logins, so calls draw from no bucket (platform file, D13)."""
    base_url = settings.url.rstrip("/") + "/api"
    grant = token_grant(world.wiring.limiter, settings.limit_factor)
    auth = BearerAuth(TITLE, base_url, grant, world.tokens, world.secrets)
    return PlatformClient(TITLE, base_url, auth, world.wiring, judge)


SPEC = ConnectorSpec(
    key="shopware",
    title=TITLE,
    settings=ShopwareSettings,
    secrets=ShopwareSecrets,
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
    webhook=ShopwareWebhook(),
    handshake=ShopwareHandshake(),
    product_fields=product_fields,
    tells_time=True,
    order_page=order_page,
    app_manifest=app_manifest,
    notes=(
        f"Rights an integration needs to read: {READ_RIGHTS}; also product, unless its codes are switched off.",
        "Rights to write back: update on order, create on state_machine_history.",
        "Rights to write tracking codes: update on order_delivery.",
        f"Rights to carry stock: read on {STOCK_RIGHTS}; to write it also update on product.",
        f"Rights to read products: read on {PRODUCT_RIGHTS}.",
        f"Rights to write products: those, and create, update and delete on {PRODUCT_WRITE_RIGHTS}.",
        "Deleted orders are not noticed.",
        "An order is moved only while it is open or in progress, and through Shopware's own states on the way.",
        "Payment states that plugins add hold their orders until own_payment_states says what they mean.",
        "All payments of an order are judged together by their amounts, whichever is the primary one.",
        "Payment `paid`: what is paid covers the total, also when there is nothing to pay.",
        "Payment `authorized`: it does so only together with what is authorized.",
        "Payment `paid_partially`: it is less; held as paid_in_part unless that state is taken.",
        "Payment `refunded_partially` or `refunded`: it was paid, and is told as given back; `chargeback` is not paid.",
        "Where nothing came in, the payment that may still be made counts, else the newest; without any it is `none`.",
        "Stock falls when an order is completed up to 6.5, from 6.6 on when it is placed; both are taken into account.",
        "Orders of sales channels that are not chosen do not count as open.",
        "Warehouses of commercial extensions are not known: there is one figure for each SKU.",
        "SKUs are matched as they are written, capitals included; blanks around them are cut.",
        "Prices are read and written in one currency: the price, and a list price above it.",
        "Rule and quantity prices and prices in other currencies are left alone.",
        "The other amount of a price follows from the product's tax: net to ten decimals, gross to the cent.",
        "Categories and properties that are written become what the source has; those outside root_category stay.",
        "To keep what was added in the shop, set their policy to on_create or only_if_empty.",
        "A new product needs a name, an SKU, a tax and a price; without prices carried it is created switched off.",
        "Variants that the source does not have stay, and are named.",
        "Not carried: images, manufacturers, units, rule prices, cross-selling.",
        "Assumed: a shop of 6.5 has Shopware's default stock model; with the later one the figures come out right too.",
        "Assumed: several taxes of one rate mean the same; the first by position is taken for new products.",
        "Assumed: a webhook older than five minutes need not be taken.",
        "Assumed: without the sw-version header, a shop cannot prove its secret when it registers again.",
        "Assumed: the price of a group of line items includes its children's.",
    ),
)
