"""The connector for SalesAutopilot: what it declares, and the parts it is made of."""

from collections.abc import Mapping

from shopbridge.connectors.parts import Connector, Extra
from shopbridge.connectors.salesautopilot.account import SalesAutopilotAccount
from shopbridge.connectors.salesautopilot.api import TITLE, credentials, limits_of
from shopbridge.connectors.salesautopilot.catalogue.categories import SalesAutopilotCategories
from shopbridge.connectors.salesautopilot.catalogue.plan import product_fields
from shopbridge.connectors.salesautopilot.catalogue.write import SalesAutopilotProductWriter
from shopbridge.connectors.salesautopilot.orders.create import SalesAutopilotOrders
from shopbridge.connectors.salesautopilot.orders.payload import order_fields
from shopbridge.connectors.salesautopilot.orders.status import SalesAutopilotChanges
from shopbridge.connectors.salesautopilot.outcomes import judge
from shopbridge.connectors.salesautopilot.product_index import SalesAutopilotProductIndex
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSecrets, SalesAutopilotSettings
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient


def build(settings: SalesAutopilotSettings, world: World) -> Connector:
    """Return the connector of one account, and of one order list in it."""
    client, clock = _client(settings, world), world.clock
    changes = SalesAutopilotChanges(settings, client, clock)
    index, categories = SalesAutopilotProductIndex(client, clock), SalesAutopilotCategories(client, clock)
    return Connector(
        account=SalesAutopilotAccount(settings, client),
        order_target=SalesAutopilotOrders(settings, client, changes),
        order_changes=changes,
        catalogue_target=SalesAutopilotProductWriter(settings, client, index, categories),
    )


def _client(settings: SalesAutopilotSettings, world: World) -> PlatformClient:
    return PlatformClient(
        platform=TITLE,
        base_url=settings.url.rstrip("/"),
        auth=HeaderAuth(world.secrets, credentials),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )


def without_number(_: SalesAutopilotSettings) -> Mapping[Extra, NeedsAttention]:
    """Return why the shop cannot be told a document's number."""
    return {
        "document_number": NeedsAttention(
            "SalesAutopilot gives an imported order no number of its own: its invoice is made later, by a program that "
            "is attached to the order list",
            where="orders.write_back.document_field",
            fix="Leave it empty; an invoice is found in SalesAutopilot by the shop's order number.",
        )
    }


NOTES = (
    "Orders are looked for by their number before they are sent: what a number does that comes twice is not known.",
    "An order list keeps one order of each number: a second one is held, never sent.",
    "Order numbers that are mere digits are best known to work. A slash in one becomes a hyphen.",
    "SalesAutopilot makes a product of each SKU that it does not know; a position without one goes by its name.",
    "Prices of one are net, with two decimals. Cents that are left over go with the shipping costs, or are a discount.",
    "Parts of a piece, and prices too fine for two decimals, are sent as one piece whose name tells the quantity.",
    "Fees go with the shipping costs, as in SalesAutopilot's own plug-in (`fees`).",
    "An order without an e-mail is held.",
    "Nobody's consent to letters is assumed: a rule that fills `consent` chooses `consent_form`. Nobody is subscribed.",
    "Addresses have no field for a name: another person's than the buyer's stands in the company's place.",
    "Sales channel, language, EANs, options and further deliveries have no field.",
    "Invoices are made by a program that is attached to the order list, started by a form, in its own time.",
    "So no document has a number yet when its order is imported, and none is read later: leave document_field empty.",
    "A status and a payment are told by forms of their own (`status_form`, `paid_form`); a cancellation is a status.",
    "At most two calls and one write a second are made: SalesAutopilot publishes no limit.",
    "Products have a name, a net price, a VAT and categories there: no text, EAN, stock, variants or sale price.",
    "Every SKU is a product of its own: each variant of a product comes alone, named by the product and its options.",
    "Categories are flat: names of a tree are joined with ` > `. Disabled ones are written as any other.",
    "A product that is gone is taken out of its categories; one without a category counts as not sold any more.",
    "The catalogue is one list that is read whole, every two minutes while products are made.",
    "The older address `restapi.emesz.com` leads to the same accounts.",
)

SPEC = ConnectorSpec(
    key="salesautopilot",
    title=TITLE,
    settings=SalesAutopilotSettings,
    secrets=SalesAutopilotSecrets,
    provides=("order_target", "order_changes", "catalogue_target"),
    build=build,
    order_fields=order_fields,
    product_fields=product_fields,
    lacks=without_number,
    notes=NOTES,
)
