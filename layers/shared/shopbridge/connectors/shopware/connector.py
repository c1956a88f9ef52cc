"""The Shopware connector: what it declares, and what it can do; each thing itself is done in a module of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from shopbridge.connectors.shopware import criteria
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.categories import Categories
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.handshake import ShopwareHandshake
from shopbridge.connectors.shopware.login import token_grant
from shopbridge.connectors.shopware.number_ranges import shared_numbers
from shopbridge.connectors.shopware.open_orders import open_orders
from shopbridge.connectors.shopware.order_changes import TABLES, OrderChanges
from shopbridge.connectors.shopware.outcomes import GONE, judge
from shopbridge.connectors.shopware.product_drafts import plan, product_fields
from shopbridge.connectors.shopware.product_lookup import ProductLookup
from shopbridge.connectors.shopware.product_writing import PRODUCT_BATCH, ProductWriter
from shopbridge.connectors.shopware.products import ProductReader
from shopbridge.connectors.shopware.reading import read_orders
from shopbridge.connectors.shopware.settings import ShopwareSecrets, ShopwareSettings
from shopbridge.connectors.shopware.states import MOST_STEPS, Stay, Step, next_step
from shopbridge.connectors.shopware.stock import ShopwareStock, standings, stock_of, stock_page
from shopbridge.connectors.shopware.stock_writing import NO_WAREHOUSES, STOCK_TRAITS, StockWriter
from shopbridge.connectors.shopware.versions import version_notes
from shopbridge.connectors.shopware.vocabulary import read_vocabulary
from shopbridge.connectors.shopware.webhook import ShopwareWebhook
from shopbridge.connectors.shopware.wire import Named
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Unfinished
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, OrderId
from shopbridge.model.batches import in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, ProductPage, TargetProduct
from shopbridge.model.ledger import Reason
from shopbridge.model.office import Identity, OrderPage, UnreadableOrder, Vocabulary
from shopbridge.model.order import Order
from shopbridge.model.stock import OpenOrder, Standing, StockChange, StockLevel, StockPage, StockTraits
from shopbridge.model.stock_settings import ManageStock
from shopbridge.ports import Clock, StockReader

TITLE = "Shopware"
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

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True)
class ShopwareShop:
    """One shop; made by ``build``."""

    settings: ShopwareSettings
    api: AdminApi
    clock: Clock

    def ping(self) -> Identity:
        """The shop's release and sales channels, after trying out every right that reading orders takes.

        Rights to write cannot be tried without writing; a missing one shows at the first write-back.

        Raises:
            NeedsAttention: Address, credentials or rights are wrong, or the shop lacks something the settings name.
        """
        about = self.api.about()
        channels = self._channels()
        self._check_choices()
        for table in TABLES:
            self._changes.page(about.now, f"{table}:", 1)
        return Identity(
            name=", ".join(channels.values()),
            version=about.version,
            notes=version_notes(about.version),
            accounts=tuple(channels),
            shared_numbers=shared_numbers(self.api, channels),
        )

    def vocabulary(self) -> Vocabulary:
        """What maps and settings may name."""
        return read_vocabulary(self.api)

    def server_time(self) -> datetime:
        """The shop's clock."""
        return self.api.about().now

    def changed_orders(self, since: datetime, position: str | None) -> OrderPage:
        """A page of whole orders; ``position`` names a table and an order's ``autoIncrement``."""
        try:
            rows, following = self._changes.page(since, position, criteria.ORDER_PAGE)
        except Unfinished:
            # Huge orders may be more than the shop's time or memory, or ours; a few of them are not.
            rows, following = self._changes.page(since, position, criteria.SMALL_PAGE)
        orders, unreadable = read_orders(rows, self.settings.own_payment_states, ZoneInfo(self.settings.time_zone))
        return OrderPage(orders=tuple(orders), unreadable=tuple(unreadable), position=following)

    def orders(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """These orders, without those of sales channels that were not chosen; one call for each page of ids."""
        rows = (row for some in _batches(ids) for row in self._changes.by_id(some))
        return read_orders(rows, self.settings.own_payment_states, ZoneInfo(self.settings.time_zone))

    def set_status(self, order: OrderId, status: str) -> str:
        """Send the transitions that lead to ``status``, each after asking what the shop offers right now.

        Asking costs one call a step and makes us fit shops with states of their own; the answer also tells the
        present state, so no other read is needed.

        Raises:
            Rejected: The order is gone, or there is no way to the status.
        """
        done: list[str] = []
        for _ in range(MOST_STEPS):
            step = next_step(self.api.offers(order), status)
            if isinstance(step, Stay):
                return _told(done, step.why)
            self._send(order, step)
            done.append(step.to)
            if step.to == status:
                return _told(done, "")
        raise Rejected(
            f"After {MOST_STEPS} transitions the order is still not {status}",
            code="no_way_to_status",
            where=f"{TITLE} order {order}",
            fix="Look at what moves its state in Shopware, such as a plugin or a flow, and set the state by hand.",
        )

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write the number into a custom field unless it is there: an idle PATCH still moves ``updatedAt`` (C12).

        Raises:
            Rejected: The order is gone.
        """
        rows = self.api.search("order", criteria.one_order(order))
        if not rows:
            raise Rejected(
                "The order is not in the shop any more",
                code=GONE,
                where=f"{TITLE} order {order}",
                fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
            )
        fields = rows[0].get("customFields")
        if isinstance(fields, dict) and fields.get(field) == number:
            return f"The shop's field {field} holds {number} already."
        self.api.patch_order(order, {"customFields": {field: number}})
        return f"The shop's field {field} was set to {number}."

    # --- stock ------------------------------------------------------------------------------------------------------

    def open_orders(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        """Orders of the chosen sales channels that may still hold units of these SKUs."""
        return open_orders(self.api, skus, since, self.clock(), self.settings.sales_channels)

    def deducts_at_order(self) -> bool:
        """True from 6.6 on."""
        return self._facts.features.stock_falls_at_order

    def stock_page(self, position: str | None) -> StockPage:
        """500 products and variants; ``position`` is the last one's ``autoIncrement``."""
        return stock_page(self.api, position, net=self.deducts_at_order())

    def stock_of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """What is sold under these SKUs; a product with variants is not."""
        return stock_of(self.api, skus, net=self.deducts_at_order())

    @property
    def stock_traits(self) -> StockTraits:
        """By SKU, whole units."""
        return STOCK_TRAITS

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Up to 6.5 what open orders will take on completion; from 6.6 on nothing, without a call."""
        if self.deducts_at_order():
            return {}
        found = standings(self.api, skus, net=False)
        return {sku: each.will_deduct for sku, each in found.items() if isinstance(each, Standing)}

    def write_stock(
        self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str
    ) -> Mapping[str, Reason]:
        """One sync; what the shop does not know is left out and told. Core Shopware has no warehouses."""
        if warehouse:
            return {change.sku: NO_WAREHOUSES for change in changes}
        return StockWriter(self.api, self._facts.features).write(changes, manage)

    def stock_reader(self) -> StockReader:
        """Reads by SKU, 500 at once."""
        return ShopwareStock(self.api, net=self.deducts_at_order())

    # --- products ---------------------------------------------------------------------------------------------------

    @property
    def product_batch(self) -> int:
        """Products of one call, as a rule."""
        return PRODUCT_BATCH

    @property
    def currency(self) -> CurrencyCode:
        """The chosen currency, else the shop's own; one call, once."""
        return self._facts.currency.code

    def product_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """All categories below the chosen one."""
        return self._categories.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. May be repeated: its id follows from all that names it."""
        return self._categories.write(category, known)

    def product_page(self, position: str | None) -> ProductPage:
        """Whole products; ``position`` is the last one's ``autoIncrement``."""
        return ProductReader(self.api, self._facts).page(position)

    def find_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """A variant's SKU leads to its product."""
        return ProductLookup(self.api, self._facts).find(skus)

    def plan_product(self, change: ProductChange) -> ProductDraft:
        """Put a change into Shopware's words."""
        return plan(change, self.settings.short_text_field)

    def write_products(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Create or update products with their variants."""
        return ProductWriter(self._facts).write(drafts)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Two searches for 500."""
        return ProductLookup(self.api, self._facts).on_sale(skus)

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take single variants off sale."""
        return ProductWriter(self._facts).deactivate_variants(variants)

    def deactivate_products(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products off sale, and their variants."""
        return ProductWriter(self._facts).deactivate(ids)

    # --- inside -----------------------------------------------------------------------------------------------------

    @cached_property
    def _facts(self) -> ShopFacts:
        return ShopFacts(self.settings, self.api)

    @property
    def _changes(self) -> OrderChanges:
        return OrderChanges(self.api, self.settings)

    @property
    def _categories(self) -> Categories:
        return Categories(self.api, self._facts, self.settings.root_category)

    def _send(self, order: OrderId, step: Step) -> None:
        """Before 6.7 a second ``cancel`` counts as another one, so it is repeated only after asking anew (C8, C10)."""
        repeatable = step.to != "cancelled" or self._facts.features.strict_cancel
        where = f"{TITLE} order {order}"
        try:
            state = self.api.transition(order, step.action, send_mail=self.settings.send_mails, repeatable=repeatable)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        if state != step.to:
            raise RetryLater(f"The order became {state} instead of {step.to}", after=5, where=where)

    def _check_choices(self) -> None:
        """Language, currency and category, as far as the settings name any."""
        chosen = self.settings
        if chosen.language:
            _ = self._facts.language
        if chosen.currency:
            _ = self._facts.currency
        if chosen.root_category and not self.api.search("category", {"ids": [chosen.root_category]}):
            raise NeedsAttention(
                f"The shop has no category {chosen.root_category}",
                where=TITLE,
                fix="Choose root_category among the shop's values for category.",
            )

    def _channels(self) -> dict[str, str]:
        """The sales channels whose orders are taken: their names by id. Ids are random, so no other shop has them."""
        known = {str(row.get("id")): Named.model_validate(row).title for row in self.api.listing("sales-channel")}
        chosen = (*self.settings.sales_channels, *self.settings.visible_in)
        unknown = [channel for channel in chosen if channel not in known]
        if unknown:
            listed = "; ".join(f"{name} = {channel}" for channel, name in known.items())
            raise NeedsAttention(
                f"The shop has no sales channel {', '.join(unknown)}", where=TITLE, fix=f"Choose among: {listed}."
            )
        return {channel: known[channel] for channel in self.settings.sales_channels or known}


def build(settings: ShopwareSettings, world: World) -> ShopwareShop:
    """The shop's connector. Shopware limits nothing but logins, so calls draw from no bucket (platform file, D13)."""
    base_url = settings.url.rstrip("/") + "/api"
    grant = token_grant(world.wiring.limiter, settings.limit_factor)
    auth = BearerAuth(TITLE, base_url, grant, world.tokens, world.secrets)
    api = AdminApi(PlatformClient(TITLE, base_url, auth, world.wiring, judge))
    return ShopwareShop(settings, api, world.clock)


def _batches(ids: Sequence[OrderId]) -> Iterator[Sequence[OrderId]]:
    """Pages of ids; one that is none would fail its whole page."""
    return in_batches([order for order in dict.fromkeys(ids) if _ID.fullmatch(order)], criteria.ORDER_PAGE)


def _told(done: Sequence[str], why: str) -> str:
    """The steps taken and why it ended, for the order's story."""
    steps = f"was set to {', then '.join(done)}" if done else ""
    return f"The shop's order status {' and '.join(filter(None, (steps, why)))}."


SPEC = ConnectorSpec(
    key="shopware",
    title=TITLE,
    settings=ShopwareSettings,
    secrets=ShopwareSecrets,
    provides=(
        "order_source",
        "order_status_target",
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
    notes=(
        f"Rights an integration needs to read: {READ_RIGHTS}; also product, unless its codes are switched off.",
        "Rights to write back: update on order, create on state_machine_history.",
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

if TYPE_CHECKING:
    from shopbridge.ports import CatalogueSource, CatalogueTarget, OpenOrders, Shop, StockSource, StockTarget

    _: tuple[
        type[Shop], type[OpenOrders], type[StockSource], type[StockTarget], type[CatalogueSource], type[CatalogueTarget]
    ] = (ShopwareShop, ShopwareShop, ShopwareShop, ShopwareShop, ShopwareShop, ShopwareShop)
