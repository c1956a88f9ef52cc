"""Every operation that can be asked for is carried out by somebody."""

from typing import get_args

from shopbridge.flows.operations.dispatch import ACTIONS
from shopbridge.model.operations import Operation


def test_every_operation_has_an_action() -> None:
    kinds, *_ = get_args(Operation)
    assert set(ACTIONS) == set(get_args(kinds))
