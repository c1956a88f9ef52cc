"""What a shop says of itself, and what an API client may do: every area is tried, and a missing scope is named."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shoprenter.api import ShoprenterApi
from shopbridge.connectors.shoprenter.auth import missing_scopes
from shopbridge.connectors.shoprenter.catalogue.map import REGULAR, SALE
from shopbridge.connectors.shoprenter.facts import CANCELLED_STATUS, ShopFacts
from shopbridge.connectors.shoprenter.orders.map import OPEN, PAID
from shopbridge.connectors.shoprenter.orders.read import ORDERED, ORDERS
from shopbridge.connectors.shoprenter.outcomes import TITLE, is_denied
from shopbridge.connectors.shoprenter.product_index import CLASSES, PRODUCTS
from shopbridge.connectors.shoprenter.wire_products import WireMethod, WireNamedGroup
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.model.office import Choice, Identity, Vocabulary
from shopbridge.ports import TokenStore

NOTHING_IS_PAID = (
    "No order counts as paid: Shoprenter does not tell, and neither paid_statuses nor paid_methods name anything. "
    "Orders are only taken if orders.payment_statuses is empty or names `open`."
)
NOTHING_CANCELS = "No order counts as cancelled: the shop has no status set for it, and cancelled_statuses names none."
NO_SUCH_DAY = "2999-01-01T00:00:00"
"""Nothing changed since then; if something comes back, the filter is ignored."""
_METHODS, _GROUPS = TypeAdapter(tuple[WireMethod, ...]), TypeAdapter(tuple[WireNamedGroup, ...])
STOCK_TITLES = {"stock1": "Warehouse 1", "stock2": "Warehouse 2", "stock3": "Warehouse 3", "stock4": "Warehouse 4"}


@dataclass(frozen=True)
class Area:
    """A part of the API.

    Attributes:
        without: What cannot be done without it; empty where nothing can be.
    """

    name: str
    try_out: Callable[[ShopFacts], object]
    without: str = ""


def _orders(facts: ShopFacts) -> None:
    if facts.api.page(ORDERS, 0, {**ORDERED, "updatedAtMin": NO_SUCH_DAY}, limit=1).rows:
        raise NeedsAttention(
            "Shoprenter does not look at the filter for changed orders (updatedAtMin), so each poll would read all",
            where=TITLE,
            fix="Tell our support: the API has changed.",
        )


def _one(resource: str) -> Callable[[ShopFacts], object]:
    return lambda facts: facts.api.page(resource, 0, limit=1)


AREAS = (
    Area("orders", _orders),
    Area("order statuses and settings", lambda facts: facts.statuses.refreshed()),
    Area("products", _one(PRODUCTS), "stock, products and prices cannot travel"),
    Area("categories", _one("categoryExtend"), "products cannot travel"),
    Area("attributes", _one(CLASSES), "versions of products cannot be told apart, so stock and products cannot travel"),
    Area("taxes", _one("taxClassExtend"), "products travel without their tax, and none can be made"),
    Area("languages", _one("languages"), "texts of products cannot be told apart"),
)


@dataclass(frozen=True)
class ShoprenterAccount:
    """One shop, as an API client meets it."""

    facts: ShopFacts
    tokens: TokenStore

    def ping(self) -> Identity:
        """Read every area that the client may have; orders, their statuses and the shop's settings it must have.

        Raises:
            NeedsAttention: Shop, credentials or a scope are wrong.
        """
        settings = self.facts.settings
        remarks = (*try_out(self.facts), *missing_scopes(self.tokens.get(TITLE)))
        if not settings.paid_statuses and not settings.paid_methods:
            remarks = (*remarks, NOTHING_IS_PAID)
        if not settings.cancelled_statuses and not self.facts.setting(CANCELLED_STATUS):
            remarks = (*remarks, NOTHING_CANCELS)
        return Identity(name=f"{TITLE} {settings.shop}", version="", notes=remarks, accounts=(settings.place,))

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; what the client may not read is left out but for payments."""
        facts = self.facts
        currency = facts.currency
        return {
            "status": tuple(
                Choice(key=each.key, title=each.title, off=each.off, also=each.names[1:])
                for each in facts.statuses.refreshed()
            ),
            "payment_status": (Choice(key=PAID, title="Paid"), Choice(key=OPEN, title="Not known to be paid")),
            "payment": _choices(lambda: _payments(facts.api)),
            **_unless_empty("shipping", _choices(lambda: _shippings(facts.api))),
            **_unless_empty("tax", _choices(lambda: _taxes(facts))),
            "warehouse": tuple(Choice(key=name, title=STOCK_TITLES[name]) for name in facts.stocks),
            "price_group": (
                Choice(key=REGULAR, title="Price"),
                Choice(key=SALE, title="Special price"),
                *_choices(lambda: _groups(facts.api)),
            ),
            **_unless_empty("currency", (Choice(key=currency, title=currency),) if currency else ()),
            **_unless_empty("language", _choices(lambda: _languages(facts))),
        }


def try_out(facts: ShopFacts) -> tuple[str, ...]:
    """Read a record of every area; returns remarks about those that are not allowed and not needed for orders.

    Raises:
        NeedsAttention: Orders cannot be read, or the shop or the credentials are wrong.
    """
    refusals = [(area, _refusal(facts, area)) for area in AREAS]
    denied = [(area, refusal) for area, refusal in refusals if refusal is not None]
    needed = [(area, refusal) for area, refusal in denied if not area.without]
    if len(denied) == len(AREAS) or len(needed) == 1:
        raise (needed or denied)[0][1]
    if needed:
        named = "; ".join(refusal.what for _, refusal in needed)
        raise NeedsAttention(named, where=TITLE, fix=needed[0][1].fix)
    return tuple(f"{refusal.what}: {area.without}." for area, refusal in denied)


def _refusal(facts: ShopFacts, area: Area) -> NeedsAttention | None:
    """What Shoprenter says against it; None when it is allowed."""
    try:
        area.try_out(facts)
    except NeedsAttention as error:
        if not is_denied(error):
            raise
        return error
    return None


def _choices(read: Callable[[], Iterable[Choice]]) -> tuple[Choice, ...]:
    """Each key once, in their order; none where the client may not read them: orders do not need them."""
    try:
        return tuple({each.key: each for each in read()}.values())
    except (NeedsAttention, Rejected):
        return ()


def _unless_empty(name: str, choices: Sequence[Choice]) -> dict[str, tuple[Choice, ...]]:
    return {name: tuple(choices)} if choices else {}


def _payments(api: ShoprenterApi) -> Iterator[Choice]:
    for row in read_rows(_METHODS, list(api.rows("paymentModes")), TITLE, "payment methods"):
        if key := row.code or next(iter(row.names), ""):
            yield Choice(key=key, title=next(iter(row.names), key), also=row.names[1:])


def _shippings(api: ShoprenterApi) -> Iterator[Choice]:
    for row in read_rows(_METHODS, list(api.rows("shippingModeExtend")), TITLE, "shipping methods"):
        if row.names:
            yield Choice(key=row.names[0], title=row.names[0], also=row.names[1:])


def _taxes(facts: ShopFacts) -> Iterator[Choice]:
    for row in facts.taxes.refreshed().values():
        if row.rate is not None:
            yield Choice(key=f"{row.rate:f}", title=row.name or f"{row.rate:f} %")


def _groups(api: ShoprenterApi) -> Iterator[Choice]:
    for row in read_rows(_GROUPS, list(api.rows("customerGroups")), TITLE, "customer groups"):
        if row.inner_id:
            yield Choice(key=row.inner_id, title=row.name or row.inner_id)


def _languages(facts: ShopFacts) -> Iterator[Choice]:
    for row in facts.languages.refreshed().values():
        yield Choice(key=row.code, title=row.name or row.code)
