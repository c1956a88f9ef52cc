"""Which transition comes next: forward only, never twice, and never out of an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.api import WireOffer
from shopbridge.connectors.shopware.orders.status import ROUTE, Stay, next_step
from shopbridge.errors import Rejected

STANDARD = {
    "open": {"process": "in_progress", "cancel": "cancelled"},
    "in_progress": {"complete": "completed", "cancel": "cancelled"},
    "completed": {"reopen": "open"},
    "cancelled": {"reopen": "open"},
}


def offers(machine: dict[str, dict[str, str]], state: str) -> list[WireOffer]:
    return [
        WireOffer(action_name=action, from_state_name=state, to_state_name=to) for action, to in machine[state].items()
    ]


def sent(step: WireOffer | Stay) -> tuple[str, str]:
    """The transition, and where it leads."""
    assert isinstance(step, WireOffer)
    return step.action_name, step.to_state_name


@pytest.mark.parametrize(
    ("state", "target", "expected"),
    [
        ("open", "in_progress", ("process", "in_progress")),
        ("open", "completed", ("process", "in_progress")),
        ("in_progress", "completed", ("complete", "completed")),
        ("open", "cancelled", ("cancel", "cancelled")),
        ("in_progress", "cancelled", ("cancel", "cancelled")),
    ],
)
def test_the_next_step_leads_to_the_target(state: str, target: str, expected: tuple[str, str]) -> None:
    assert sent(next_step(offers(STANDARD, state), target)) == expected


@pytest.mark.parametrize(
    ("state", "target"),
    [
        *[(state, state) for state in STANDARD],
        ("in_progress", "open"),
        ("completed", "open"),
        ("completed", "in_progress"),
        ("completed", "cancelled"),
        ("cancelled", "open"),
        ("cancelled", "in_progress"),
        ("cancelled", "completed"),
    ],
)
def test_nothing_is_repeated_or_taken_back(state: str, target: str) -> None:
    assert isinstance(next_step(offers(STANDARD, state), target), Stay)


def test_a_state_that_allows_nothing_is_left() -> None:
    assert isinstance(next_step([], "completed"), Stay)


def test_a_way_the_shop_added_is_taken() -> None:
    machine = {**STANDARD, "open": {**STANDARD["open"], "finish": "completed", "export": "exported"}}
    assert sent(next_step(offers(machine, "open"), "completed")) == ("finish", "completed")
    assert sent(next_step(offers(machine, "open"), "exported")) == ("export", "exported")


def test_a_state_of_the_shops_own_is_left_alone() -> None:
    machine = {"waiting_for_stock": {"process": "in_progress"}}
    stay = next_step(offers(machine, "waiting_for_stock"), "in_progress")
    assert isinstance(stay, Stay)
    assert "waiting_for_stock" in stay.why


def test_where_no_way_leads_the_possible_ones_are_named() -> None:
    with pytest.raises(Rejected) as caught:
        next_step(offers(STANDARD, "open"), "exported")
    assert "cancelled, in_progress" in caught.value.fix


NAMES = st.sampled_from([*ROUTE, "cancelled", "exported", "checked"])
MACHINES = st.dictionaries(NAMES, st.dictionaries(st.text("abc", min_size=1), NAMES, max_size=4))


@given(MACHINES, NAMES, NAMES)
def test_on_any_machine_an_order_moves_only_forward(
    machine: dict[str, dict[str, str]], start: str, target: str
) -> None:
    seen, state = [start], start
    for _ in range(4):
        try:
            step = next_step(offers({state: {}, **machine}, state), target)
        except Rejected:
            break
        if isinstance(step, Stay):
            break
        state = step.to_state_name
        seen.append(state)
    assert len(set(seen)) == len(seen)
    ranks = [ROUTE.index(state) for state in seen if state in ROUTE]
    assert ranks == sorted(ranks)
    assert "cancelled" not in seen[1:] or target == "cancelled"
    assert set(seen[:-1]) <= {"open", "in_progress", start}
