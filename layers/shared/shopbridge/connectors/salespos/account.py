"""What SalesPOS says about the account: its rights, shop, settings, packages and payment methods."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property

from pydantic import TypeAdapter

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.salespos.api import get
from shopbridge.connectors.salespos.catalogue.categories import Categories
from shopbridge.connectors.salespos.orders.payload import DELIVER_METHODS, STATUSES
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import Identified, Page, Read, Text
from shopbridge.connectors.salespos.wire_products import NAMED, NamedRecord
from shopbridge.errors import Held, NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.numbers import Whole
from shopbridge.model.base import CurrencyCode
from shopbridge.model.office import Choice, Identity, Vocabulary
from shopbridge.ports import Clock

NEEDED = ("orders", "packages", "paymethods", "products", "users", "webshops")
"""The resources an order import calls."""
NEEDED_FOR_PRODUCTS = ("attributes", "categories", "categorytree", "productpropertygroups", "producttocategories")
"""What products need besides; the root lists no resources that only lie below others."""
FEW_PRODUCTS = 25
PRICE_GROUPS = {"regular": "Price", "sale": "Price less discount"}
SETTINGS_KEPT = timedelta(minutes=15)
"""A merchant may change the shop's settings while a container lives on."""


class PaymethodRead(Identified):
    """A payment method that is switched on."""

    combined_name: str | None = None
    label: str | None = None


class WebshopRead(NamedRecord):
    """The account's shop; a limit of -1 is none."""

    is_salespos: bool | None = None
    product_limit_left: Whole | None = None


class StatusRead(Identified):
    """An order status as the merchant names it."""

    status_name: Text = ""


class SettingsRead(Read):
    """The shop's settings."""

    currency: str | None = None
    prices_include_vat: bool | None = None
    stock: bool | None = None
    order_status: tuple[StatusRead, ...] | None = None


class RootItem(Read):
    """A resource that our key may call."""

    href: Text = ""
    uri: Text = ""


PAYMETHODS = TypeAdapter(Page[PaymethodRead])
WEBSHOPS = TypeAdapter(Page[WebshopRead])
SETTINGS = TypeAdapter(SettingsRead)
ROOT = TypeAdapter(Page[RootItem])


class SalesPosAccount:
    """One account. Reads each fact at most once, and the shop's settings now and then."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._kept_settings = Kept(self._read_settings, clock, SETTINGS_KEPT)

    @cached_property
    def webshop(self) -> WebshopRead:
        """The shop behind the key."""
        shops = self._client.read(get("/webshops/"), WEBSHOPS).items
        if not shops:
            raise NeedsAttention(
                "The key belongs to no shop", where="SalesPOS", fix="Make the key in the shop's own back office."
            )
        return shops[0]

    @property
    def shop_settings(self) -> SettingsRead:
        """The shop's settings."""
        return self._kept_settings.value()

    def _read_settings(self) -> SettingsRead:
        return self._client.read(get(f"/webshops/{self.webshop.id}/settings/"), SETTINGS)

    @property
    def currency(self) -> CurrencyCode:
        """The currency of all prices. Raises NeedsAttention when the shop does not say."""
        currency = self.shop_settings.currency
        if not currency:
            raise NeedsAttention(
                "The shop has no currency",
                where="SalesPOS",
                fix="Choose one in the settings of the shop, then resume the connection.",
            )
        return currency

    @property
    def prices_include_tax(self) -> bool:
        """[inferred] Whether prices of products are gross (platform file: the second half of that fact)."""
        return self.shop_settings.prices_include_vat is not False

    @property
    def keeps_stock(self) -> bool:
        """The shop-wide switch; where it is off, no figure means anything."""
        return self.shop_settings.stock is not False

    @cached_property
    def package_id(self) -> int:
        """The package of free rows and new products: as set, or the only one there is.

        Raises:
            Held: There is none, or several and none is set (code ``no_package``).
        """
        if self._settings.package_id is not None:
            return self._settings.package_id
        packages = self._packages
        if len(packages) == 1:
            return packages[0].id
        # The operator is told to make or choose one: a container that goes on living must see it.
        del self._packages
        raise _no_package(packages)

    def ping(self) -> Identity:
        """Tell who answers, with what an operator should know. Raises NeedsAttention when something is missing."""
        self._check_rights()
        try:
            self._check_package()
        except Held as error:
            raise NeedsAttention(error.what, where=error.where, fix=error.fix) from error
        return Identity(
            name=self.webshop.name or self._settings.url,
            version="CCV REST API v1",
            notes=tuple(self._notes()),
            accounts=(str(self.webshop.id),),
        )

    def vocabulary(self) -> Vocabulary:
        """Return statuses as the merchant names them, payment and delivery methods, price groups, the currency.

        Any percentage is a tax. Categories are told where the key may read them.
        """
        names = {status.id: status.status_name for status in self.shop_settings.order_status or ()}
        methods = self._client.read(get("/paymethods/", size="250"), PAYMETHODS).items
        labels = [method.label or method.combined_name or str(method.id) for method in methods]
        currency = self.shop_settings.currency
        words: dict[str, tuple[Choice, ...]] = {
            "status": tuple(
                Choice(key=str(number), title=names.get(number) or title) for number, title in enumerate(STATUSES, 1)
            ),
            "payment": tuple(Choice(key=label, title=label) for label in dict.fromkeys(labels)),
            "shipping": tuple(Choice(key=key, title=title) for key, title in DELIVER_METHODS.items()),
            "tax": (),
            "price_group": tuple(Choice(key=key, title=title) for key, title in PRICE_GROUPS.items()),
            "currency": (Choice(key=currency, title=currency),) if currency else (),
        }
        if self.may_call("categorytree"):
            words["category"] = Categories(self._client, self._settings.language).choices()
        return words

    @cached_property
    def _packages(self) -> tuple[NamedRecord, ...]:
        return self._client.read(get("/packages/", size="250"), NAMED).items

    @cached_property
    def _allowed(self) -> frozenset[str]:
        paths = (item.uri or item.href for item in self._client.read(get("/"), ROOT).items)
        return frozenset(path.rstrip("/").rpartition("/")[2] for path in paths)

    def may_call(self, resource: str) -> bool:
        """Tell whether the key has the right to a resource."""
        return resource in self._allowed

    def _check_rights(self) -> None:
        self.__dict__.pop("_allowed", None)
        missing = [name for name in NEEDED if name not in self._allowed]
        if missing:
            raise NeedsAttention(
                f"The key may not call: {', '.join(missing)}",
                where="SalesPOS",
                fix="Give the key these rights under My web shop, Settings, API settings, then verify again.",
            )

    def _check_package(self) -> None:
        if self.package_id not in {package.id for package in self._packages}:
            raise _no_package(self._packages)

    def _notes(self) -> Iterable[str]:
        if self.webshop.is_salespos is False:
            yield "This is a CCV Shop without SalesPOS; orders can be sent to it all the same."
        missing = [name for name in NEEDED_FOR_PRODUCTS if not self.may_call(name)]
        if missing:
            yield f"The key may not call {', '.join(missing)}: products cannot travel."
        left = self.webshop.product_limit_left
        if left is not None and 0 <= left < FEW_PRODUCTS:
            yield f"The subscription holds only {left} more products."
        if self.shop_settings.currency:
            yield f"The shop's currency is {self.shop_settings.currency}."


def _no_package(packages: Iterable[NamedRecord]) -> Held:
    names = ", ".join(f"{package.id} ({package.name})" for package in packages)
    return Held(
        "It is open which package rows without a product get" if names else "There is no package",
        code="no_package",
        where="SalesPOS packages",
        fix=f"Set package_id in the settings of SalesPOS to one of: {names}."
        if names
        else "SalesPOS asks one for rows without a product: create a package there.",
    )
