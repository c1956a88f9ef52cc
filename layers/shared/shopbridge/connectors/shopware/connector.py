"""The Shopware connector: orders out; order states and our document numbers in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from shopbridge.connectors.shopware import criteria
from shopbridge.connectors.shopware.api import AdminApi, Row
from shopbridge.connectors.shopware.handshake import ShopwareHandshake
from shopbridge.connectors.shopware.login import token_grant
from shopbridge.connectors.shopware.outcomes import GONE, judge
from shopbridge.connectors.shopware.reading import read_orders
from shopbridge.connectors.shopware.settings import ShopwareSecrets, ShopwareSettings
from shopbridge.connectors.shopware.states import MOST_STEPS, Stay, Step, next_step
from shopbridge.connectors.shopware.versions import Features, features, parse_version, version_notes
from shopbridge.connectors.shopware.vocabulary import read_vocabulary
from shopbridge.connectors.shopware.webhook import ShopwareWebhook
from shopbridge.connectors.shopware.wire import Named
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Unfinished
from shopbridge.http.auth import BearerAuth
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import OrderId
from shopbridge.model.office import Identity, OrderPage, UnreadableOrder, Vocabulary
from shopbridge.model.order import Order

TITLE = "Shopware"
READ_RIGHTS = (
    "order, order_line_item, order_address, order_customer, order_delivery, order_transaction, customer, salutation, "
    "country, country_state, currency, language, locale, sales_channel, tag, payment_method, shipping_method, "
    "state_machine, state_machine_state, tax"
)

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True)
class ShopwareShop:
    """One shop; made by ``build``."""

    settings: ShopwareSettings
    api: AdminApi

    def ping(self) -> Identity:
        """The shop's release and sales channels, after trying out every right that reading orders takes.

        Rights to write cannot be tried without writing; a missing one shows at the first write-back.

        Raises:
            NeedsAttention: Address, credentials or rights are wrong, or a chosen sales channel is unknown.
        """
        about = self.api.about()
        names = self._channel_names()
        self._changed_rows(about.now, None, limit=1)
        return Identity(name=", ".join(names), version=about.version, notes=version_notes(about.version))

    def vocabulary(self) -> Vocabulary:
        """Order and payment states, payment and shipping methods, tax rates."""
        return read_vocabulary(self.api)

    def server_time(self) -> datetime:
        """The shop's clock."""
        return self.api.about().now

    def changed_orders(self, since: datetime, position: str | None) -> OrderPage:
        """A page of whole orders; ``position`` is the last order's ``autoIncrement``."""
        try:
            rows, limit = self._changed_rows(since, position, limit=criteria.ORDER_PAGE), criteria.ORDER_PAGE
        except Unfinished:
            # Huge orders may be more than the shop's time or memory, or ours; a few of them are not.
            rows, limit = self._changed_rows(since, position, limit=criteria.SMALL_PAGE), criteria.SMALL_PAGE
        orders, unreadable = read_orders(rows, self.settings.own_payment_states)
        following = _next_position(rows, position, limit)
        return OrderPage(orders=tuple(orders), unreadable=tuple(unreadable), position=following)

    def orders(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """These orders, without those of sales channels that were not chosen; one call for each page of ids."""
        rows = (row for some in _batches(ids) for row in self._rows_by_id(some))
        return read_orders(rows, self.settings.own_payment_states)

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
        raise Rejected(f"After {MOST_STEPS} transitions the order is still not {status}", code="no_way_to_status")

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write the number into a custom field unless it is there: an idle PATCH still moves ``updatedAt`` (C12).

        Raises:
            Rejected: The order is gone.
        """
        rows = self.api.search("order", criteria.one_order(order))
        if not rows:
            raise Rejected("The order is not in the shop any more", code=GONE, where=f"{TITLE} order {order}")
        fields = rows[0].get("customFields")
        if isinstance(fields, dict) and fields.get(field) == number:
            return f"The shop's field {field} holds {number} already."
        self.api.patch_order(order, {"customFields": {field: number}})
        return f"The shop's field {field} was set to {number}."

    @cached_property
    def _features(self) -> Features:
        return features(parse_version(self.api.about().version))

    def _send(self, order: OrderId, step: Step) -> None:
        """Before 6.7 a second ``cancel`` counts as another one, so it is repeated only after asking anew (C8, C10)."""
        repeatable = step.to != "cancelled" or self._features.strict_cancel
        where = f"{TITLE} order {order}"
        try:
            state = self.api.transition(order, step.action, send_mail=self.settings.send_mails, repeatable=repeatable)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        if state != step.to:
            raise RetryLater(f"The order became {state} instead of {step.to}", after=5, where=where)

    def _changed_rows(self, since: datetime, position: str | None, *, limit: int) -> list[Row]:
        search = criteria.changed_orders(
            since, position, self.settings.sales_channels, products=self.settings.product_codes, limit=limit
        )
        return self.api.search("order", search)

    def _rows_by_id(self, ids: Sequence[OrderId]) -> list[Row]:
        search = criteria.orders_by_id(ids, self.settings.sales_channels, products=self.settings.product_codes)
        return self.api.search("order", search)

    def _channel_names(self) -> list[str]:
        known = {str(row.get("id")): Named.model_validate(row).title for row in self.api.listing("sales-channel")}
        unknown = [channel for channel in self.settings.sales_channels if channel not in known]
        if unknown:
            listed = "; ".join(f"{name} = {channel}" for channel, name in known.items())
            raise NeedsAttention(
                f"The shop has no sales channel {', '.join(unknown)}", where=TITLE, fix=f"Choose among: {listed}."
            )
        return [known[channel] for channel in self.settings.sales_channels or known]


def build(settings: ShopwareSettings, world: World) -> ShopwareShop:
    """The shop's connector. Shopware limits nothing but logins, so calls draw from no bucket (platform file, D13)."""
    base_url = settings.url.rstrip("/") + "/api"
    grant = token_grant(world.wiring.limiter, settings.limit_factor)
    auth = BearerAuth(TITLE, base_url, grant, world.tokens, world.secrets)
    return ShopwareShop(settings, AdminApi(PlatformClient(TITLE, base_url, auth, world.wiring, judge)))


def _batches(ids: Sequence[OrderId]) -> Iterator[Sequence[OrderId]]:
    """Pages of ids; one that is none would fail its whole page."""
    proper = [order for order in dict.fromkeys(ids) if _ID.fullmatch(order)]
    for start in range(0, len(proper), criteria.ORDER_PAGE):
        yield proper[start : start + criteria.ORDER_PAGE]


def _next_position(rows: Sequence[Row], position: str | None, limit: int) -> str | None:
    """The last row's key, None after the last page. Raises RetryLater for a page that does not move on."""
    if len(rows) < limit:
        return None
    last = rows[-1].get("autoIncrement")
    if not isinstance(last, int) or last <= int(position or 0):
        raise RetryLater("The shop gives the same page of orders again", after=300, where=f"{TITLE} order search")
    return str(last)


def _told(done: Sequence[str], why: str) -> str:
    """The steps taken and why it ended, for the order's story."""
    steps = f"was set to {', then '.join(done)}" if done else ""
    return f"The shop's order status {' and '.join(filter(None, (steps, why)))}."


SPEC = ConnectorSpec(
    key="shopware",
    title=TITLE,
    settings=ShopwareSettings,
    secrets=ShopwareSecrets,
    provides=("order_source", "order_status_target"),
    build=build,
    webhook=ShopwareWebhook(),
    handshake=ShopwareHandshake(),
    notes=(
        f"Rights an integration needs to read: {READ_RIGHTS}; also product, unless its codes are switched off.",
        "Rights to write back: update on order, create on state_machine_history.",
        "Deleted orders are not noticed.",
        "An order is moved only while it is open or in progress, and through Shopware's own states on the way.",
        "Payment states that plugins add hold their orders until own_payment_states says what they mean.",
        "Assumed: a webhook older than five minutes need not be taken.",
        "Assumed: without the sw-version header, a shop cannot prove its secret when it registers again.",
        "Assumed: the price of a group of line items includes its children's.",
    ),
)

if TYPE_CHECKING:
    from shopbridge.ports import Shop

    _: type[Shop] = ShopwareShop
