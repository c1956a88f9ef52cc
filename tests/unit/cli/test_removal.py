"""What is kept is shown, and removed when it was said once more."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import LISTED, FakeLambda, lambda_, run

__all__ = ["lambda_"]

KEPT_OF_IT = {
    "id": "old-shop",
    "kept": {"orders": 1200, "settings": 1},
    "whole": True,
    "removed": 0,
    "after": 0,
    "done": False,
    "remarks": ["A connection made anew imports again."],
}


def test_forget_shows_what_is_kept_and_wants_the_id_once_more(lambda_: FakeLambda) -> None:
    lambda_.results["forget"] = KEPT_OF_IT
    result = run("forget", "old-shop", answers="another\n")
    assert result.exit_code == 1
    assert "orders: 1200" in result.stderr
    assert "imports again" in result.stderr
    assert "Nothing was removed" in result.stderr
    assert [event.get("confirm") for event in lambda_.events] == [None]


def test_forget_is_asked_until_nothing_is_left(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    answers = iter([KEPT_OF_IT, *({**KEPT_OF_IT, "removed": 500, "done": done, "after": 5} for done in (False, True))])
    monkeypatch.setattr(lambda_, "results", _Changing(lambda: next(answers)))
    result = run("forget", "old-shop", answers="old-shop\n")
    assert result.exit_code == 0, result.stderr
    assert "1000 records were removed. Its id is free." in result.stdout
    assert [event.get("confirm") for event in lambda_.events] == [None, "old-shop", "old-shop"]
    assert slept == [5]


def test_forget_needs_no_question_for_what_is_gone(lambda_: FakeLambda) -> None:
    lambda_.results["forget"] = {**KEPT_OF_IT, "kept": {}, "done": True}
    assert "Nothing is kept under the id old-shop." in run("forget", "old-shop").stdout
    lambda_.results["forget"] = {**KEPT_OF_IT, "done": True}
    assert json.loads(run("forget", "old-shop", "--yes", "--json").stdout)["done"]


class _Changing(dict[str, Any]):
    """Another answer each time."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        super().__init__()
        self._answer = answer

    def get(self, *_: object) -> Any:
        return self._answer()


ABOUT_HER = {
    "id": "my-shop",
    "found": {"customer entries": 2, "orders": 1},
    "office_customers": ["17"],
    "orders": [{"order": "10042", "id": "a1", "state": "DONE", "office_order": "W-800001"}],
    "erased": {"customer entries": 0, "orders": 0},
    "left": [],
    "next": "",
    "remarks": ["Erase the buyer in the shop, too."],
}


def test_erase_shows_what_is_kept_and_removes_it_when_told_to(lambda_: FakeLambda) -> None:
    lambda_.results["erase"] = ABOUT_HER
    result = run("erase", "her@shop.example", "--order", "10041", answers="n\n")
    assert result.exit_code == 1
    for part in ("customer entries: 2", "customer 17", "10042 (DONE, W-800001 in the back office)", "in the shop, too"):
        assert part in result.stderr
    assert [event.get("confirm") for event in lambda_.events if event["operation"] == "erase"] == [None]
    done = {**ABOUT_HER, "erased": {"customer entries": 1, "orders": 1}, "left": ["A note. Ask again tomorrow."]}
    answers = iter([[LISTED], ABOUT_HER, done])
    lambda_.events.clear()
    lambda_.results = _Changing(lambda: next(answers))
    result = run("erase", answers="her@shop.example\ny\n")
    assert result.exit_code == Exit.PARTLY
    assert "Removed under the connection my-shop: customer entries: 1, orders: 1." in result.stdout
    assert "Left: A note." in result.stdout
    asked = [event for event in lambda_.events if event["operation"] == "erase"]
    assert [event.get("confirm") for event in asked] == [None, True]
    assert {event["email"] for event in asked} == {"her@shop.example"}


def test_erase_goes_through_all_slices_and_tells_one_answer(lambda_: FakeLambda) -> None:
    first, second = {**ABOUT_HER, "next": "a1"}, {**ABOUT_HER, "found": {"customer entries": 0, "orders": 3}}
    answers = iter([first, second, first, second])
    lambda_.results = _Changing(lambda: next(answers))
    whole = json.loads(run("erase", "her@shop.example", "-c", "my-shop", "--yes", "--json").stdout)
    assert whole["found"] == {"customer entries": 2, "orders": 4}
    assert [order["id"] for order in whole["orders"]] == ["a1", "a1"]
    assert [event.get("after") for event in lambda_.events] == [None, "a1", None, "a1"]


def test_nothing_is_asked_where_nothing_is_kept(lambda_: FakeLambda) -> None:
    lambda_.results["erase"] = {**ABOUT_HER, "found": {"customer entries": 0, "orders": 0}}
    result = run("erase", "her@shop.example", "-c", "my-shop")
    assert "Nothing is kept about this address" in result.stdout
