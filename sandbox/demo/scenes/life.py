"""The story's scenes of an order's life: what one side does to an imported order, and what the other knows of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, runtime_checkable

from sandbox.demo import catalogue
from sandbox.demo.catalogue import item
from sandbox.demo.orders import Address, Item, Order
from sandbox.demo.pair import Life
from sandbox.demo.phases import Checks, Phase
from sandbox.demo.world import World

SENT = Order("10031", (item(catalogue.MUG, 2),), catalogue.SANNE, catalogue.UTRECHT, shipping=Decimal("4.95"))
DONE, OFF_IN_SHOP, OFF_IN_OFFICE, EDITED = (
    replace(SENT, number=number) for number in ("10032", "10033", "10034", "10035")
)
LIVED = (SENT, DONE, OFF_IN_SHOP, OFF_IN_OFFICE, EDITED)
CODE = "RO123456789"
REORDERED = (item(catalogue.MUG, 3), item(catalogue.SOAP))
STREET = "Str. Nouă nr. 9"
QUIET = 3
"""Polls of a quiet time."""


@runtime_checkable
class LivingShop(Protocol):
    """A shop whose orders go on."""

    def move(self, number: str, status: str) -> None:
        """The merchant gives an order another status."""

    def status(self, number: str) -> str:
        """Its status, as settings name it."""

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The merchant changes what an order takes."""

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""


@runtime_checkable
class Parcels(Protocol):
    """A shop that keeps tracking codes."""

    def parcel(self, number: str) -> str:
        """That of an order."""


@runtime_checkable
class LivingOffice(Protocol):
    """A back office whose orders go on."""

    def move(self, reference: str, status: str) -> None:
        """A person gives an order another status."""

    def send(self, reference: str, code: str) -> None:
        """A person writes a parcel's tracking code."""

    def status(self, reference: str) -> str:
        """Its status, as settings name it."""

    def words(self, reference: str) -> str:
        """What people read beside its lines."""

    def units(self, reference: str) -> Mapping[str, Decimal]:
        """What its lines take, by SKU."""


@dataclass
class LifeScenes:
    """Plays them.

    Args:
        settle: Waits until nothing moves any more.
    """

    world: World
    checks: Checks
    settle: Callable[[], bool]

    def phases(self) -> Iterator[Phase]:
        """All of them; none where the pair's orders have no life after the import."""
        shop, office, life = self.world.shop, self.world.office, self.world.pair.life
        if life and isinstance(shop, LivingShop) and isinstance(office, LivingOffice):
            yield from _Lives(self.world, shop, office, life, self.checks, self.settle).phases()


@dataclass(frozen=True)
class _Lives:
    world: World
    shop: LivingShop
    office: LivingOffice
    life: Life
    checks: Checks
    settle: Callable[[], bool]

    def phases(self) -> Iterator[Phase]:
        yield Phase("orders that live on after their import", self._begin)
        comes = "status and tracking code come" if isinstance(self.shop, Parcels) else "its status comes"
        yield Phase(f"one is sent in the back office: {comes} to the shop", self._send)
        yield Phase("one is completed in the shop: the back office follows", self._complete)
        yield Phase("one is cancelled in the shop and one in the back office", self._cancel)
        yield Phase("a line and an address are edited in the shop", self._edit)
        yield Phase("nobody does anything: nothing is written, nothing comes back", self._rest)

    def _begin(self) -> None:
        self.world.place(LIVED)
        self._look()
        ledger = self.world.ledger()
        done = {number for number, standing in ledger.items() if standing.state == "DONE"}
        missing = [order.number for order in LIVED if order.number not in done]
        self.checks.that(not missing, f"Orders that are to live on should be imported, but these are not: {missing}.")

    def _send(self) -> None:
        self.office.move(SENT.number, self.life.sent[1])
        self.office.send(SENT.number, CODE)
        self._look()
        self._stand(SENT, self.life.sent)
        if isinstance(self.shop, Parcels):
            parcel = self.shop.parcel(SENT.number)
            self.checks.that(parcel == CODE, f"The shop should have the tracking code {CODE}, but has {parcel!r}.")

    def _complete(self) -> None:
        self.shop.move(DONE.number, self.life.done[0])
        self._look()
        self._stand(DONE, self.life.done)

    def _cancel(self) -> None:
        self.world.shop.cancel(OFF_IN_SHOP.number)
        self.office.move(OFF_IN_OFFICE.number, self.life.cancelled[1])
        self._look()
        for order in (OFF_IN_SHOP, OFF_IN_OFFICE):
            self._stand(order, self.life.cancelled)

    def _edit(self) -> None:
        """A side that does not take it leaves an order that waits with the difference."""
        self.shop.reorder(EDITED.number, self.world.pair.market.order(replace(EDITED, items=REORDERED)).items)
        self.shop.redirect(EDITED.number, replace(catalogue.UTRECHT, street=STREET))
        self._look()
        wanted = {each.sku: Decimal(each.quantity) for each in REORDERED}
        units = self.office.units(EDITED.number)
        self.checks.that(units == wanted, f"The edited order should take {wanted} there, but takes {dict(units)}.")
        told = STREET in self.office.words(EDITED.number)
        self.checks.that(told, "The back office should tell where the edited order goes.")

    def _rest(self) -> None:
        before = self._writes(), self._stories()
        for _ in range(QUIET):
            self._look()
        self.checks.that(self._writes() == before[0], "In a quiet time something was written: an echo.")
        self.checks.that(self._stories() == before[1], "In a quiet time an order's story went on: an echo.")

    def _look(self) -> None:
        self.world.poll()
        self.checks.that(self.settle(), "What becomes of an order never settles.")

    def _stand(self, order: Order, wanted: tuple[str, str]) -> None:
        found = self.shop.status(order.number), self.office.status(order.number)
        self.checks.that(
            found == wanted, f"Order {order.number} should stand at {wanted} in shop and back office, not at {found}."
        )

    def _writes(self) -> int:
        return self.world.shop.writes + self.world.office.writes

    def _stories(self) -> dict[str, str]:
        ledger = self.world.ledger()
        return {order.number: ledger[order.number].story for order in LIVED if order.number in ledger}
