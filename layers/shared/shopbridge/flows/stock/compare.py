"""Holds what a target has against what it should have: nobody but a comparison sees what others changed there."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from shopbridge.flows.stock.figures import amount, content_of, refused_entry, to_write
from shopbridge.flows.stock.open_units import open_units
from shopbridge.flows.stock.route import StockRoute
from shopbridge.flows.stock.shard import Findings, Part
from shopbridge.flows.stock.write import forget_ids, unknown_sku
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Standing


class Comparison:
    """One slice of it: the reader may keep what it has read."""

    def __init__(self, route: StockRoute) -> None:
        self._route = route
        self._reader = route.target.reader()

    def judge(self, part: Part, findings: Findings, doubtful: Collection[str]) -> Mapping[str, Reason]:
        """Put what differs on the part's list, and settle the rest; returns SKUs that no figure can be written for.

        The open orders are asked for even where a figure seems right: an order may hold units that were written over.
        """
        read = self._reader.read(list(findings.figures))
        standings = {sku: each for sku, each in read.items() if isinstance(each, Standing)}
        units = open_units(self._route, {sku: findings.moments[sku][0] for sku in standings})
        for sku, standing in standings.items():
            expected = to_write(
                findings.figures[sku].units, units.of(sku), standing.will_deduct, to_shop=self._route.to_shop
            )
            if standing.quantity == expected and sku not in units.unsure:
                part.outcome[sku] = findings.figures[sku].entry
                continue
            part.todo.append(findings.wish(sku))
            settled = content_of(part.stored.get(sku, "")) == findings.figures[sku].entry
            if settled and not part.was_refused(sku) and sku not in units.unsure and sku not in doubtful:
                part.drift[sku] = _told(sku, standing, expected, findings.figures[sku].inputs)
        refused = {sku: _refusal(sku, read.get(sku)) for sku in findings.figures if sku not in standings}
        part.outcome |= {sku: refused_entry(findings.figures[sku].entry) for sku in refused}
        forget_ids(self._route, refused)
        return refused


def _refusal(sku: str, found: Standing | Reason | None) -> Reason:
    return found if isinstance(found, Reason) else unknown_sku(sku)


def _told(sku: str, standing: Standing, expected: Decimal, inputs: str) -> str:
    return f"{sku}: {amount(standing.quantity)} in the target instead of {amount(expected)} ({inputs})"
