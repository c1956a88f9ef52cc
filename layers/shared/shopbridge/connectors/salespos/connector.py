"""The connector for CCV SalesPOS: what it declares, and what it can do."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from shopbridge.connectors.salespos import directory, wire
from shopbridge.connectors.salespos.account import Account
from shopbridge.connectors.salespos.calls import API, created, get, patch, post
from shopbridge.connectors.salespos.catalogue import Catalogue
from shopbridge.connectors.salespos.categories import Categories
from shopbridge.connectors.salespos.directory import PAGE, Sweep
from shopbridge.connectors.salespos.fields import order_fields, product_fields
from shopbridge.connectors.salespos.limits import limits_of
from shopbridge.connectors.salespos.maps import draft_of, note_of, product_input, user_input
from shopbridge.connectors.salespos.numbers import Numbers
from shopbridge.connectors.salespos.open_rows import OpenOrders
from shopbridge.connectors.salespos.orders import ONLY_ONCE, Orders
from shopbridge.connectors.salespos.outcomes import judge_with
from shopbridge.connectors.salespos.people import buyer_changes
from shopbridge.connectors.salespos.product_plan import plan
from shopbridge.connectors.salespos.product_target import ProductFinder, Retiring, deactivate
from shopbridge.connectors.salespos.product_writing import ProductWriter
from shopbridge.connectors.salespos.products_source import ProductList, terms_of
from shopbridge.connectors.salespos.settings import SalesPosSecrets, SalesPosSettings
from shopbridge.connectors.salespos.signing import checker, signer
from shopbridge.connectors.salespos.stock_source import StockOnHand
from shopbridge.connectors.salespos.stock_target import TRAITS, Standings, StockWriter
from shopbridge.connectors.salespos.whole import WholeProducts
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected
from shopbridge.http.auth import SignedAuth
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    Category,
    ProductChange,
    ProductDraft,
    ProductOutcome,
    ProductPage,
    TargetProduct,
)
from shopbridge.model.ledger import Reason
from shopbridge.model.office import (
    DirectoryEntry,
    DirectoryPage,
    Identity,
    OrderDraft,
    OrderParts,
    OrderReceipt,
    Vocabulary,
)
from shopbridge.model.order import Order
from shopbridge.model.party import Address, Customer
from shopbridge.model.stock import StockChange, StockLevel, StockPage, StockTraits
from shopbridge.model.stock_settings import ManageStock
from shopbridge.ports import (
    CatalogueSource,
    CatalogueTarget,
    Clock,
    Office,
    StockReader,
    StockSource,
    StockTarget,
)

SIZE = str(PAGE)


class SalesPos:
    """One SalesPOS account."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._account = Account(settings, client, clock)
        self._orders = Orders(settings, client, self._account, clock)
        self._catalogue = Catalogue(client, clock)
        self._categories = Categories(client, settings.language)
        numbers = Numbers(client, clock)
        open_orders = OpenOrders(client, clock, at_completion=settings.deducts_stock == "at_completion")
        self._stock = StockOnHand(client, self._account, open_orders, numbers)
        self._stock_writer = StockWriter(client, open_orders, numbers)
        self._retiring = Retiring(client, numbers)
        self._standings = partial(Standings, numbers, open_orders)
        products = WholeProducts(client, numbers, settings.language)
        self._product_list = ProductList(client, self._account, settings, products)
        self._finder = ProductFinder(numbers, products, settings.tax_tariffs)
        self._product_writer = ProductWriter(client, self._account, settings, numbers, products)

    def ping(self) -> Identity:
        """Four reads: rights, shop, settings, packages. Raises NeedsAttention with what is missing."""
        return self._account.identity()

    def vocabulary(self) -> Vocabulary:
        """What the maps may name; categories where the key may read them."""
        words = dict(self._account.vocabulary())
        if self._account.may_call("categorytree"):
            words["category"] = self._categories.choices()
        return words

    # --- orders ---------------------------------------------------------------------------------------------

    def order_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan_order(self, order: Order, parts: OrderParts) -> OrderDraft:
        """The order as the body of its creation; the package of free rows is filled in when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Day, payment and shipping method, sales channel and comment; empty where notes are switched off."""
        return note_of(order, parts) if self._settings.notes else ""

    def reference_of(self, name: str) -> str:
        """The reservation number, with the prefix: there is no field for a number of another system."""
        return self._settings.reference_prefix + name

    def create_order(self, draft: OrderDraft, *, again: bool = False) -> OrderReceipt:
        """Create it: SalesPOS takes any number of orders with one reservation number.

        Raises:
            Held: The payload is not one SalesPOS takes.
            OutcomeUnknown: It may have been created.
        """
        del again
        return self._orders.create(draft)

    def find_orders(self, reference: str, since: datetime, *, afresh: bool) -> Iterator[OrderReceipt]:
        """Look among the orders since a day before ``since``: there is no filter on the reservation number."""
        return self._orders.find(reference, since, afresh=afresh)

    def read_order(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""
        return self._orders.read(order_id)

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; ``first`` says that none of ours is there, which saves a look."""
        self._orders.add_note(order_id, note, first=first)

    # --- customers ------------------------------------------------------------------------------------------

    def changed_customers(self, mark: str | None) -> DirectoryPage:
        """One page of customers by ascending id. A changed e-mail of a known customer does not show."""
        place = Sweep.parse(mark)
        page = self._client.read(get("/users/", orderby="id", start=str(place.start), size=SIZE), wire.USERS)
        after = directory.sweep_step(place, [user.id for user in page.items], more=page.next is not None)
        new = [user for user in page.items if user.id > place.last] if after.start >= place.start else []
        return DirectoryPage(
            entries=directory.customer_entries(new),
            mark=after.text(),
            complete=page.next is None and after.start >= place.start,
        )

    def check_customer(self, customer: Customer, billing: Address, shipping: Address) -> wire.UserInput:
        """The user that would be created, with a password nobody knows. Raises Held when it cannot be."""
        return user_input(
            customer, billing, shipping, self._settings.customer_group, password=secrets.token_urlsafe(24)
        )

    def create_customer(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a user with a password nobody knows.

        Raises:
            AlreadyDone: The e-mail is a user's name there already, or SalesPOS created it without naming its id.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check_customer(customer, billing, shipping)
        user = created(self._client.send(post("/users/", wire.body_of(body))), wire.CREATED)
        if user is None:
            raise AlreadyDone("SalesPOS created the customer without naming its id", where="SalesPOS users")
        return ExternalId(str(user.id))

    def update_customer(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write what the shop knows; fields it leaves empty are not sent.

        [inferred] That a PATCH leaves the fields of ``userinfo`` alone that it does not name.
        """
        changes = {"userinfo": wire.body_of(buyer_changes(customer, billing, shipping))}
        try:
            self._client.send(patch(f"/users/{customer_id}/", changes))
        except AlreadyDone:
            return

    # --- products -------------------------------------------------------------------------------------------

    def changed_products(self, mark: str | None, field: str) -> DirectoryPage:
        """One page of products: all by ascending id once a day, in between the newest changes."""
        return self._catalogue.changed(mark, field)

    def find_product(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for the products with this number, and their variants with it. One call.

        A variant whose product has another number is only found by ``changed_products``.
        """
        return self._catalogue.find(field, key)

    def check_product(self, order: Order, line_id: str, tax: str) -> wire.ProductInput:
        """The product that would be created. Raises Held when the line does not say enough for one."""
        return product_input(
            order,
            next(line for line in order.lines if line.id == line_id),
            tax,
            settings=self._settings,
            package_id=self._account.package_id,
            prices_with_tax=self._account.prices_include_tax,
        )

    def create_product(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product a line sells, without stock keeping.

        Raises:
            Held: It cannot be created from what the line says.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check_product(order, line_id, tax)
        try:
            product = created(self._client.send(post("/products/", wire.body_of(body))), wire.CREATED)
        except AlreadyDone as clash:
            raise Rejected(clash.what, code="500.40", where=clash.where, fix=ONLY_ONCE) from clash
        if product is None:
            raise OutcomeUnknown(
                "SalesPOS created the product without naming its id", where=f"product {body.productnumber}"
            )
        return ExternalId(str(product.id))

    # --- stock ----------------------------------------------------------------------------------------------

    def stock_page(self, position: str | None) -> StockPage:
        """Up to 250 products with their variants."""
        return self._stock.page(position)

    def stock_of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """The records with these numbers, asked for one by one."""
        return self._stock.of(skus)

    @property
    def stock_traits(self) -> StockTraits:
        """One call for each figure, by id; fractions are kept."""
        return TRAITS

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """What orders that are not completed will still take; no call where orders lower the stock at once."""
        return self._stock_writer.will_deduct(skus)

    def write_stock(
        self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str
    ) -> Mapping[str, Reason]:
        """Write absolute figures; SalesPOS knows no warehouses."""
        return self._stock_writer.write(changes, manage, warehouse)

    def stock_reader(self) -> StockReader:
        """Reads page by page, as far as it is asked for."""
        return self._standings()

    # --- catalogue ------------------------------------------------------------------------------------------

    def categories(self) -> Sequence[Category]:
        """All categories, in one call."""
        return self._categories.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown when it may have been created."""
        return self._categories.write(category, known)

    def product_page(self, position: str | None) -> ProductPage:
        """Up to 250 whole products."""
        return self._product_list.page(position)

    @property
    def product_batch(self) -> int:
        """Each product is a call of its own, and with variants several."""
        return 1

    @property
    def currency(self) -> CurrencyCode:
        """The shop's own."""
        return self._account.currency

    def product_fields(self) -> Mapping[str, TargetField]:
        """Every field of a product and its variants that the merchant's rules may set."""
        return product_fields()

    def find_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """The products with these numbers, their own or a variant's."""
        return self._finder.find(skus)

    def plan_product(self, change: ProductChange) -> ProductDraft:
        """The change as SalesPOS takes it; asks for the shop's settings now and then."""
        return plan(change, terms_of(self._account, self._settings))

    def write_products(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Create or update them; a creation whose answer was lost is a failure, and is looked up at the next run."""
        return self._product_writer.write(drafts)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """By a reading of all products that is ten minutes old at the most."""
        return self._retiring.on_sale(skus)

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take single variants off sale."""
        return self._retiring.deactivate(variants)

    def deactivate_products(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products off sale."""
        return deactivate(self._client, ids)


def build(settings: SalesPosSettings, world: World) -> SalesPos:
    """A connector for one account."""
    client = PlatformClient(
        platform="SalesPOS",
        base_url=settings.url.rstrip("/") + API,
        auth=SignedAuth(world.secrets, signer(world.clock), checker(settings.verify_answers)),
        wiring=world.wiring,
        judge=judge_with(world.clock),
        limits=limits_of(settings.limit_factor),
    )
    return SalesPos(settings, client, world.clock)


SPEC = ConnectorSpec(
    key="salespos",
    title="CCV SalesPOS",
    settings=SalesPosSettings,
    secrets=SalesPosSecrets,
    provides=(
        "order_target",
        "customer_target",
        "product_target",
        "stock_source",
        "stock_target",
        "catalogue_source",
        "catalogue_target",
    ),
    build=build,
    order_fields=order_fields,
    product_fields=product_fields,
    notes=(
        "Day and payment method cannot be set on an order: they are written into a note beside the order.",
        "Customers are found by e-mail in a list that is read once and then continued: changed e-mails go unnoticed.",
        "A variant is found by its own numbers; a product whose stock lies on its variants is not sold itself.",
        "Discounts are rows with a negative price, one for each tax rate; that SalesPOS takes them is assumed.",
        "Cents that rounding leaves over are booked as extra costs or as a row, both called Rounding.",
        "What rounding to cash (0.05, 0.50, 1.00) adds or takes off is a row Rounding without tax.",
        "A line whose price is finer than a cent becomes two rows with neighbouring prices: see price_decimals.",
        "SalesPOS chooses the tax rate of shipping costs itself: they become rows unless the order has one rate only.",
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

if TYPE_CHECKING:
    _: type[Office] = SalesPos
    _stock_source: type[StockSource] = SalesPos
    _stock_target: type[StockTarget] = SalesPos
    _catalogue_source: type[CatalogueSource] = SalesPos
    _catalogue_target: type[CatalogueTarget] = SalesPos
