"""An account: all records, in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sandbox.platforms.cloudsales.inferred import Assumed
from sandbox.platforms.cloudsales.records import Connector, Contact, Document, Order, Product, Receipt, WorkPoint
from sandbox.platforms.cloudsales.wire import ZONE, local
from sandbox.platforms.kit.ids import Ids


@dataclass
class Account:
    """All records, by id, in the order of creation.

    Args:
        number: The account's part of the address.
    """

    clock: Callable[[], datetime]
    assumed: Assumed
    number: str = "100200"
    work_points: dict[int, WorkPoint] = field(default_factory=dict)
    connectors: dict[int, Connector] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    services: dict[int, Product] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    references: dict[tuple[int, str], Order] = field(default_factory=dict)
    proformas: dict[int, Document] = field(default_factory=dict)
    invoices: dict[int, Document] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    _codes: dict[str, Product] = field(default_factory=dict)
    new_id: Ids = field(default_factory=lambda: Ids(11_000))

    @property
    def main(self) -> WorkPoint:
        """The first work point."""
        return next(iter(self.work_points.values()))

    def now(self) -> str:
        """The present moment on the wall."""
        return local(self.clock())

    def today(self) -> date:
        """The present day on the wall."""
        return self.clock().astimezone(ZONE).date()

    def put(self, item: Product) -> None:
        """Add a product or a service to the catalogue; of several with one code, the first is found by it."""
        table = self.services if item.is_service else self.products
        table[item.id] = item
        for code in (item.code, *item.additional_codes):
            self._codes.setdefault(code, item)

    def item(self, code: str) -> Product:
        """The product or service with this code, or with it among its additional ones.

        Raises:
            KeyError: There is none.
        """
        return self._codes[code]

    def unknown(self, codes: Iterable[str]) -> list[str]:
        """Those of the codes that no active product or service has."""
        return [code for code in codes if code not in self._codes or not self._codes[code].is_active]
