"""Plays the invoices of a file: most orders are found by the poll, some are announced by a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.demo.judgement.verdict import Verdict
from sandbox.demo.screen import Screen
from sandbox.demo.story.csv_orders import CARRIAGE, Invoice, order_of, products_of
from sandbox.demo.world import World

ANNOUNCED = 5
"""Every so manieth order comes with a webhook."""
PATIENCE = 1800
"""Real seconds until everything has to be through."""


@dataclass
class Retail:
    """The invoices of one file."""

    world: World
    screen: Screen
    invoices: Sequence[Invoice]

    def settings(self) -> dict[str, Any]:
        """All orders since the first invoice; carriage is sold without being a product; nothing is written back."""
        maps = {name: {"entries": dict(entries)} for name, entries in self.world.pair.maps.items()}
        first = min(invoice.date for invoice in self.invoices).date()
        return {"orders": {"maps": maps, "from_date": first.isoformat(), "products": {"text_lines": CARRIAGE}}}

    def prepare(self) -> None:
        """Fill both catalogues with the file's products."""
        with self.screen.phase("the products of the invoices are put into both catalogues"):
            products = products_of(self.invoices)
            self.world.shop.add_products(products)
            self.world.office.add_products(products)
        self.screen.note(f"{len(self.invoices)} invoices, {len(products)} products")

    def play(self) -> None:
        """Place all orders, then poll."""
        with self.screen.phase("the orders are placed, every fifth with a webhook", self._counters):
            for position, invoice in enumerate(self.invoices):
                self.world.shop.place(order_of(invoice), announced=position % ANNOUNCED == 0)
        with self.screen.phase("the poll finds the others, the bridge imports", self._counters):
            self.world.poll()
            self._settled = self.world.settled(PATIENCE)

    def judge(self, verdict: Verdict) -> tuple[str, ...]:
        """Every invoice has to be there, and everything has to be through."""
        problems = []
        if verdict.placed != len(self.invoices):
            problems.append(f"{len(self.invoices)} invoices were read, but {verdict.placed} orders placed.")
        if not self._settled:
            problems.append("Orders still wait in the queues.")
        return tuple(problems)

    def judge_goods(self) -> None:
        """Stock and products stay at home: the file knows neither."""

    def _counters(self) -> str:
        booked = len(self.world.office.booked())
        return f"{len(self.world.shop.placed())} placed · {booked} booked · {self.world.waiting()} waiting"
