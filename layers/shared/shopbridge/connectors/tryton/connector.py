"""The connector for Tryton: what it declares, and the parts it is made of."""

from collections.abc import Mapping

from shopbridge.connectors.parts import Connector, Extra
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.connectors.tryton.account import TrytonAccount
from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.auth import ContainerTokens, session_grant
from shopbridge.connectors.tryton.catalogue import TrytonProducts
from shopbridge.connectors.tryton.customers import TrytonCustomers
from shopbridge.connectors.tryton.lookup import TrytonOrderProducts
from shopbridge.connectors.tryton.orders.create import TrytonOrders
from shopbridge.connectors.tryton.orders.payload import order_fields
from shopbridge.connectors.tryton.orders.read import TrytonProgress
from shopbridge.connectors.tryton.orders.status import TrytonChanges
from shopbridge.connectors.tryton.outcomes import TITLE, judge
from shopbridge.connectors.tryton.settings import TrytonSecrets, TrytonSettings
from shopbridge.connectors.tryton.stock import TrytonStock
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient

NOTES = (
    "Written for Tryton 8.2; 8.0 and later answer at the same address, older ones do not.",
    "An order is a sale, made whole by one call, then quoted and confirmed: shipment and draft invoice follow at once.",
    "The order number is the sale's reference, not unique in Tryton: it is searched for after every doubt.",
    "How far a sale was to go stands in the last line of its comment, such as `[processing]`: leave it there.",
    "A sale that comes to another total than the order stays a quotation, and you are told.",
    "Prices are without tax, with four decimals. A cent that they cannot express is a line of its own without tax.",
    "A buyer is found by e-mail. A buyer without one is a new party each time, as is a guest whose e-mail is new.",
    "Addresses are added to a party, never changed: sales that were made point to theirs.",
    "Tryton checks VAT numbers, and refuses a new party with a wrong one (`send_vat_ids`).",
    "The payment map names terms of payment; how the order is paid stands in the comment.",
    "Payments are not booked.",
    "A processed sale is called off with its shipment and draft invoice, unless it is packed or invoiced.",
    "A sale that was called off after it was processed cannot be taken up again: that waits for a person.",
    "Changed lines and addresses of a sale are not carried.",
    "A sale whose goods have all left is told as `shipped`. Tracking codes are not told: the modules keep none.",
    "Stock is read by warehouse, and what is planned within `forecast_days` counts. It is not written.",
    "Products are found by code (`sku`) or barcode (`ean`), and not created. Each variant is a product of its own.",
    "Only salable products are read. Prices of price lists and pictures are not carried.",
    "Tryton calls nobody: changes are read every few minutes.",
    "Tryton ties a session to an address, so each container logs in for itself.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: TrytonSettings, world: World) -> Connector:
    """Return the connector of one company."""
    api = TrytonApi(settings, _client(settings, world), world.clock)
    stock = TrytonStock(settings, api)
    return Connector(
        account=TrytonAccount(settings, api),
        order_target=TrytonOrders(settings, api),
        order_changes=TrytonChanges(api),
        order_progress=TrytonProgress(settings, api),
        customers=TrytonCustomers(api),
        order_products=TrytonOrderProducts(api),
        stock_source=stock,
        catalogue_source=TrytonProducts(settings, api, stock),
    )


def _client(settings: TrytonSettings, world: World) -> PlatformClient:
    base = f"{settings.url.rstrip('/')}/{settings.database}"
    return PlatformClient(
        platform=TITLE,
        base_url=base,
        auth=BearerAuth(TITLE, base, session_grant(), ContainerTokens(world.clock), world.secrets),
        wiring=world.wiring,
        judge=judge,
        limits=lambda _: (),
    )


def without_new_products(_: TrytonSettings) -> Mapping[Extra, NeedsAttention]:
    """Return why a product that an order names is not made."""
    return {
        "new_products": NeedsAttention(
            "What a product is booked as in Tryton is for a person to say",
            where="orders.products.missing",
            fix="Choose `hold` or `free_text`, and make the product there.",
        )
    }


SPEC = ConnectorSpec(
    key="tryton",
    title="Tryton",
    settings=TrytonSettings,
    secrets=TrytonSecrets,
    provides=(
        "order_target",
        "order_changes",
        "order_progress",
        "customers",
        "order_products",
        "stock_source",
        "catalogue_source",
    ),
    build=build,
    lacks=without_new_products,
    order_fields=order_fields,
    notes=NOTES,
)
