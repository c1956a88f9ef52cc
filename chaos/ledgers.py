"""What the bridge believes and what the platforms have, side by side."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.pairs.sides.protocols import Placed
from sandbox.quick.scenery import Linked, Scenery
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.ledger.items import PREFIX, from_item

END_STATES = frozenset({"DONE", "SKIPPED", "HELD", "REJECTED", "UNKNOWN"})
"""What a person can see; an order that stays in another one is lost from sight."""


@dataclass
class Verdict:
    """What became of all orders.

    Attributes:
        imported, held, skipped: Orders by where they can be seen.
        lost: Numbers of orders that can be seen nowhere, or count as imported and are not there.
        doubled: Numbers that the back office has twice, or printed two receipts for.
        mismatches: Numbers whose total is another there.
        astray: Sentences about figures that do not reconcile.
    """

    placed: int = 0
    imported: int = 0
    held: int = 0
    skipped: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Every promise is kept."""
        return not (self.lost or self.doubled or self.mismatches or self.astray)


def judge(scenery: Scenery) -> Verdict:
    """Compare every order of every shop with its back office and with the ledger."""
    verdict = Verdict()
    for link in scenery.links.values():
        _judge(verdict, link, records(scenery, link))
    seen = verdict.imported + verdict.held + verdict.skipped + len(verdict.lost)
    if seen != verdict.placed:
        verdict.astray.append(f"{verdict.placed} orders were placed, {seen} are accounted for")
    return verdict


def records(scenery: Scenery, link: Linked) -> Mapping[str, LedgerRecord]:
    """The ledger's records of a connection's orders, by the order's number."""
    items = scenery.tables.records(scenery.environment.state_table, link.id, f"{PREFIX}order#")
    return {record.reference: record for record in map(from_item, items)}


def _judge(verdict: Verdict, link: Linked, known: Mapping[str, LedgerRecord]) -> None:
    booked: dict[str, list[Decimal]] = {}
    for each in link.office.booked():
        booked.setdefault(each.reference, []).append(each.total)
    receipts = Counter(link.office.receipts())
    placed = link.shop.placed()
    for order in placed:
        _place(verdict, order, known.get(order.number), booked.get(order.number, []))
    verdict.placed += len(placed)
    verdict.doubled += [number for number, count in receipts.items() if count > 1 and len(booked[number]) == 1]
    strangers = booked.keys() - {order.number for order in placed}
    verdict.astray += [f"{link.id}: nobody ordered {number}" for number in sorted(strangers)]


def _place(verdict: Verdict, order: Placed, record: LedgerRecord | None, totals: list[Decimal]) -> None:
    """Count one order where it can be seen."""
    if len(totals) > 1:
        verdict.doubled.append(order.number)
    if totals and totals[0] != order.total:
        verdict.mismatches.append(order.number)
    imported = record is not None and record.state == "DONE"
    if record is None or record.state not in END_STATES or (imported and not totals):
        verdict.lost.append(order.number)
        return
    verdict.codes[record.reason.code if record.reason else record.state] += 1
    verdict.imported += imported
    verdict.skipped += record.state == "SKIPPED"
    verdict.held += not imported and record.state != "SKIPPED"
    if totals and record.state in ("SKIPPED", "HELD", "REJECTED"):
        verdict.astray.append(f"{order.number} is in the back office and counts as {record.state}")
