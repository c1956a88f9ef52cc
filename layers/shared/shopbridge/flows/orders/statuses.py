"""Whose status counts when an order moved on one side or on both; pure.

A side has moved when its status is another one than when both were last in line, or than what we wrote ourselves: so
what we wrote is never news. The newer move wins, by the platforms' own times. Nothing is taken back, unless the
settings say that an order may go back to that status.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shopbridge.mapping.names import folded


@dataclass(frozen=True)
class OrderSide:
    """Where an order stands on one side.

    Attributes:
        was: Its status when both sides were last in line.
        at: Since when it is ``now``, or when that was first seen.
        leads_to: The other side's status for it; None where it leads to none there.
        cancelled: It is off on this side.
        was_cancelled: It was, when both sides were last in line.
    """

    was: str
    now: str
    at: datetime
    leads_to: str | None
    cancelled: bool = False
    was_cancelled: bool | None = None

    @property
    def moved(self) -> bool:
        """Whether the side itself moved it; a status may stay while the order is called off."""
        ended = self.was_cancelled is not None and self.was_cancelled != self.cancelled
        return ended or folded(self.was) != folded(self.now)


@dataclass(frozen=True)
class Life:
    """The statuses of one side, in the order of an order's life.

    Attributes:
        ranks: By status; one that is missing here may stand anywhere but at the beginning.
        back: Statuses that an order may be taken back to.
    """

    ranks: Mapping[str, int] = field(default_factory=dict)
    back: frozenset[str] = frozenset()

    @classmethod
    def of(cls, statuses: Iterable[str], back: Collection[str]) -> "Life":
        """Return the life that settings describe; each status counts where it comes first."""
        names = dict.fromkeys(map(folded, statuses))
        return cls({name: rank for rank, name in enumerate(names)}, frozenset(map(folded, back)))

    def goes_back(self, now: str, to: str) -> bool:
        """Tell whether a move would take an order back without leave."""
        here, there = self.ranks.get(folded(now)), self.ranks.get(folded(to))
        if there is None or folded(to) in self.back:
            return False
        return there < here if here is not None else there == 0


Act = Literal["nothing", "to_shop", "to_office", "apart"]


@dataclass(frozen=True)
class Verdict:
    """What is to be done: write to one side, nothing, or leave both to a person.

    Attributes:
        status: The status to write.
        why: A sentence for the order's story, where there is something to say.
    """

    act: Act
    status: str = ""
    why: str = ""


NOTHING = Verdict("nothing")


def judge(shop: OrderSide, office: OrderSide, shop_life: Life, office_life: Life) -> Verdict:
    """Return what brings both sides into line again."""
    if not (shop.moved or office.moved) or _in_line(shop, office):
        return NOTHING
    if shop.moved and office.moved and shop.cancelled != office.cancelled and _crossed(shop, office):
        return Verdict("apart", why=_APART["crossed"])
    to_shop, to_office = _moves("to_shop", office, shop, shop_life), _moves("to_office", shop, office, office_life)
    newer_first = (to_shop, to_office) if office.at > shop.at else (to_office, to_shop)
    spoken = next((each for each in newer_first if each.act != "nothing"), None)
    if spoken is not None:
        return spoken
    if office.moved and office.cancelled and not shop.cancelled:
        return Verdict("apart", why=_APART["cancelled"])
    if office.moved and office.was_cancelled and shop.cancelled:
        return Verdict("apart", why=_APART["taken_up"])
    return Verdict("nothing", why=" ".join(filter(None, (each.why for each in newer_first))))


_APART = {
    "crossed": "One side cancelled the order, and the other one moved it after that.",
    "cancelled": "The back office cancelled the order, and no setting says which status it then gets in the shop.",
    "taken_up": "The back office took the order up again, and the shop keeps it cancelled.",
}


def _in_line(shop: OrderSide, office: OrderSide) -> bool:
    if shop.cancelled and office.cancelled:
        return True
    return _is(shop.leads_to, office.now) or _is(office.leads_to, shop.now)


def _is(leads_to: str | None, status: str) -> bool:
    return leads_to is not None and folded(leads_to) == folded(status)


def _crossed(shop: OrderSide, office: OrderSide) -> bool:
    """A cancellation that came later counts like any move; one that came before the other side went on does not."""
    off, going_on = (shop, office) if shop.cancelled else (office, shop)
    return off.at < going_on.at


def _moves(act: Act, mover: OrderSide, other: OrderSide, life: Life) -> Verdict:
    if not mover.moved or mover.leads_to is None:
        return NOTHING
    if not mover.cancelled and life.goes_back(other.now, mover.leads_to):
        side = "shop" if act == "to_shop" else "back office"
        return Verdict("nothing", why=f"The {side} keeps {other.now!r}: {mover.leads_to!r} comes before it.")
    return Verdict(act, mover.leads_to)
