"""No order becomes dearer unseen: calls and units of every path, exactly, by the real handlers over real sockets."""

import pytest

from benchmarks.orders.budget import BUDGET, count, read_budget
from benchmarks.orders.paths import WALKED

ADVICE = f"If that is meant, `.venv/bin/python -m benchmarks.orders.budget` writes {BUDGET.name} anew; say why."


@pytest.mark.parametrize("pair", sorted(WALKED))
def test_no_path_of_an_order_takes_more_than_its_budget(pair: str) -> None:
    budget, taken = read_budget()[pair], count(pair)
    dearer = {
        f"{path}, {kind}": f"{taken[path][kind]} instead of {allowed}"
        for path, kinds in budget.items()
        for kind, allowed in kinds.items()
        if taken[path][kind] > allowed
    }
    assert not dearer, f"An order takes more: {dearer}. {ADVICE}"
    assert {path: list(kinds) for path, kinds in budget.items()} == {path: list(kinds) for path, kinds in taken.items()}


def test_every_pair_and_path_has_a_budget() -> None:
    assert {pair: tuple(paths) for pair, paths in read_budget().items()} == WALKED
