"""The settings of what becomes of an order, held against what both sides say of themselves."""

from typing import Any

import pytest

from shopbridge.flows.operations.connections.verify_settings import Words, change_problems, untold_changes
from shopbridge.model.office import Choice
from shopbridge.model.settings import LaterChanges, OrderSettings

WORDS: Words = {
    "shop": {"status": (Choice(key="open", title="Open"), Choice(key="sent", title="Sent"))},
    "office": {"status": (Choice(key="1", title="New"), Choice(key="5", title="Shipped"))},
}


def problems(words: Words = WORDS, **changes: Any) -> list[str]:
    orders = OrderSettings.model_validate({"write_back": {}, "changes": changes})
    return list(change_problems(orders, words))


def test_statuses_that_both_sides_have_are_no_problem_in_any_capitals() -> None:
    assert problems(statuses={"1": "open", "5": "SENT"}, cancelled="open", may_go_back=["open", "1"]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statuses": {"7": "open"}}, ("orders.changes.statuses", "back office has no status '7'", "1, 5")),
        ({"statuses": {"1": "opne"}}, ("shop has no status 'opne'", "Did you mean open?")),
        ({"cancelled": "off"}, ("orders.changes.cancelled", "'off'", "open, sent")),
        ({"may_go_back": ["x"]}, ("orders.changes.may_go_back", "Neither side", "open, sent, 1, 5")),
        ({"document_number": True}, ("orders.write_back.document_field",)),
    ],
)
def test_what_a_side_does_not_have_is_refused_with_the_choices(changes: dict[str, Any], words: tuple[str, ...]) -> None:
    (problem,) = problems(**changes)
    for word in words:
        assert word in problem


def test_a_side_that_names_no_statuses_proves_nothing() -> None:
    assert problems({"shop": {}, "office": {}}, statuses={"7": "x"}, cancelled="off", may_go_back=["y"]) == []


def test_what_the_back_office_does_not_tell_is_refused() -> None:
    changes = LaterChanges(statuses={"1": "open"}, shipments=True, document_link_field="link", document_number=True)
    told = list(untold_changes(changes, {"status", "number"}))
    assert [problem.split(":")[0] for problem in told] == [
        "orders.changes.shipments",
        "orders.changes.document_link_field",
    ]
    assert list(untold_changes(LaterChanges(), ())) == []
