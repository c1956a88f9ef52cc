"""What the key may do in a shop, and the words that maps may name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.vendure.api import Document, VendureApi, VendureChannel
from shopbridge.connectors.vendure.catalogue.map import REGULAR, SALE
from shopbridge.connectors.vendure.orders.lines import CANCELLED, plain
from shopbridge.connectors.vendure.orders.map import DEFAULT_CHANNEL
from shopbridge.connectors.vendure.orders.payments import WORDS
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import Minor, Wire, WireNamed
from shopbridge.errors import NeedsAttention
from shopbridge.model.office import Choice, Identity, Vocabulary

NOTHING = Decimal(0)
BEFORE_PLACED: Final = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})
"""States of what is no order yet."""
ACCOUNT: Final = Document(
    name="account",
    field="activeChannel",
    text="""query account {
  activeChannel { code token defaultCurrencyCode pricesIncludeTax }
  orders(options: {take: 1}) { totalItems }
}""",
)
CHANNEL: Final = Document(
    name="channel",
    field="activeChannel",
    text="query channel { activeChannel { code token defaultCurrencyCode pricesIncludeTax } }",
)
STATUSES: Final = Document(
    name="states",
    field="globalSettings",
    text="query states { globalSettings { serverConfig { orderProcess { name } } } }",
)
PAYMENTS: Final = Document(
    name="paymentMethods",
    field="paymentMethods",
    text="query paymentMethods { paymentMethods(options: {take: 100}) { items { code name } } }",
)
WAYS: Final = Document(
    name="shippingMethods",
    field="shippingMethods",
    text="query shippingMethods { shippingMethods(options: {take: 100}) { items { code name } } }",
)
RATES: Final = Document(
    name="taxRates",
    field="taxRates",
    text="query taxRates { taxRates(options: {take: 100}) { items { name value } } }",
)
LOCATIONS: Final = Document(
    name="stockLocations",
    field="stockLocations",
    text="query stockLocations { stockLocations(options: {take: 100}) { items { id name } } }",
)
CHANNELS: Final = Document(
    name="channels",
    field="channels",
    text="query channels { channels(options: {take: 100}) { items { code token } } }",
)


class _Named(WireNamed):
    id: str = ""
    token: str = ""
    value: Minor | None = None


class _Names(Wire):
    items: list[_Named]


class _Process(Wire):
    order_process: list[WireNamed]


class _Settings(Wire):
    server_config: _Process


_NAMES, _SETTINGS, _CHANNEL = TypeAdapter(_Names), TypeAdapter(_Settings), TypeAdapter(VendureChannel)


@dataclass(frozen=True)
class VendureAccount:
    """One shop, as a key meets it."""

    settings: VendureSettings
    api: VendureApi

    def ping(self) -> Identity:
        """Ask for the channel and for an order; one call. Rights to write show at the first write-back.

        Raises:
            NeedsAttention: Address, key, channel or the right to read orders are wrong.
        """
        channel = self._channel(ACCOUNT)
        name = self.settings.channel_name if channel.code in ("", DEFAULT_CHANNEL) else channel.code
        place = self.settings.place
        account = place if channel.code in ("", DEFAULT_CHANNEL) else f"{place} {channel.code}"
        return Identity(name=f"{TITLE} {name}", version="", accounts=(account,))

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; eight calls. What the key's role may not read stays empty."""
        return {
            "status": self._statuses(),
            "payment_status": tuple(Choice(key=key, title=title) for key, title in WORDS.items()),
            "payment": self._methods(PAYMENTS),
            "shipping": self._methods(WAYS),
            "tax": _once((f"{plain(each.value or NOTHING):f}", each.name) for each in self._named(RATES)),
            "warehouse": _once((each.id, each.name) for each in self._named(LOCATIONS)),
            "channel": _once((each.token, each.code) for each in self._named(CHANNELS)),
            "currency": _once([(self._channel(CHANNEL).default_currency_code, "")]),
            "price_group": (Choice(key=REGULAR, title="Price"), Choice(key=SALE, title="None: Vendure has no sales")),
        }

    def _channel(self, document: Document) -> VendureChannel:
        return read_rows(_CHANNEL, self.api.ask(document).get(document.field), TITLE, "channels")

    def _statuses(self) -> tuple[Choice, ...]:
        process = read_rows(_SETTINGS, self.api.ask(STATUSES).get(STATUSES.field), TITLE, "states").server_config
        names = dict.fromkeys(each.name for each in process.order_process if each.name)
        return tuple(Choice(key=name, title=name, off=name == CANCELLED) for name in names if name not in BEFORE_PLACED)

    def _methods(self, document: Document) -> tuple[Choice, ...]:
        named: Mapping[str, _Named] = {each.code: each for each in self._named(document) if each.code}
        return tuple(Choice(key=key, title=each.name or key, also=each.keys[1:]) for key, each in sorted(named.items()))

    def _named(self, document: Document) -> list[_Named]:
        try:
            listed = self.api.ask(document).get(document.field)
        except NeedsAttention:
            return []
        return read_rows(_NAMES, listed, TITLE, document.name).items


def _once(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, title=title or key) for key, title in sorted(dict(pairs).items()) if key)
