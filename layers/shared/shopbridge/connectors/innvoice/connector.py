"""The connector for InnVoice: what it declares, and the parts it is made of."""

from collections.abc import Mapping
from urllib.parse import quote

from shopbridge.connectors.innvoice.account import InnVoiceAccount
from shopbridge.connectors.innvoice.api import credentials, limits_of
from shopbridge.connectors.innvoice.catalogue import InnVoiceProducts, InnVoiceProductWriter
from shopbridge.connectors.innvoice.orders.create import InnVoiceOrders
from shopbridge.connectors.innvoice.orders.documents import InnVoiceDocuments, without_documents
from shopbridge.connectors.innvoice.orders.payload import order_fields
from shopbridge.connectors.innvoice.orders.payments import InnVoicePayments, without_payments
from shopbridge.connectors.innvoice.outcomes import judge
from shopbridge.connectors.innvoice.product_index import InnVoiceProductIndex
from shopbridge.connectors.innvoice.settings import InnVoiceSecrets, InnVoiceSettings
from shopbridge.connectors.innvoice.stand_in import StandIn, without_writes
from shopbridge.connectors.innvoice.stock import InnVoiceStock, InnVoiceStockWriter
from shopbridge.connectors.parts import Capability, Connector
from shopbridge.connectors.spec import ConnectorSpec, OrderFact, World
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import HeaderAuth
from shopbridge.http.client import PlatformClient

NOTES = (
    "Nothing of InnVoice's own API page could be read: what is here comes from published clients of others.",
    "Only the list of books, making and reading documents, and the list of products are known calls.",
    "Our own stand-ins: writing stock and products (`stand_in_writes`), SKUs on lines (`stand_in_stock_by_sku`).",
    "An invoice is final: the default is a draft (`document`), which people look at and close in InnVoice.",
    "Documents keep no order number of ours and cannot be searched: one whose answer is lost waits for a person.",
    "No call changes or cancels a document: changed and cancelled orders are told, and seen to by hand there.",
    "A pro forma becomes an invoice once its order is paid (`document`, `paid`); no call marks that invoice as paid.",
    "Documents have no field for e-mail address, delivery address and comment; InnVoice mails nothing for the API.",
    "The bridge can mail them instead: `orders.document_mail`, once each, never what is set aside.",
    "Assumed: their PDF lies at `innvoice.hu`, below it, or at a host that `print_hosts` names.",
    "Prices on documents include VAT, so the total is the shop's to the cent, in net shops too.",
    "A discount lowers the prices of lines with the same VAT (`discounts`); its name is not on the document.",
    "0 % VAT always needs an entry in the tax map: only its text says why nothing is charged.",
    "A price that would be finer than a cent becomes two lines with neighbouring prices.",
    "A company without a Hungarian tax number, and one with a foreign one, gets a draft (`wrong_tax_number`).",
    "Each reading of stock or products is the whole list of products, in one answer, at most every ten minutes.",
    "So set stock.at_once to false where InnVoice tells the stock.",
    "InnVoice does not tell what is reserved: choose `on_hand` in stock.formula.",
    "Warehouses and price groups are known by name, or as `#1`, `#2` by their place where the list has no names.",
    "Assumed: the list's words for warehouse, price group and product group (`Raktar_Nev` and so on).",
    "Products have no texts, images and tax here; `product_tax` tells the tax where all have the same.",
    "Every SKU is a product of its own: each variant of a product comes alone, named by the product and its options.",
    "An account that lists no product at all is taken for one that cannot be read.",
    "Assumed: one call a second and days of Budapest; InnVoice publishes neither limits nor codes of errors.",
    "Switch InnVoice's own connection to the shop off for what travels here, or both will write the same data.",
)
"""What an operator should know of the connector, for its docs page."""


def build(settings: InnVoiceSettings, world: World) -> Connector:
    """Return the connector of one account, whose parts share the list of products."""
    client, clock = _client(settings, world), world.clock
    index = InnVoiceProductIndex(client, clock)
    stand_in = StandIn(client) if settings.stand_in_writes else None
    documents = InnVoiceOrders(settings, client, clock)
    return Connector(
        account=InnVoiceAccount(settings, client),
        order_target=documents,
        order_changes=InnVoicePayments(client, clock, documents) if settings.invoices_proformas else None,
        document_source=None if without_documents(settings) else InnVoiceDocuments(settings, client),
        stock_source=InnVoiceStock(index),
        stock_target=InnVoiceStockWriter(stand_in, index, settings) if stand_in else None,
        catalogue_source=InnVoiceProducts(index, settings),
        catalogue_target=InnVoiceProductWriter(stand_in, index, settings) if stand_in else None,
    )


def _client(settings: InnVoiceSettings, world: World) -> PlatformClient:
    return PlatformClient(
        platform="InnVoice",
        base_url=f"{settings.url.rstrip('/')}/{quote(settings.company, safe='')}",
        auth=HeaderAuth(world.secrets, credentials),
        wiring=world.wiring,
        judge=judge,
        limits=limits_of(settings.limit_factor),
    )


def _withheld(settings: InnVoiceSettings) -> Mapping[Capability, NeedsAttention]:
    return {**without_payments(settings), **without_documents(settings), **without_writes(settings)}


def _wanted(settings: InnVoiceSettings) -> Mapping[OrderFact, NeedsAttention]:
    if settings.postcode_unknown.strip():
        return {}
    missing = NeedsAttention(
        "InnVoice makes no document without a postcode, and this shop's orders have none: every order would be held",
        where="InnVoice, postcode_unknown",
        fix="Set postcode_unknown to what shall stand there; ask your accountant what that may be.",
    )
    return {"postcode": missing}


SPEC = ConnectorSpec(
    key="innvoice",
    title="InnVoice",
    asks_a_person=True,
    settings=InnVoiceSettings,
    secrets=InnVoiceSecrets,
    provides=(
        "order_target",
        "order_changes",
        "document_source",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    order_fields=order_fields,
    inferred=("stock_target", "catalogue_target"),
    withheld=_withheld,
    wanted=_wanted,
    notes=NOTES,
)
