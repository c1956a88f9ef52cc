"""What became of every order, judged by what shop and back office have, not by what the bridge believes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.pairs.sides.protocols import Booked, Placed
from shopbridge.model.ledger import SKIPPED_BY_OPERATOR

HELD = frozenset({"HELD", "REJECTED", "UNKNOWN"})


@dataclass(frozen=True)
class Standing:
    """What the bridge's ledger says of an order."""

    state: str
    code: str = ""
    fix: str = ""
    found_by_webhook: bool = False
    story: str = ""

    @property
    def is_settled_by_hand(self) -> bool:
        """A person skipped it."""
        return (self.state, self.code) == ("SKIPPED", SKIPPED_BY_OPERATOR)


@dataclass(frozen=True)
class Verdict:
    """Counts of orders, and what is wrong.

    Attributes:
        skipped, held: By the reason's code; what a person found in the back office and skipped counts as skipped.
        fixes: What to do, by the reason's code.
        lost: Neither in the back office, nor skipped, nor held.
        duplicated: In the back office more than once, or with more than one fiscal receipt.
        receipts: Fiscal receipts that the back office issued for orders.
        untrue: Sentences about orders of which the ledger says something else than the back office shows.
    """

    placed: int
    imported: int
    skipped: Mapping[str, int]
    held: Mapping[str, int]
    fixes: Mapping[str, str]
    duplicated: Sequence[str]
    lost: Sequence[str]
    mismatched: Sequence[str]
    untrue: Sequence[str]
    by_webhook: int
    by_poll: int
    receipts: int = 0

    @property
    def good(self) -> bool:
        """Nothing lost, doubled, untrue, or different by a cent."""
        return not (self.lost or self.duplicated or self.mismatched or self.untrue)


def judge(
    placed: Iterable[Placed], booked: Iterable[Booked], ledger: Mapping[str, Standing], receipts: Iterable[str] = ()
) -> Verdict:
    """Hold the shop's orders against the back office's, and both against the ledger.

    Args:
        receipts: An order's reference for each fiscal receipt.
    """
    totals = {order.number: order.total for order in placed}
    copies, printed = _by_reference(booked), Counter(receipts)
    standing = {number: ledger.get(number, Standing("")) for number in totals}
    there = [number for number in totals if copies[number]]
    by_hand = [number for number in there if standing[number].is_settled_by_hand]
    imported = [number for number in there if number not in by_hand]
    missing = [number for number in totals if not copies[number]]
    skipped = [number for number in missing if standing[number].state == "SKIPPED"]
    held = [number for number in missing if standing[number].state in HELD]
    by_webhook = sum(standing[number].found_by_webhook for number in imported)
    return Verdict(
        placed=len(totals),
        imported=len(imported),
        skipped=_codes([*skipped, *by_hand], standing),
        held=_codes(held, standing),
        fixes={standing[number].code: standing[number].fix for number in held},
        duplicated=[number for number in there if len(copies[number]) > 1 or printed[number] > 1],
        lost=[number for number in missing if number not in {*skipped, *held}],
        mismatched=[number for number in there if any(total != totals[number] for total in copies[number])],
        untrue=[*_untrue(imported, standing), *_strays(copies, totals)],
        by_webhook=by_webhook,
        by_poll=len(imported) - by_webhook,
        receipts=printed.total(),
    )


def _by_reference(booked: Iterable[Booked]) -> defaultdict[str, list[Decimal]]:
    copies: defaultdict[str, list[Decimal]] = defaultdict(list)
    for order in booked:
        copies[order.reference].append(order.total)
    return copies


def _codes(numbers: Iterable[str], standing: Mapping[str, Standing]) -> dict[str, int]:
    return dict(sorted(Counter(standing[number].code for number in numbers).items()))


def _untrue(imported: Iterable[str], standing: Mapping[str, Standing]) -> list[str]:
    return [
        f"Order {number} is in the back office, but the ledger says {standing[number].state or 'nothing'}."
        for number in imported
        if standing[number].state != "DONE"
    ]


def _strays(copies: Mapping[str, Sequence[Decimal]], totals: Mapping[str, Decimal]) -> list[str]:
    return [f"The back office has an order {each!r} that the shop does not know." for each in copies.keys() - totals]
