"""Both sides held against each other on the command line: parts become one answer, a repair is asked for first."""

import json
from typing import Any

import pytest

from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run

__all__ = ["lambda_"]

LOST = {
    "order": "10042",
    "id": "a1",
    "placed_at": "2026-03-01T10:00:00Z",
    "total": "28.79",
    "text": "It is in the shop and would be taken, and nothing is known of it.",
}
GONE = {
    "order": "10007",
    "id": "a7",
    "office": "W-800007",
    "total": "12.00",
    "others": [],
    "text": "The back office does not have it any more.",
    "fix": "If it was deleted there on purpose, nothing. Else enter it there by hand: it is not made twice.",
}
AGREE: dict[str, Any] = {
    "id": "my-shop",
    "since": "2026-02-23",
    "until": "2026-03-01",
    "shop": {"a2": "imported", "a3": "held"},
    "ledger": {"a2": "imported", "a3": "held"},
    "missing": [],
    "gone": [],
    "doubles": [],
    "there": 1,
    "unclear": 0,
    "unanswered": 0,
    "stock": {"carried": False, "state": "", "text": "Stock is not carried."},
    "stops": "",
    "fix": "",
    "next": "",
}
CARRIED = {"carried": True, "state": "done", "text": "Stock was last compared on 2026-03-01 04:00 UTC: 120 records."}
DONE: dict[str, Any] = {
    "id": "my-shop",
    "count": 1,
    "orders": [LOST],
    "left": [],
    "done": 1,
    "waits": False,
    "stock": "",
}


def asked(lambda_: FakeLambda, operation: str) -> list[dict[str, Any]]:
    return [event for event in lambda_.events if event["operation"] == operation]


def test_two_sides_that_agree(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lambda_.results["reconcile"] = AGREE
    result = run("reconcile", "-c", "my-shop", "--since", "2026-02-23")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "my-shop, 2026-02-23 to 2026-03-01: both sides agree.",
        "  Shop, placed in these days: 2 orders: 1 imported, 1 held.",
        "  Ledger, first seen in these days: 2 orders: 1 imported, 1 held.",
        "  Back office: has 1 of them.",
        "  Stock is not carried.",
    ]
    assert (lambda_.events[-1]["since"], lambda_.events[-1]["until"]) == ("2026-02-23", None)


def test_parts_become_one_answer_in_which_an_order_counts_once(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    first = {**AGREE, "shop": {"a1": "missed", "a2": "imported"}, "ledger": {}, "missing": [LOST], "there": 0}
    last = {**AGREE, "shop": {"a1": "missed", "a3": "held"}, "missing": [LOST], "gone": [GONE]}
    lambda_.answers["reconcile"] = [{**first, "next": "shop order:50"}, last]
    result = run("reconcile", "-c", "my-shop")
    assert result.exit_code == 1
    told = result.stdout
    assert told.startswith("my-shop, 2026-02-23 to 2026-03-01: 1 missing, 1 gone from the back office.\n")
    assert "3 orders: 1 imported, 1 held, 1 missing." in told
    assert "Missing: 1 order\n  What to do: `reconcile --repair` hands them to the import once you agree.\n" in told
    assert "  10042, placed 2026-03-01, 28.79. It is in the shop" in told
    assert "  10007 (W-800007). The back office does not have it any more.\n    What to do: If it" in told
    assert max(map(len, told.splitlines())) <= 80
    assert [event["after"] for event in asked(lambda_, "reconcile")] == ["", "shop order:50"]
    assert asked(lambda_, "reconcile")[1]["since"] == "2026-02-23"
    assert asked(lambda_, "repair") == []


def test_a_side_that_is_away_ends_it_with_the_command_that_goes_on(lambda_: FakeLambda) -> None:
    stopped = {"stops": "The limit is used up.", "fix": "Ask again in about 25 min.", "next": "office 2026-02-28 a2"}
    lambda_.results["reconcile"] = {**AGREE, **stopped}
    result = run("reconcile", "-c", "my-shop")
    assert result.exit_code == 8
    assert "not all of it was read." in result.stdout
    assert "  The limit is used up.\n  What to do: Ask again in about 25 min.\n" in result.stdout
    assert "`reconcile --since 2026-02-23 --until 2026-03-01 --after 'office 2026-02-28 a2'`" in result.stdout
    assert len(asked(lambda_, "reconcile")) == 1


def test_sides_of_which_one_gave_no_answer_do_not_agree(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    first = {**AGREE, "there": 0, "unanswered": 1, "next": "office 2026-02-28 a2"}
    lambda_.answers["reconcile"] = [first, {**AGREE, "unanswered": 1}]
    result = run("reconcile", "-c", "my-shop")
    assert result.exit_code == 8
    assert "2026-03-01: 2 that the back office gave no answer for." in result.stdout
    assert "  Back office: has 1 of them, and gave no answer for 2 orders: ask again." in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_repair_is_asked_for_and_done_when_it_is_agreed_to(lambda_: FakeLambda) -> None:
    lambda_.results["reconcile"] = {**AGREE, "missing": [LOST], "stock": CARRIED}
    lambda_.results["repair"] = {**DONE, "stock": "A comparison of all stock has begun: `runs show` tells how far."}
    assert run("reconcile", "-c", "my-shop", "--repair", answers="n\n").exit_code != 0
    assert asked(lambda_, "repair") == []
    result = run("reconcile", "-c", "my-shop", "--repair", answers="y\n")
    assert result.exit_code == 0
    assert "Hand 1 order (10042) to the import and compare all stock?" in result.stderr
    assert "Handed to the import: 1 order." in result.stdout
    assert "A comparison of all stock has begun" in result.stdout
    (event,) = asked(lambda_, "repair")
    assert (event["orders"], event["confirm"], event["stock"]) == (["a1"], 1, True)
    assert event["by"]


def test_many_are_handed_over_in_batches_and_one_that_came_in_meanwhile_is_left(lambda_: FakeLambda) -> None:
    lost = [{**LOST, "id": f"b{number}"} for number in range(30)]
    lambda_.results["reconcile"] = {**AGREE, "missing": lost}
    left = {"id": "b29", "text": "It is not missing any more: imported."}
    lambda_.answers["repair"] = [
        {**DONE, "count": 25, "done": 25},
        {**DONE, "count": 4, "done": 0, "left": [left]},
        {**DONE, "count": 4, "done": 4, "left": [left], "waits": True},
    ]
    result = run("reconcile", "-c", "my-shop", "--repair", "--yes")
    assert result.exit_code == 7
    assert [(len(event["orders"]), event["confirm"]) for event in asked(lambda_, "repair")] == [
        (25, 25),
        (5, 5),
        (5, 4),
    ]
    assert "Handed to the import: 29 orders." in result.stdout
    assert "they wait for you in `held`" in result.stdout
    assert "  b29: It is not missing any more: imported.\n" in result.stdout


def test_json_is_one_answer_with_the_repair_in_it(lambda_: FakeLambda) -> None:
    lambda_.results["reconcile"] = {**AGREE, "missing": [LOST]}
    lambda_.results["repair"] = DONE
    told = json.loads(run("reconcile", "-c", "my-shop", "--repair", "--yes", "--json").stdout)
    assert (told["missing"], told["repair"]["done"], told["repair"]["left"]) == ([LOST], 1, [])
