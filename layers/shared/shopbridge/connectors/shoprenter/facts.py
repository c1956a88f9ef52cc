"""What a shop says of itself, read once and believed for a while: order statuses, languages, single settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shoprenter.api import ShoprenterApi
from shopbridge.connectors.shoprenter.outcomes import TITLE
from shopbridge.connectors.shoprenter.settings import FINAL_NAMES, ShoprenterSettings
from shopbridge.connectors.shoprenter.wire import (
    STOCKS,
    WireCurrency,
    WireLanguage,
    WireSetting,
    WireStatus,
    WireStatusName,
)
from shopbridge.connectors.shoprenter.wire_products import WireTaxClass
from shopbridge.errors import Held, NeedsAttention
from shopbridge.mapping.names import is_among
from shopbridge.ports import Clock

KEPT = timedelta(minutes=10)
CANCELLED_STATUS, WAREHOUSES, CURRENCY = "storno_order_status_id", "config_stock_count", "config_currency"
FICTITIOUS_PARENTS = "fictive_parent"
"""Whether a parent only stands for its children, and is not sold itself (platform file, ``DOC:api/setting.md``)."""
_STATUSES, _NAMES = TypeAdapter(tuple[WireStatus, ...]), TypeAdapter(tuple[WireStatusName, ...])
_TAXES = TypeAdapter(tuple[WireTaxClass, ...])
_CURRENCIES = TypeAdapter(tuple[WireCurrency, ...])
_LANGUAGES, _SETTINGS = TypeAdapter(tuple[WireLanguage, ...]), TypeAdapter(tuple[WireSetting, ...])


@dataclass(frozen=True)
class OrderStatus:
    """A status of an order.

    Attributes:
        id: What orders name it by.
        key: The number that people see, and settings name.
        names: In each of the shop's languages.
        off: The order is cancelled.
        final: Nothing of it is still to be done.
    """

    id: str
    key: str
    names: tuple[str, ...]
    off: bool
    final: bool

    @property
    def title(self) -> str:
        """What people call it."""
        return self.names[0] if self.names else f"Status {self.key}"

    @property
    def all_names(self) -> tuple[str, ...]:
        """Its number and its names."""
        return (self.key, *self.names)


@dataclass
class ShopFacts:
    """One shop; a container's parts share it."""

    api: ShoprenterApi
    settings: ShoprenterSettings
    clock: Clock

    def __post_init__(self) -> None:
        self.statuses = Kept(self._read_statuses, self.clock, KEPT)
        self.languages = Kept(self._read_languages, self.clock, KEPT)
        self.shop_settings = Kept(self._read_settings, self.clock, KEPT)
        self.taxes = Kept(self._read_taxes, self.clock, KEPT)

    @property
    def zone(self) -> ZoneInfo:
        """Whose clock the shop's times are of."""
        return ZoneInfo(self.settings.time_zone)

    def setting(self, key: str) -> str:
        """Return a setting of the shop; empty where it has none."""
        return self.shop_settings.value().get(key, "")

    @property
    def currency(self) -> str:
        """The shop's own, which prices are in: its setting, else what the others are multiples of."""
        named = self.setting(CURRENCY).upper()
        if named:
            return named
        rows = read_rows(_CURRENCIES, list(self.api.rows("currencies")), TITLE, "currencies")
        return next((row.code.upper() for row in rows if row.value == 1), "")

    @property
    def stocks(self) -> tuple[str, ...]:
        """The warehouses that the shop uses: the first one at least."""
        count = self.setting(WAREHOUSES)
        return STOCKS[: max(int(count), 1)] if count.isdecimal() and len(count) == 1 else STOCKS[:1]

    @property
    def sells_parents(self) -> bool:
        """A parent is one of its versions, and not a mere heading."""
        return self.setting(FICTITIOUS_PARENTS) != "1"

    @property
    def language_id(self) -> str:
        """The language of texts. Raises NeedsAttention where the shop has no such language."""
        wanted = self.settings.language
        found = next((key for key, each in self.languages.value().items() if each.code.lower() == wanted), None)
        if found is None:
            codes = ", ".join(each.code for each in self.languages.value().values())
            raise NeedsAttention(
                f"The shop has no language {wanted!r}", where=TITLE, fix=f"Choose language among: {codes}."
            )
        return found

    def status(self, link: str) -> OrderStatus:
        """Return a status by what orders name it by. Raises Held for one that the shop does not list."""
        found = self.known_status(link)
        if found is None and not self.statuses.is_younger(KEPT / 10):
            self.statuses.refreshed()
            found = self.known_status(link)
        if found is None:
            raise Held(
                f"The order has a status that the shop does not list ({link})",
                code="missing_status",
                fix="Give the order one of the shop's statuses, then resend it.",
            )
        return found

    def known_status(self, link: str) -> OrderStatus | None:
        """Return the same, as far as the list that is remembered has it."""
        return next((each for each in self.statuses.value() if each.id == link), None)

    def _read_statuses(self) -> Sequence[OrderStatus]:
        """Three calls: the statuses with their numbers, their names in all languages, and which one cancels."""
        listed = read_rows(_STATUSES, list(self.api.rows("orderStatuses")), TITLE, "order statuses")
        named = read_rows(_NAMES, list(self.api.rows("orderStatusDescriptions")), TITLE, "names of order statuses")
        names: dict[str, list[str]] = {}
        for row in named:
            names.setdefault(row.order_status, []).append(row.name)
        off = self.settings.cancelled_statuses or (self.setting(CANCELLED_STATUS),)
        final = self.settings.final_statuses or FINAL_NAMES
        return [_status(row, tuple(dict.fromkeys(filter(None, names.get(row.id, ())))), off, final) for row in listed]

    def _read_languages(self) -> Mapping[str, WireLanguage]:
        rows = read_rows(_LANGUAGES, list(self.api.rows("languages")), TITLE, "languages")
        return {row.id: row for row in rows}

    def _read_taxes(self) -> Mapping[str, WireTaxClass]:
        rows = read_rows(_TAXES, list(self.api.rows("taxClassExtend")), TITLE, "tax classes")
        return {row.id: row for row in rows}

    def _read_settings(self) -> Mapping[str, str]:
        """All of them are a page or two, less than asking for some by their keys."""
        rows = read_rows(_SETTINGS, list(self.api.rows("settings")), TITLE, "settings")
        return {row.key: row.value for row in rows}


def _status(row: WireStatus, names: tuple[str, ...], off: Sequence[str], final: Sequence[str]) -> OrderStatus:
    key = row.inner_id or row.id
    is_off = is_among([each for each in off if each], row.id, key, *names)
    return OrderStatus(row.id, key, names, is_off, is_off or is_among(final, row.id, key, *names))
