"""The connector for RO App: what it declares, and the parts it is made of."""

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.parts import Connector
from shopbridge.connectors.roapp.account import RoAppAccount
from shopbridge.connectors.roapp.api import credentials, limits_of
from shopbridge.connectors.roapp.catalogue.read import RoAppProducts
from shopbridge.connectors.roapp.catalogue.write import RoAppProductWriter, product_fields, without_writes
from shopbridge.connectors.roapp.customers import RoAppCustomers
from shopbridge.connectors.roapp.lookup import RoAppOrderProducts
from shopbridge.connectors.roapp.orders.create import RoAppOrders
from shopbridge.connectors.roapp.orders.payload import order_fields
from shopbridge.connectors.roapp.orders.read import KEPT, RoAppProgress, statuses
from shopbridge.connectors.roapp.orders.status import RoAppChanges
from shopbridge.connectors.roapp.outcomes import TITLE, judge
from shopbridge.connectors.roapp.product_index import RoAppProductIndex
from shopbridge.connectors.roapp.settings import RoAppSecrets, RoAppSettings
from shopbridge.connectors.roapp.stock import RoAppStock
from shopbridge.connectors.roapp.webhook import RoAppWebhook
from shopbridge.connectors.spec import ConnectorSpec, World, host_of
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient

API_HOST, WEB = "api.roapp.io", "https://web.roapp.io"
"""Where programs ask, and where people work."""
NOTES = (
    "An order is made empty, then filled line by line, then given its status: a call each, three a second in all.",
    "The order number stands in a custom field, which has to be made in RO App by hand (`reference_field`).",
    "Each line names a product or a service: delivery, fees and discounts need an entry (`delivery_entry` and so on).",
    "Without `discount_entry` a discount lowers the prices of what was bought, in proportion to what it costs.",
    "Prices on orders include tax and are whole cents; tax is not written, since it may add to the price.",
    "Identify goods by: `orders.products.office_field`, which is `sku`, `code`, `barcode` (or `ean`) or `name`.",
    "A product that several products of RO App could be is never chosen: the order waits.",
    "A buyer is found by e-mail; where one side has none, by telephone and name. Several unlike ones wait.",
    "A guest gets a contact, too: no order is without one. A buyer with a company becomes an organization.",
    "Telephones of a contact that is there are not changed: RO App takes all of them or none.",
    "Managers are dealt out by the order number; which employees are managers of the location is not told.",
    "Once goods are written off, nothing of the shop is forced on the order: it waits for a person.",
    "A changed delivery or address becomes a private comment, or a line of the notes where comments are not taken.",
    "A line that is removed in the shop waits for a person, unless `zero_removed_lines` is set.",
    "Payments cannot be written: that an order is paid stands in its notes only.",
    "Which statuses mean cancelled is set (`cancelled_statuses`, `cancelled_group`); a reopened order is open again.",
    "Stock is read by warehouse. It is not written: documents move differences, and no call sets a figure.",
    "An order lowers the stock only when its goods are written off; the shop's open orders are taken off before that.",
    "Goods that are written off go on being taken off until the shop's order is completed and two weeks old.",
    "RO App does not tell what is reserved: choose `on_hand` in stock.formula.",
    "Assumed: a warehouse that does not list a product has none of it.",
    "Every SKU is a product of its own there: each variant of a product comes alone, named by its options.",
    "Products have no tax there: `product_tax` and `prices_include_tax` say what all have.",
    "The list of products is read once a day for orders; a newer one is asked for when an order names it.",
    "Products are written by calls of the older dialect (`product_writes`); categories cannot be made, nor taken away.",
    "Assumed: a product that is changed keeps what the change does not name; all that is known of it goes with it.",
    "No call takes a product off sale: set products.gone to report.",
    "Pictures are not carried.",
    "A webhook's signature covers its id alone: it makes orders be read, and nothing in it is believed.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: RoAppSettings, world: World) -> Connector:
    """Return the connector of one account."""
    client, clock = _client(settings, world), world.clock
    stock = RoAppStock(settings, client, clock)
    groups = Kept(lambda: statuses(client), clock, KEPT)
    writes = settings.product_writes != "no"
    return Connector(
        account=RoAppAccount(settings, client),
        order_target=RoAppOrders(settings, client, world.wiring, clock),
        order_changes=RoAppChanges(settings, client),
        order_progress=RoAppProgress(settings, client, clock, groups),
        customers=RoAppCustomers(client, clock),
        order_products=RoAppOrderProducts(settings, client, clock),
        stock_source=stock,
        catalogue_source=RoAppProducts(settings, client, stock),
        catalogue_target=RoAppProductWriter(settings, client, RoAppProductIndex(client, clock)) if writes else None,
    )


def order_page(settings: RoAppSettings, order: str) -> str:
    """Return where people open an order (client: several link there). Where other addresses lead is not known."""
    return f"{WEB}/orders/table/{order}" if host_of(settings.url) == API_HOST and order.isdecimal() else ""


def _client(settings: RoAppSettings, world: World) -> PlatformClient:
    return PlatformClient(
        platform=TITLE,
        base_url=settings.url.rstrip("/"),
        auth=HeaderAuth(world.secrets, credentials),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )


SPEC = ConnectorSpec(
    key="roapp",
    title="RO App",
    settings=RoAppSettings,
    secrets=RoAppSecrets,
    provides=(
        "order_target",
        "order_changes",
        "order_progress",
        "customers",
        "order_products",
        "stock_source",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    webhook=RoAppWebhook(),
    order_fields=order_fields,
    product_fields=product_fields,
    order_page=order_page,
    withheld=without_writes,
    notes=NOTES,
)
