"""What a shop says of itself when a connection is verified.

Whether the integration may do what orders take, the values that maps and settings may name, and whether two orders may
have one number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field, TypeAdapter

from shopbridge.connectors.shopware.api import AdminApi, WireState, any_of, each_alone, equals, strict
from shopbridge.connectors.shopware.catalogue.prices import REGULAR, SALE
from shopbridge.connectors.shopware.facts import (
    CURRENCIES,
    TAXES,
    TITLE,
    ShopFacts,
    WireTaxRow,
    languages,
    percentage,
    version_notes,
)
from shopbridge.connectors.shopware.orders.changes import TABLES, read_changed
from shopbridge.connectors.shopware.orders.map import CANCELLED
from shopbridge.connectors.shopware.wire import Named, OddRow, Wire, WireId
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.model.office import Choice, Identity, Vocabulary

MACHINES = {"status": "order.state", "payment_status": "order_transaction.state"}
"""State machines by the map whose values they hold."""

_NAMED = TypeAdapter(list[Named])
STATES = strict("state-machine-state", TypeAdapter(list[WireState]), "states")
CHANNELS = strict("sales-channel", _NAMED, "sales channels")
PAYMENT_METHODS, SHIPPING_METHODS = (
    strict(path, _NAMED, "payment and shipping methods") for path in ("payment-method", "shipping-method")
)
CATEGORIES = strict("category", _NAMED, "categories")

RIGHTS = "number_range, number_range_type, number_range_sales_channel"
UNSEEN = (
    f"Whether its sales channels have number ranges of their own cannot be seen: the integration may not read {RIGHTS}."
)


class _Link(Wire):
    sales_channel_id: str


class _Range(WireId):
    pattern: str
    is_global: bool = Field(default=False, alias="global")
    number_range_sales_channels: list[_Link] | None = None


RANGES = each_alone("number-range", _Range, OddRow)


@dataclass(frozen=True)
class ShopwareAccount:
    """One shop, as the integration meets it."""

    facts: ShopFacts

    def ping(self) -> Identity:
        """Return the shop's release and sales channels, after trying out every right that reading orders takes.

        Rights to write cannot be tried without writing; a missing one shows at the first write-back.

        Raises:
            NeedsAttention: Address, credentials or rights are wrong, or the shop lacks something the settings name.
        """
        about = self.facts.api.about()
        channels = self._channels()
        self._check_choices()
        for table in TABLES:
            read_changed(self.facts, about.now, f"{table}:", 1)
        return Identity(
            name=", ".join(channels.values()),
            version=about.version,
            notes=version_notes(about.version),
            accounts=tuple(channels),
            shared_numbers=shared_numbers(self.facts.api, channels),
        )

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; seven searches, each for a short list."""
        api = self.facts.api
        machines = any_of("stateMachine.technicalName", list(MACHINES.values()))
        states = list(api.listing(STATES, filter=[machines], associations={"stateMachine": {}}))
        return {
            "status": tuple(_marked(choice) for choice in _states(states, MACHINES["status"])),
            "payment_status": _states(states, MACHINES["payment_status"]),
            "payment": _methods(api.listing(PAYMENT_METHODS)),
            "shipping": _methods(api.listing(SHIPPING_METHODS)),
            "tax": _rates(api.listing(TAXES)),
            "price_group": (Choice(key=REGULAR, title="Price"), Choice(key=SALE, title="Price below the list price")),
            "currency": _choices((row.iso_code, row.iso_code) for row in api.listing(CURRENCIES) if row.iso_code),
            "sales_channel": _choices((row.id, row.title) for row in api.listing(CHANNELS)),
            "language": _choices(
                (row.locale.code, row.title) for row in languages(api) if row.locale and row.locale.code
            ),
            **_categories(api),
        }

    def _check_choices(self) -> None:
        """Language, currency and category, as far as the settings name any."""
        chosen = self.facts.settings
        if chosen.language:
            _ = self.facts.language
        if chosen.currency:
            _ = self.facts.currency
        if chosen.root_category and not self.facts.api.search(CATEGORIES, {"ids": [chosen.root_category]}):
            raise NeedsAttention(
                f"The shop has no category {chosen.root_category}",
                where=TITLE,
                setting="root_category",
                fix="Choose root_category among the shop's values for category.",
            )

    def _channels(self) -> dict[str, str]:
        """The sales channels whose orders are taken: their names by id. Ids are random, so no other shop has them."""
        settings = self.facts.settings
        names = {row.id: row.title for row in self.facts.api.listing(CHANNELS)}
        chosen = (*settings.sales_channels, *settings.visible_in)
        unknown = [channel for channel in chosen if channel not in names]
        if unknown:
            choice = "; ".join(f"{name} = {channel}" for channel, name in names.items())
            raise NeedsAttention(
                f"The shop has no sales channel {', '.join(unknown)}",
                where=TITLE,
                setting="sales_channels",
                fix=f"Choose among: {choice}.",
            )
        return {channel: names[channel] for channel in settings.sales_channels or names}


def _categories(api: AdminApi) -> Vocabulary:
    """The upper two levels, to choose ``root_category`` from; nothing without the right, which orders do not need."""
    upper = [{"type": "range", "field": "level", "parameters": {"lte": 2}}]
    try:
        rows = list(api.listing(CATEGORIES, filter=upper))
    except NeedsAttention:
        return {}
    return {"category": _choices((row.id, row.title or row.id) for row in rows)}


def _states(states: Sequence[WireState], machine: str) -> tuple[Choice, ...]:
    ours = (row for row in states if row.state_machine and row.state_machine.technical_name == machine)
    return _choices((row.technical_name, row.name or row.technical_name) for row in ours)


def _marked(status: Choice) -> Choice:
    return status.model_copy(update={"off": True}) if status.key == CANCELLED else status


def _methods(rows: Iterable[Named]) -> tuple[Choice, ...]:
    named = {row.keys[0]: row for row in rows if row.keys}
    return tuple(Choice(key=key, title=row.title or key, also=row.keys[1:]) for key, row in sorted(named.items()))


def _rates(rows: Iterable[WireTaxRow]) -> tuple[Choice, ...]:
    named = ((percentage(row.tax_rate), row.name) for row in rows)
    return _choices((key, name or f"{key} %") for key, name in named)


def _choices(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, title=title) for key, title in sorted(dict(pairs).items()))


def shared_numbers(api: AdminApi, channels: Mapping[str, str]) -> str:
    """Return why orders of these channels (names by id) may have the same number; empty where they cannot."""
    if len(channels) <= 1:
        return ""
    orders = [equals("type.technicalName", "order")]
    try:
        found = list(api.listing(RANGES, filter=orders, associations={"numberRangeSalesChannels": {}}))
    except (NeedsAttention, Rejected):
        return UNSEEN
    ranges = [each for each in found if isinstance(each, _Range)]
    return _told(_by_pattern(ranges, channels)) if len(ranges) == len(found) else UNSEEN


def _by_pattern(ranges: list[_Range], channels: Mapping[str, str]) -> Mapping[str, Mapping[str, list[str]]]:
    """By pattern and range: the names of the channels that take their numbers from it."""
    own = {link.sales_channel_id: each for each in ranges for link in each.number_range_sales_channels or ()}
    shops = next((each for each in ranges if each.is_global), None)
    found: dict[str, dict[str, list[str]]] = {}
    for channel, name in channels.items():
        used = own.get(channel, shops)
        if used is not None:
            found.setdefault(used.pattern, {}).setdefault(used.id, []).append(name)
    return found


def _told(found: Mapping[str, Mapping[str, list[str]]]) -> str:
    alike = next((users for users in found.values() if len(users) > 1), None)
    if alike is None:
        return ""
    groups = " and ".join(", ".join(names) for names in alike.values())
    return (
        f"The sales channels {groups} have number ranges of one pattern: two of their orders may have the same number."
    )
