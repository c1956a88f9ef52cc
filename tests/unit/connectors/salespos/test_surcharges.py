from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.salespos.catalogue.plan import surcharges

amounts = st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100)


@st.composite
def priced(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], list[Decimal]]:
    """Some of the combinations of up to three attributes, and what amounts for their values add up to."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    worth = {f"{place}{value}": draw(amounts) for place, size in enumerate(sizes) for value in range(size)}
    places = st.tuples(*(st.integers(0, size - 1).map(f"{place}{{}}".format) for place, size in enumerate(sizes)))
    rows = draw(st.lists(places, min_size=1, max_size=20, unique=True))
    return rows, [sum((worth[value] for value in row), Decimal(0)) for row in rows]


@given(priced())
def test_amounts_that_add_up_are_found(case: tuple[list[tuple[str, ...]], list[Decimal]]) -> None:
    rows, differences = case
    found = surcharges(rows, differences)
    if found is None:  # whole cents exist by construction, but with a free value at 0 the rest may be halves
        assert len(rows[0]) == 3
        return
    assert [sum((found[value] for value in row), Decimal(0)) for row in rows] == differences


@given(st.lists(amounts, min_size=4, max_size=4))
def test_what_does_not_add_up_is_no_answer(differences: list[Decimal]) -> None:
    rows = [("S", "red"), ("S", "blue"), ("M", "red"), ("M", "blue")]
    adds_up = differences[0] + differences[3] == differences[1] + differences[2]
    assert (surcharges(rows, differences) is not None) is adds_up


def test_what_costs_the_same_adds_nothing() -> None:
    rows = [("S", "red"), ("M", "blue")]
    assert surcharges(rows, [Decimal(0), Decimal(0)]) == dict.fromkeys(("S", "red", "M", "blue"), Decimal(0))
    assert surcharges([], []) == {}
    assert surcharges([()], [Decimal(0)]) == {}


@pytest.mark.parametrize("difference", ["1.50", "-2.25"])
def test_the_first_attribute_bears_the_difference(difference: str) -> None:
    rows = [("S", "red"), ("M", "red"), ("S", "blue"), ("M", "blue")]
    more = Decimal(difference)
    found = surcharges(rows, [Decimal(0), more, Decimal(0), more])
    assert found == {"S": Decimal(0), "M": more, "red": Decimal(0), "blue": Decimal(0)}
