"""What each value of an attribute adds to the price, so that every variant costs what it should; pure.

SalesPOS keeps no price on a variant: it adds up what its values add (client S4). So the differences must be sums of one
amount for each value; where they are not, the product cannot be expressed.
"""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from shopbridge.mapping.rounding import CENT, cents

Value = TypeVar("Value", bound=Hashable)
Row = dict[Value, Fraction]
"""One equation: how often each unknown counts."""


def surcharges(made_of: Sequence[Sequence[Value]], differences: Sequence[Decimal]) -> Mapping[Value, Decimal] | None:
    """Whole cents for each value such that every variant's add up to its difference; None when there are none.

    Where several answers are possible, the values that come first in ``made_of`` bear the difference.

    Args:
        made_of: The values of each variant, those of one attribute at the same place.
    """
    solved: dict[Value, tuple[Row[Value], Fraction]] = {}
    for values, difference in zip(made_of, differences, strict=True):
        row, rest = _reduced({value: Fraction(1) for value in values}, Fraction(difference), solved)
        if row:
            unknown, factor = next(iter(row.items()))
            others = {value: count / factor for value, count in row.items() if value != unknown}
            solved[unknown] = (others, rest / factor)
        elif rest:
            return None
    return _in_cents(_back(solved), made_of)


def _reduced(
    row: Row[Value], rest: Fraction, solved: Mapping[Value, tuple[Row[Value], Fraction]]
) -> tuple[Row[Value], Fraction]:
    """The equation without the unknowns that others have solved. Each step brings in later ones only, so it ends."""
    while (unknown := next((value for value in row if value in solved), None)) is not None:
        factor = row.pop(unknown)
        others, amount = solved[unknown]
        rest -= factor * amount
        for value, count in others.items():
            row[value] = row.get(value, Fraction(0)) - factor * count
        row = {value: count for value, count in row.items() if count}
    return row, rest


def _back(solved: dict[Value, tuple[Row[Value], Fraction]]) -> dict[Value, Fraction]:
    """The unknowns from the last equation to the first; what no equation settles adds nothing."""
    found: dict[Value, Fraction] = {}
    for unknown, (others, amount) in reversed(solved.items()):
        found[unknown] = amount - sum(count * found.get(value, Fraction(0)) for value, count in others.items())
    return found


def _in_cents(found: Mapping[Value, Fraction], made_of: Sequence[Sequence[Value]]) -> Mapping[Value, Decimal] | None:
    amounts = {value: found.get(value, Fraction(0)) for values in made_of for value in values}
    if any((amount / Fraction(CENT)).denominator != 1 for amount in amounts.values()):
        return None
    return {value: cents(Decimal(amount.numerator) / amount.denominator) for value, amount in amounts.items()}
