"""What a shop says of itself, what a key may do, and the words that maps may name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.unas.api import METHODS, WAREHOUSES, UnasApi
from shopbridge.connectors.unas.auth import UnasLogin
from shopbridge.connectors.unas.orders.map import PAYMENTS
from shopbridge.connectors.unas.orders.read import KeptStatuses
from shopbridge.connectors.unas.orders.status import choices
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.settings import MAIN_STOCK, UnasSettings
from shopbridge.connectors.unas.wire import WireLogin, WireMethod, WireNamed, WireWarehouse
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.model.office import Choice, Identity, Vocabulary

NOBODYS_KEY: Final = "0"
"""No order is called so; asking for it shows that orders are given out."""
NEEDED: Final = ("getOrder",)
FURTHER: Final = {
    "setOrder": "what became of an order cannot be told to the shop",
    "getOrderStatus": "order statuses are not listed, and none can be set",
    "getMethod": "payment and shipping methods are not listed for maps",
    "getStock": "stock cannot be read",
    "setStock": "stock cannot be written",
    "getProduct": "products cannot be read",
    "setProduct": "products cannot be written",
    "getCategory": "products cannot travel",
    "setCategory": "categories cannot be made",
    "getWarehouse": "further warehouses cannot be named",
}
"""The permissions that not everybody needs, and what is missing without each."""
SHARED_NUMBERS: Final = (
    "UNAS gives the number of a deleted order to another one, and marketplaces number their orders themselves."
)
PAYMENT, DELIVERY = "payment", "shipping"
_METHODS, _WAREHOUSES = TypeAdapter(list[WireMethod]), TypeAdapter(list[WireWarehouse])


@dataclass(frozen=True)
class UnasAccount:
    """One shop, as a key meets it."""

    settings: UnasSettings
    api: UnasApi
    login: UnasLogin
    statuses: KeptStatuses

    def ping(self) -> Identity:
        """Log in and ask for an order; two calls.

        Raises:
            NeedsAttention: The key or the plan is wrong, or orders may not be read.
        """
        told = self.login.afresh(self.api.client)
        granted = {name.casefold() for name in told.permissions if name}
        missing = [name for name in NEEDED if granted and name.casefold() not in granted]
        if missing:
            raise _denied(missing)
        self.api.order(NOBODYS_KEY)
        remarks = (*_without(granted), *_other_plan(told, self.settings))
        accounts = tuple(filter(None, (self.settings.place, told.shop_id)))
        name = f"{TITLE} {told.shop_name or self.settings.place}"
        return Identity(name=name, version="", notes=remarks, accounts=accounts, shared_numbers=SHARED_NUMBERS)

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; three calls."""
        methods = self._methods()
        return {
            "status": choices(self.statuses.refreshed()),
            "payment_status": tuple(Choice(key=state, title=state.capitalize()) for state in PAYMENTS),
            "payment": _choices(each for each in methods if each.type == PAYMENT),
            "shipping": _choices(each for each in methods if each.type == DELIVERY),
            "warehouse": self._warehouses(),
            "price_group": (Choice(key="regular", title="Price"), Choice(key="sale", title="Sale price")),
        }

    def _methods(self) -> list[WireMethod]:
        """None where the key may not read them: orders do not need it."""
        try:
            return read_rows(_METHODS, self.api.read("getMethod", METHODS, "list"), TITLE, "methods")
        except (NeedsAttention, Rejected):
            return []

    def _warehouses(self) -> tuple[Choice, ...]:
        main = Choice(key=MAIN_STOCK, title="Main stock")
        try:
            further = read_warehouses(self.api)
        except (NeedsAttention, Rejected):
            return (main,)
        return (main, *(each for each in _choices(further) if each.key != MAIN_STOCK))


def read_warehouses(api: UnasApi) -> list[WireWarehouse]:
    """Return the warehouses beside the main one."""
    return read_rows(_WAREHOUSES, api.read("getWarehouse", WAREHOUSES, "list"), TITLE, "warehouses")


def _choices(named: Iterable[WireNamed]) -> tuple[Choice, ...]:
    once = {each.id: each for each in named if each.id}
    return tuple(
        Choice(key=each.id, title=each.name or each.id, also=(each.name,) if each.name else ())
        for each in once.values()
    )


def _without(granted: set[str]) -> Iterator[str]:
    """Remarks on permissions that are missing; none where UNAS does not list any."""
    lacking = {name: what for name, what in FURTHER.items() if granted and name.casefold() not in granted}
    return (f"The API key has no permission for {name}: {what}." for name, what in lacking.items())


def _other_plan(told: WireLogin, settings: UnasSettings) -> Iterator[str]:
    """[inferred] UNAS names the plan by a word that holds ours (platform file, "Login")."""
    plan = told.subscription.casefold()
    if plan and settings.plan not in plan:
        yield (
            f"UNAS says that the shop has {told.subscription}, the connection's plan is {settings.plan}: set it as "
            "UNAS says, for more calls than the plan allows are banned."
        )


def _denied(missing: Iterable[str]) -> NeedsAttention:
    return NeedsAttention(
        f"The API key has no permission for {', '.join(missing)}",
        where=TITLE,
        fix="In UNAS' admin, under Beállítások, Külső kapcsolatok, API kapcsolat, tick it for the key, then verify "
        "again.",
    )
