"""What a pair of the demo is: a shop, a back office, and the words between them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.pairs.market import ANYWHERE, Market
from sandbox.pairs.orders import Payment, Stage
from sandbox.pairs.sides.protocols import OfficeSide, ShopSide
from shopbridge.model.office import OrderChange
from shopbridge.ports import ProgressFact

Clock = Callable[[], datetime]
MakeShop = Callable[[Clock, str], ShopSide]
MakeOffice = Callable[[Clock, str], OfficeSide]
"""A side, for its clock and its currency."""
FORGOTTEN: Payment = "paypal"
"""The payment that an operator forgets at first."""
FROM_SHOP = {"direction": "shop_to_office", "fields": {"name": "always"}}
"""``products`` of a pair whose back office takes them; a name that the shop changes travels, too."""


@dataclass(frozen=True)
class Life:
    """What becomes of an order after its import, in both sides' words.

    Attributes:
        changes: ``orders.changes``; empty where the back office tells nothing.
        takes, tells: What the back office is told, and what it tells.
        sent, done, cancelled: The statuses of an order that is sent, completed and off: the shop's, the back office's.
            That of the back office is empty where it has none, or is not told.
    """

    changes: Mapping[str, Any]
    takes: frozenset[OrderChange]
    tells: frozenset[ProgressFact]
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
        takes_stock: What lies in the back office falls with an order, or is reserved for it; else it stays until a
            person writes the goods off, which nobody does in the story.
        mails: The back office mails no documents, so the bridge does.
        life: What becomes of an order after its import.
    """

    shop: MakeShop
    office: MakeOffice
    maps: Mapping[str, Mapping[str, str]]
    forgotten_payment: Mapping[str, str]
    write_back: Mapping[str, Any]
    life: Life
    market: Market = ANYWHERE
    stock: Mapping[str, Any] | None = None
    products: Mapping[str, Any] | None = None
    unattended: bool = True
    takes_stock: bool = True
    mails: bool = False

    @property
    def carries_goods(self) -> bool:
        """Stock, prices and products travel to the shop, so their scenes are played."""
        return self.stock is not None and self.products is not None

    @property
    def brings_products(self) -> bool:
        """Products and prices travel from the shop, so their scenes are played."""
        return self.stock is None and self.products is not None


@dataclass(frozen=True)
class Shop:
    """A shop, and how it calls what the story knows.

    Attributes:
        side: Makes it, for the market that the story is played in.
        payments, carriage, statuses: Its keys; a stage that it does not have is left out.
        told: The status that an order gets after its import.
        shipments: It keeps tracking codes.
        takes_products: Products can be written there; stock travels only beside them.
        makes_categories: Those of a product can be made through its API; else they stay behind.
        document_field: Where the number of the back office's document goes; empty where it has no place for one.
        home: Where it is when the back office does not mind.
        lives_in: What becomes of a market, for a shop whose buyers cannot live just anywhere.
    """

    side: Callable[[Market], MakeShop]
    payments: Mapping[Payment, str]
    carriage: str
    statuses: Mapping[Stage, str]
    told: str
    home: Market
    document_field: str = ""
    shipments: bool = False
    takes_products: bool = True
    makes_categories: bool = True
    lives_in: Callable[[Market], Market] = lambda market: market


@dataclass(frozen=True)
class Office:
    """A back office, and how it calls what the story knows.

    Attributes:
        payments, carriage, statuses: Its keys, or its words.
        tax: How it writes a percentage.
        taxes: What it calls each rate, where its taxes are records; what bears none needs no entry.
        market: Where it is used; None where it does not mind.
        numbers: Its orders have a number that means something to people.
        takes, tells: What becomes of an order: what of it the back office is told, and what it tells.
        follows: Its own statuses that a shop follows, where it tells them.
        stock, products, unattended, takes_stock, mails: As of a pair.
    """

    side: MakeOffice
    statuses: Mapping[Stage, str]
    payments: Mapping[Payment, str]
    carriage: str
    tax: str = "{}"
    taxes: Mapping[str, str] | None = None
    market: Market | None = None
    numbers: bool = True
    takes: frozenset[OrderChange] = frozenset()
    tells: frozenset[ProgressFact] = frozenset()
    follows: Mapping[Stage, str] = field(default_factory=dict)
    stock: Mapping[str, Any] | None = None
    products: Mapping[str, Any] | None = None
    unattended: bool = True
    takes_stock: bool = True
    mails: bool = False


def linked(shop: Shop, office: Office) -> Pair:
    """A shop and a back office with all the words between them."""
    market = shop.home if office.market is None else shop.lives_in(office.market)
    payments = {shop.payments[payment]: word for payment, word in office.payments.items() if payment != FORGOTTEN}
    return Pair(
        shop=shop.side(market),
        office=office.side,
        maps={
            "status": dict(_met(shop, office)),
            "payment": payments,
            "shipping": {shop.carriage: office.carriage},
            "tax": dict(_taxed(office, market)),
        },
        forgotten_payment={shop.payments[FORGOTTEN]: office.payments[FORGOTTEN]},
        write_back=_told(shop, office),
        market=market,
        stock=office.stock if shop.takes_products else None,
        products=_carried(shop, office),
        unattended=office.unattended,
        takes_stock=office.takes_stock,
        mails=office.mails,
        life=_life(shop, office),
    )


def _carried(shop: Shop, office: Office) -> Mapping[str, Any] | None:
    """What ``products`` needs besides; None where they do not travel."""
    if office.products is None or office.products is FROM_SHOP:
        return office.products
    own = {} if shop.makes_categories else {"categories": False}
    return {**office.products, **own} if shop.takes_products else None


def _met(shop: Shop, office: Office) -> Iterator[tuple[str, str]]:
    """Both words for each stage that both know."""
    return ((shop.statuses[stage], word) for stage, word in office.statuses.items() if stage in shop.statuses)


def _taxed(office: Office, market: Market) -> Iterator[tuple[str, str]]:
    """What the back office calls each of the market's rates that it has."""
    for rate in market.taxes:
        if office.taxes is None:
            yield rate, office.tax.format(rate)
        elif rate in office.taxes:
            yield rate, office.taxes[rate]


def _told(shop: Shop, office: Office) -> dict[str, str]:
    document = {"document_field": shop.document_field} if shop.document_field and office.numbers else {}
    return {"status": shop.told, **document}


def _life(shop: Shop, office: Office) -> Life:
    """A shop without a status of its own for what is sent calls it as it calls an order that was taken."""
    sent = shop.statuses.get("sent", shop.told)
    done = shop.statuses.get("done", sent)
    cancelled = shop.statuses["cancelled"]
    followed: Mapping[Stage, str] = {"working": shop.statuses["working"], "sent": sent, "done": done}
    changes = {
        "statuses": {word: followed[stage] for stage, word in office.follows.items() if stage in followed},
        "cancelled": cancelled,
        "shipments": shop.shipments and "shipments" in office.tells,
    }
    return Life(
        changes=changes if office.follows else {},
        takes=office.takes,
        tells=office.tells,
        sent=(sent, office.follows.get("sent", "")),
        done=(done, office.statuses["done"]),
        cancelled=(cancelled, office.follows.get("cancelled", office.statuses.get("cancelled", ""))),
    )
