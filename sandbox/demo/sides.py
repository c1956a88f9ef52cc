"""What the demo asks of an emulated platform; each pair names one of each kind."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from sandbox.demo.orders import Order, Product

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Placed:
    """An order as the shop has it."""

    number: str
    total: Decimal


@dataclass(frozen=True)
class Booked:
    """An order as the back office has it; ``reference`` is the shop's number."""

    reference: str
    total: Decimal


@dataclass(frozen=True)
class Told:
    """What the shop was told after an import."""

    status: str
    document: str


class Side(Protocol):
    """One emulated platform."""

    @property
    def platform(self) -> str:
        """The connector's key."""

    @property
    def app(self) -> "WSGIApplication":
        """What is served."""

    @property
    def calls(self) -> int:
        """How many calls its API got so far."""

    def settings(self) -> Mapping[str, Any]:
        """What an operator sets for it, but for the address."""

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """What an operator enters; wrong ones to see them refused."""

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into its catalogue."""


class ShopSide(Side, Protocol):
    """A shop."""

    def open_at(self, url: str) -> None:
        """The address is known."""

    def another_key(self) -> Mapping[str, str]:
        """Credentials for one more connection; it hears of orders by polling."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Let the shop call us: ``hooks`` are the connection's addresses below ``base_url``."""

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders. Not ``announced``: the webhook is lost on its way."""

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""

    def doubled_and_reordered(self) -> AbstractContextManager[None]:
        """What happens in the block is announced after it, the last first and everything twice."""

    def placed(self) -> Sequence[Placed]:
        """All orders."""

    def told(self, number: str) -> Told:
        """What the bridge wrote back to an order."""


class OfficeSide(Side, Protocol):
    """A back office."""

    def booked(self) -> Sequence[Booked]:
        """All orders."""

    def apart(self) -> Mapping[str, Any]:
        """What an operator sets so that one more connection's orders are told from the first one's."""

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with: too many calls."""

    def faults_struck(self) -> bool:
        """Everything that was to go wrong has gone wrong."""
