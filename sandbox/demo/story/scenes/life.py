"""The story's scenes of an order's life: what one side does to an imported order, and what the other knows of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from sandbox.demo.story.phases import Checks, Phase
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs import catalogue
from sandbox.pairs.catalogue import item
from sandbox.pairs.orders import Address, Item, Order
from sandbox.pairs.pair import Life
from sandbox.pairs.sides.protocols import Side

SENT = Order("10031", (item(catalogue.MUG, 2),), catalogue.SANNE, catalogue.UTRECHT, shipping=Decimal("4.95"))
DONE, OFF_IN_SHOP, OFF_IN_OFFICE, EDITED = (
    replace(SENT, number=number) for number in ("10032", "10033", "10034", "10035")
)
LIVED = (SENT, DONE, OFF_IN_SHOP, OFF_IN_OFFICE, EDITED)
CODE = "RO123456789"
REORDERED = (item(catalogue.MUG, 3), item(catalogue.SOAP))
STREET = "Str. Nouă nr. 9"
CHANGED = "changed_after_import"
"""Why an order waits whose back office cannot be told."""
QUIET = 2
"""Polls of a quiet time."""

Part = TypeVar("Part")


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
class Shipments(Protocol):
    """A shop that keeps tracking codes."""

    def shipment(self, number: str) -> str:
        """That of an order."""


@runtime_checkable
class Standing(Protocol):
    """A back office whose orders have a status."""

    def status(self, reference: str) -> str:
        """That of an order, as settings name it."""


@runtime_checkable
class Moving(Protocol):
    """A back office where people move an order on."""

    def move(self, reference: str, status: str) -> None:
        """A person gives an order another status."""


@runtime_checkable
class Sending(Protocol):
    """A back office that knows shipments."""

    def send(self, reference: str, code: str) -> None:
        """A person writes a shipment's tracking code."""


@runtime_checkable
class Editable(Protocol):
    """A back office that takes an edit."""

    def words(self, reference: str) -> str:
        """What people read beside an order's lines."""

    def units(self, reference: str) -> Mapping[str, Decimal]:
        """What its lines take, by SKU."""


@dataclass(frozen=True)
class LifeScenes:
    """Plays them: what the back office tells, what it takes, and that a person is told of the rest.

    Args:
        settle: Waits until nothing moves any more.
    """

    world: World
    checks: Checks
    settle: Callable[[], bool]

    def phases(self) -> Iterator[Phase]:
        """All that this pair is capable of."""
        life = self.world.pair.life
        yield Phase("orders that live on after their import", self._begin)
        if life.tells:
            shipment = " and tracking code" if self._shipments else ""
            yield Phase(
                f"in the back office one is sent and one cancelled: status{shipment} come to the shop", self._told
            )
        follows = "the back office follows" if "status" in life.takes else "the cancelled one waits for a person"
        yield Phase(f"in the shop one is completed and one cancelled: {follows}", self._tell)
        follows = "they travel" if "lines" in life.takes else "it waits for a person until it is edited back"
        yield Phase(f"a line and an address are edited in the shop: {follows}", self._edit)
        yield Phase("nobody does anything: nothing is written, nothing comes back", self._rest)

    def _begin(self) -> None:
        self.world.place(LIVED)
        self.world.listen()
        self.checks.that(self.settle(), "The orders that are to live on never settle.")
        ledger = self.world.ledger()
        done = {number for number, standing in ledger.items() if standing.state == "DONE"}
        missing = [order.number for order in LIVED if order.number not in done]
        self.checks.that(not missing, f"Orders that are to live on should be imported, but these are not: {missing}.")

    def _told(self) -> None:
        office, life = as_part(self.world.office, Moving), self._life
        office.move(SENT.number, life.sent[1])
        if "shipments" in life.tells:
            as_part(self.world.office, Sending).send(SENT.number, CODE)
        office.move(OFF_IN_OFFICE.number, life.cancelled[1])
        self._look()
        self._stand(SENT, life.sent)
        self._stand(OFF_IN_OFFICE, life.cancelled)
        if self._shipments:
            shipment = as_part(self.world.shop, Shipments).shipment(SENT.number)
            self.checks.that(shipment == CODE, f"The shop should have the tracking code {CODE}, but has {shipment!r}.")

    def _tell(self) -> None:
        self._shop.move(DONE.number, self._life.done[0])
        self.world.shop.cancel(OFF_IN_SHOP.number)
        self._look()
        if {"status", "cancelled"} & self._life.takes:
            self._stand(DONE, self._life.done)
            self._stand(OFF_IN_SHOP, self._life.cancelled)
        else:
            self._do_by_hand(OFF_IN_SHOP)

    def _edit(self) -> None:
        self._change(replace(EDITED, items=REORDERED, billing=replace(catalogue.UTRECHT, street=STREET)))
        if {"lines", "address"} <= self._life.takes:
            self._is_edited(as_part(self.world.office, Editable))
        else:
            self._waits(EDITED, CHANGED)
            self._change(EDITED)
            self._waits(EDITED)

    def _change(self, order: Order) -> None:
        """The merchant gives the order these lines and this address."""
        wanted = self.world.pair.market.order(order)
        self._shop.reorder(order.number, wanted.items)
        self._shop.redirect(order.number, wanted.billing)
        self._look()

    def _is_edited(self, office: Editable) -> None:
        wanted = {each.sku: Decimal(each.quantity) for each in REORDERED}
        units = office.units(EDITED.number)
        self.checks.that(units == wanted, f"The edited order should take {wanted} there, but takes {dict(units)}.")
        told = STREET in office.words(EDITED.number)
        self.checks.that(told, "The back office should tell where the edited order goes.")

    def _waits(self, order: Order, *codes: str) -> None:
        """It is listed for these reasons, each with what to do; for none where nothing is to be done."""
        listed = [each for each in self._held() if each["order"] == order.number]
        fits = tuple(each["code"] for each in listed) == codes and all(each["fix"] for each in listed)
        self.checks.that(
            fits, f"Order {order.number} should wait for {codes or 'nothing'}, but what waits is {listed}."
        )

    def _do_by_hand(self, order: Order) -> None:
        """A person does in the back office what it is told, and says so."""
        self._waits(order, CHANGED)
        self.world.operations.ask("skip", connection=CONNECTION, order=order.number, remark="It is done by hand.")
        self._waits(order)

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
        found = self._shop.status(order.number), as_part(self.world.office, Standing).status(order.number)
        self.checks.that(
            found == wanted, f"Order {order.number} should stand at {wanted} in shop and back office, not at {found}."
        )

    @property
    def _life(self) -> Life:
        return self.world.pair.life

    @property
    def _shop(self) -> LivingShop:
        return as_part(self.world.shop, LivingShop)

    @property
    def _shipments(self) -> bool:
        return bool(self._life.changes.get("shipments"))

    def _held(self) -> list[dict[str, str]]:
        held: list[dict[str, str]] = self.world.operations.ask("held", connection=CONNECTION)
        return held

    def _writes(self) -> int:
        return self.world.shop.writes + self.world.office.writes

    def _stories(self) -> dict[str, str]:
        ledger = self.world.ledger()
        return {order.number: ledger[order.number].story for order in LIVED if order.number in ledger}


def as_part(side: Side, part: Callable[..., Part]) -> Part:
    """A side as what the story asks of it. Raises TypeError where it is no such."""
    kind = cast("type[Any]", part)
    if isinstance(side, kind):
        return cast("Part", side)
    raise TypeError(f"{side.platform} is no {kind.__name__}, as the story asks of it")
