"""What a user may do in a shop, and the words that maps may name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.cartum.api import ORDERS, CartumApi
from shopbridge.connectors.cartum.auth import log_in_afresh
from shopbridge.connectors.cartum.orders.map import OPEN, PAID
from shopbridge.connectors.cartum.orders.status import KeptStatuses, choices
from shopbridge.connectors.cartum.outcomes import EMPTY, TITLE
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import WireCurrency, WireNamed, as_rows, title_in
from shopbridge.connectors.kit.loose import as_text
from shopbridge.connectors.kit.rows import AnyRow, Row, read_rows
from shopbridge.errors import Rejected
from shopbridge.http.auth import Secrets
from shopbridge.model.office import Choice, Identity, Vocabulary
from shopbridge.ports import TokenStore

DELIVERIES: Final = ("delivery/export", "delivery")
PAYMENTS: Final = ("payment/export", "payment")
CURRENCIES: Final = ("currency/export", "currency")
_ROWS, _NAMED, _CURRENCIES = TypeAdapter(list[AnyRow]), TypeAdapter(list[WireNamed]), TypeAdapter(list[WireCurrency])


@dataclass(frozen=True)
class CartumAccount:
    """One shop, as a user of its admin meets it."""

    settings: CartumSettings
    api: CartumApi
    statuses: KeptStatuses
    tokens: TokenStore
    secrets: Secrets

    def ping(self) -> Identity:
        """Log in anew and ask for an order; two calls.

        Raises:
            NeedsAttention: The user is wrong, or the shop's tariff plan has no API.
        """
        log_in_afresh(self.api.client, self.tokens, self.secrets)
        self.api.rows(ORDERS, "orders", {"offset": 0, "limit": 1})
        return Identity(name=f"{TITLE} {self.settings.channel}", version="", accounts=(self.settings.place,))

    def vocabulary(self) -> Vocabulary:
        """Return what maps and settings may name; four calls. What a shop's version does not list stays empty."""
        office = self.settings.warehouse
        return {
            "status": choices(self.statuses.refreshed(), self.settings),
            "payment_status": (Choice(key=OPEN, title="Not paid"), Choice(key=PAID, title="Paid")),
            "payment": self._named(*PAYMENTS),
            "shipping": self._named(*DELIVERIES),
            "currency": self._currencies(),
            "warehouse": (Choice(key=office, title=office),),
            "price_group": (Choice(key="regular", title="Price"), Choice(key="sale", title="Price below the old one")),
        }

    def _named(self, function: str, name: str) -> tuple[Choice, ...]:
        rows = self._rows(function, name)
        once = {each.id: each for each in read_rows(_NAMED, rows, TITLE, name) if each.id}
        return tuple(
            Choice(key=each.id, title=title_in(each.title, self.settings.language) or each.id, also=_titles(each.title))
            for each in once.values()
        )

    def _currencies(self) -> tuple[Choice, ...]:
        rows = read_rows(_CURRENCIES, self._rows(*CURRENCIES), TITLE, "currencies")
        return tuple(Choice(key=code, title=code) for code in dict.fromkeys(each.iso.upper() for each in rows) if code)

    def _rows(self, function: str, name: str) -> list[Row]:
        """[inferred] The list is called after the function, or is the only one in the answer."""
        try:
            told = self.api.ask(function)
        except Rejected:
            return []
        lists = [value for value in told.told.values() if isinstance(value, list | Mapping)]
        listed: Any = told.told.get(name, lists[0] if len(lists) == 1 else [])
        return [] if told.word == EMPTY else read_rows(_ROWS, as_rows(listed), TITLE, name)


def _titles(title: Any) -> tuple[str, ...]:
    """An order names its payment in the buyer's language, so a map may use any of them."""
    texts: Iterable[Any] = title.values() if isinstance(title, Mapping) else [title]
    named: Sequence[str] = [text for each in texts if isinstance(text := as_text(each), str) and text]
    return tuple(dict.fromkeys(named))
