"""What a pair of the demo is: a shop, a back office, and the words between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.demo.market import ANYWHERE, Market
from sandbox.demo.sides import OfficeSide, ShopSide

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Life:
    """What becomes of an order after its import, in both sides' words.

    Attributes:
        changes: ``orders.changes``.
        sent, done, cancelled: The statuses of an order that is sent, completed and off: the shop's, the back office's.
    """

    changes: Mapping[str, Any]
    sent: tuple[str, str]
    done: tuple[str, str]
    cancelled: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """A shop, a back office, and how the shop's words are called in the back office.

    Attributes:
        maps: ``orders.maps`` of the connection, but for the payment that comes last.
        forgotten_payment: The map entry an operator forgets at first.
        write_back: ``orders.write_back``.
        market: Where the story is played.
        stock, products: What these two of the connection's parts need besides what the story sets; None where the
            pair does not carry them. Products alone come from the shop, see ``FROM_SHOP``.
        unattended: The back office finds an order that is asked for, or refuses one that is sent again; else an order
            whose answer is lost waits for a person.
        mails: The back office mails no documents, so the bridge does.
        life: Both sides tell what becomes of an order; None where its scenes are not played.
    """

    shop: Callable[[Clock, str], ShopSide]
    office: Callable[[Clock, str], OfficeSide]
    maps: Mapping[str, Mapping[str, str]]
    forgotten_payment: Mapping[str, str]
    write_back: Mapping[str, Any]
    market: Market = ANYWHERE
    stock: Mapping[str, Any] | None = None
    products: Mapping[str, Any] | None = None
    unattended: bool = True
    mails: bool = False
    life: Life | None = None

    @property
    def carries_goods(self) -> bool:
        """Stock, prices and products travel to the shop, so their scenes are played."""
        return self.stock is not None and self.products is not None

    @property
    def brings_products(self) -> bool:
        """Products and prices travel from the shop, so their scenes are played."""
        return self.stock is None and self.products is not None


TAX = {rate: rate for rate in ("21", "20", "19", "17.5", "11", "9", "7", "0")}
"""Of back offices that keep the rate as it is."""
FROM_SHOP = {"direction": "shop_to_office", "fields": {"name": "always"}}
"""``products`` of a pair whose back office takes them; a name that the shop changes travels, too."""
