"""What a shop says of itself, and what a key may read: every area is tried, and a missing permission is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.api import TITLE, GomagApi, strict
from shopbridge.connectors.gomag.catalogue.map import BASE, REGULAR, SALE
from shopbridge.connectors.gomag.orders.map import OPEN, PAID
from shopbridge.connectors.gomag.orders.read import HEADS
from shopbridge.connectors.gomag.orders.status import KeptStatuses, choices
from shopbridge.connectors.gomag.outcomes import DENIED
from shopbridge.connectors.gomag.product_index import PRODUCTS, WITH_VERSIONS
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireNamed
from shopbridge.connectors.gomag.wire_products import remarks_on
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.model.office import Choice, Identity, Vocabulary

NOTHING_IS_PAID = (
    "No order counts as paid: Gomag does not tell, and neither paid_statuses nor paid_methods name anything. Orders "
    "are only taken if orders.payment_statuses is empty or names `open`."
)
READ_TWICE = (
    "The key is the token of the CloudSales app: where BOCP's own Gomag connector is on, it fetches these orders, too, "
    "and they are there twice, with stock and fiscal documents. Switch that connector off, or leave orders to it."
)
NO_SUCH_DAY = "2999-01-01"
"""Nothing changed since then; if something comes back, the filter is ignored."""
PAYMENTS = strict("payment/read", "payments", TypeAdapter(list[WireNamed]), "payment methods")


@dataclass(frozen=True)
class GomagAccount:
    """One shop, as a key meets it."""

    settings: GomagSettings
    api: GomagApi
    statuses: KeptStatuses

    def ping(self) -> Identity:
        """Read every area the key may have; orders and their statuses it must have.

        Raises:
            NeedsAttention: Address, key, shop or a permission is wrong.
        """
        remarks = (*try_out(self.api), *product_remarks(self.api, self.settings))
        if not self.settings.paid_statuses and not self.settings.paid_methods:
            remarks = (*remarks, NOTHING_IS_PAID)
        if self.settings.use_cloudsales_app:
            remarks = (*remarks, READ_TWICE)
        # Gomag tells nothing of itself but whether key and shop belong together.
        name = f"{TITLE} {self.settings.shop}"
        return Identity(name=name, version="", notes=remarks, accounts=(self.settings.place,))

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; two calls."""
        return {
            "status": choices(self.statuses.refreshed(), self.settings),
            "payment_status": (Choice(key=PAID, title="Paid"), Choice(key=OPEN, title="Not known to be paid")),
            **_payments(self.api),
            "price_group": (
                Choice(key=REGULAR, title="Price"),
                Choice(key=SALE, title="Special price"),
                Choice(key=BASE, title="Base price"),
            ),
        }


@dataclass(frozen=True)
class Area:
    """A part of the API.

    Attributes:
        without: What cannot be done without it; empty where nothing can be.
    """

    name: str
    try_out: Callable[[GomagApi], object]
    without: str = ""


def _orders(api: GomagApi) -> None:
    if api.page(HEADS, 1, updated=NO_SUCH_DAY).rows:
        raise NeedsAttention(
            "Gomag does not look at the filter for changed orders (updated), so each poll would read all of them",
            where="Gomag",
            fix="Tell our support: the API has changed.",
        )


def _one(api: GomagApi, path: str) -> None:
    api.get(path, page="1", limit="1")


AREAS = (
    Area("orders", _orders),
    Area("order statuses", lambda api: api.get("order/status/read")),
    Area("products", lambda api: _one(api, "product/read"), "stock, products and prices cannot travel"),
    Area("categories", lambda api: _one(api, "category/read"), "products cannot travel"),
    Area("customers", lambda api: _one(api, "customer/read"), "nothing is missed: buyers are read from their orders"),
)


def try_out(api: GomagApi) -> tuple[str, ...]:
    """Read a row of every area; returns remarks about those that are not allowed and not needed for orders.

    Rights to write cannot be tried without writing; a missing one shows at the first write.

    Raises:
        NeedsAttention: Orders cannot be read, or the key or the shop is wrong.
    """
    denied = {area.name: refusal for area in AREAS if (refusal := _refusal(api, area))}
    needed = [area.name for area in AREAS if area.name in denied and not area.without]
    if needed:
        raise _denied(denied)
    return tuple(
        f"The API key has no permission to read {area.name}: {area.without}." for area in AREAS if area.name in denied
    )


def product_remarks(api: GomagApi, settings: GomagSettings) -> tuple[str, ...]:
    """Return what a page of products tells of terms of their own; nothing where products may not be read."""
    try:
        page = api.page(PRODUCTS, 1, **WITH_VERSIONS)
    except NeedsAttention:
        return ()
    return tuple(remarks_on(page.rows, settings))


def _refusal(api: GomagApi, area: Area) -> str:
    """What Gomag says against it; empty when it is allowed."""
    try:
        area.try_out(api)
    except NeedsAttention as error:
        if f"({DENIED}:" not in error.what:
            raise
        return error.what
    return ""


def _denied(denied: Mapping[str, str]) -> NeedsAttention:
    return NeedsAttention(
        f"The API key has no permission to read {', '.join(denied)}",
        where="Gomag",
        fix="In Gomag's admin, under API settings, give the key these permissions, then verify again.",
    )


def _payments(api: GomagApi) -> Vocabulary:
    """The names of the payment methods; nothing where the key may not read them: orders do not need it."""
    try:
        names = [method.name for method in api.rows(PAYMENTS)]
    except (NeedsAttention, Rejected):
        return {}
    return {"payment": tuple(Choice(key=name, title=name) for name in dict.fromkeys(names) if name)}
