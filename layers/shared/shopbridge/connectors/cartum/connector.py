"""The Cartum connector: what it declares, and the parts it is made of."""

from collections.abc import Mapping
from typing import Final

from shopbridge.connectors.cartum.account import CartumAccount
from shopbridge.connectors.cartum.api import CartumApi, limits_of
from shopbridge.connectors.cartum.auth import token_grant
from shopbridge.connectors.cartum.catalogue.categories import kept_sections
from shopbridge.connectors.cartum.catalogue.plan import product_fields
from shopbridge.connectors.cartum.catalogue.read import CartumProducts
from shopbridge.connectors.cartum.catalogue.write import CartumProductWriter
from shopbridge.connectors.cartum.hooks import CartumHooks
from shopbridge.connectors.cartum.orders.open_orders import CartumOpenOrders
from shopbridge.connectors.cartum.orders.read import CartumOrders
from shopbridge.connectors.cartum.orders.status import CartumOrderStatus, CartumShipments, kept_statuses
from shopbridge.connectors.cartum.outcomes import TITLE, judge
from shopbridge.connectors.cartum.product_index import product_index
from shopbridge.connectors.cartum.settings import CartumSecrets, CartumSettings
from shopbridge.connectors.cartum.stock import CartumStock, CartumStockWriter
from shopbridge.connectors.cartum.webhook import hinted_order
from shopbridge.connectors.parts import Connector, Extra
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient

NOTES: Final = (
    "The API comes with some of Cartum's tariff plans only; verifying says when the shop's has none.",
    "The user's role in the shop's admin should be manager; other roles work as far as they may see orders.",
    "How many calls an hour allows, Cartum does not publish. When they are used up, all work waits as long as it says.",
    "Cartum cannot be asked what changed. Each poll reads the orders of the last day, and a part of the older ones.",
    "So every order of the last two months is read again in turns, each after 31 polls: 2 h 35 min at every 5 minutes.",
    "A quiet poll is two calls, and a login every ten minutes, as long as two days have no more than 500 orders.",
    "Hooks are unsigned hints: the order that one names is read at once. Some tariff plans never send them.",
    "The shop sends its hooks every 5 minutes, and each event has room for five addresses.",
    "Deleted orders are not noticed.",
    "VAT, country and time zone of orders are those of the settings: Cartum tells none of them.",
    "An order has one address, that of the delivery; one that is fetched has none.",
    "Names of people are one text in Cartum and are not taken apart: they travel as the last name.",
    "Whether a buyer has an account, Cartum does not tell: nobody counts as a guest.",
    "Texts of an order's lines have the language that its buyer shopped in.",
    "A delivery whose price is not calculated yet costs nothing.",
    "A coupon is a discount of the order as a whole; it is spread over the VAT rates of the goods.",
    "A set counts once: as itself, or as its parts where these have the money. A gift counts as a line of its own.",
    "As long as an order is not in the back office, a set holds the goods of its parts, too.",
    "An order is not moved out of a cancelled or successful status.",
    "An order that the bridge cancels is locked in Cartum, and its goods do not come back to the stock by themselves.",
    "The paid flag is written only with a status that paid_with_statuses names.",
    "An order has one tracking code: those of several shipments are written one after the other.",
    "Our document number has no place in an order: leave document_field empty.",
    "Stock is that of one warehouse; where warehouse accounting is off, only availability is written (stock_as).",
    "An article that is not there is never written, since Cartum would make a product of it; figures are read back.",
    "Rows with one parent_article are the variants of a product; they carry the attribute `Modification`.",
    "Products with variants are therefore held until products.attributes names `Modification`.",
    "Texts are read and written in one language; the others stay as they are.",
    "Price groups: `regular` is the price, or the old price above it; `sale` the price below an old one.",
    "Sections (categories) can be read and not written: make them in Cartum's admin. Pages of content are among them.",
    "A product has one section; VAT and characteristics cannot be written; images are not carried.",
    "No product can be deleted; what is gone at the source is hidden.",
    "Products are sent 50 in a call and at most 100 KB; what the shop says of each row is told.",
    "Assumed: an old price ends with 0.",
    "Assumed: stock falls when an order is placed (orders_lower_stock).",
    "Assumed: what a payment costs is not part of total_sum; times without a zone are those of the shop.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: CartumSettings, world: World) -> Connector:
    """Return the connector of one shop, whose parts share what was read."""
    clock, url = world.clock, settings.url.rstrip("/")
    client = PlatformClient(
        platform=TITLE,
        base_url=url,
        auth=BearerAuth(TITLE, url, token_grant(), world.tokens, world.secrets),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )
    api = CartumApi(client)
    statuses, index = kept_statuses(api, clock), product_index(api, clock, settings.page_size)
    sections = kept_sections(api, clock, settings)
    return Connector(
        account=CartumAccount(settings, api, statuses, world.tokens, world.secrets),
        order_source=CartumOrders(api, clock, settings),
        order_status=CartumOrderStatus(api, statuses, settings),
        shipments=CartumShipments(api),
        hook_subscriptions=CartumHooks(api),
        open_orders=CartumOpenOrders(api, clock, settings, statuses),
        stock_source=CartumStock(index, settings),
        stock_target=CartumStockWriter(api, index, settings),
        catalogue_source=CartumProducts(index, sections, settings),
        catalogue_target=CartumProductWriter(api, index, sections, settings),
    )


def without_number(_: CartumSettings) -> Mapping[Extra, NeedsAttention]:
    """Return why an order cannot keep a document's number."""
    return {
        "document_number": NeedsAttention(
            "Cartum's orders have no field for a document's number",
            where="orders.write_back.document_field",
            fix="Leave it empty, and orders.changes.document_link_field, too.",
        )
    }


SPEC = ConnectorSpec(
    key="cartum",
    title=TITLE,
    settings=CartumSettings,
    secrets=CartumSecrets,
    provides=(
        "order_source",
        "order_status",
        "shipments",
        "hook_subscriptions",
        "open_orders",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    lacks=without_number,
    product_fields=product_fields,
    hint=hinted_order,
    untold=("postcode",),
    notes=NOTES,
)
