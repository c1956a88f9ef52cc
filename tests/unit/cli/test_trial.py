"""Before settings are saved they are tried on the last orders, and somebody agrees to what would be otherwise."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shopbridge_cli.commands import trial
from shopbridge_cli.commands.trial import with_value
from shopbridge_cli.exits import KINDS
from tests.unit.cli.fake_lambda import AS_NOW, FakeLambda, lambda_, run
from tests.unit.cli.test_settings import CHANGED, MINE, SHOWN

__all__ = ["lambda_"]

OTHERWISE: dict[str, Any] = {
    "orders": [
        {"order": "10042", "changes": ["held (unmapped_payment) → sent"]},
        {"order": "10041", "changes": ["payment: Pin → Ideal", "note: a → b"]},
        {"order": "10040", "changes": []},
    ],
    "differ": 2,
    "complete": True,
}
TOLD = """\
Of the last 3 orders 2 would be otherwise:
  10042: held (unmapped_payment) → sent
  10041: payment: Pin → Ideal, and 1 more
"""
WAYS = {
    "set": ("settings", "set", "orders.poll_minutes", "10"),
    "map": ("map", "set", "payment", "paypal=Ideal"),
    "unset": ("map", "unset", "payment", "paypal"),
    "restore": ("settings", "restore", "3"),
}


@pytest.fixture
def stored(lambda_: FakeLambda) -> FakeLambda:
    done = dict.fromkeys(("set", "change", "restore"), CHANGED)
    lambda_.results |= {"show": SHOWN, "preview": OTHERWISE, **done}
    return lambda_


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "at_terminal", lambda: True)


def asked(lambda_: FakeLambda) -> list[str]:
    return [event["operation"] for event in lambda_.events if event["operation"] not in ("list", "show")]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
def test_what_would_be_otherwise_is_told_and_agreed_to(stored: FakeLambda, words: tuple[str, ...]) -> None:
    saved = run(*words, *MINE, answers="y\n")
    assert saved.stderr.rstrip() == f"{TOLD}Save it? [y/N]:"
    assert (saved.exit_code, len(asked(stored))) == (0, 2)
    assert asked(stored)[0] == "preview"


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
def test_without_agreement_nothing_is_saved(stored: FakeLambda, words: tuple[str, ...]) -> None:
    assert run(*words, *MINE, answers="\n").exit_code != 0
    assert asked(stored) == ["preview"]


def test_the_settings_that_are_tried_are_those_that_are_saved(stored: FakeLambda) -> None:
    stored.results["preview"] = AS_NOW
    run("map", "set", "payment", "ideal=Ideal", *MINE)
    tried, saved = (event for event in stored.events if event["operation"] in ("preview", "set"))
    assert tried["settings"]["orders"]["maps"]["payment"]["entries"] == {"paypal": "PP", "ideal": "Ideal"}
    assert (tried["last"], saved["version"]) == (10, 4)


@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
def test_where_nobody_can_be_asked_only_a_yes_saves_it(stored: FakeLambda, words: tuple[str, ...]) -> None:
    refused = run(*words, *MINE)
    assert refused.exit_code != 0
    assert "Say `--yes` if that is meant." in refused.stderr.replace("\n", " ")
    assert asked(stored) == ["preview"]
    stored.events.clear()
    assert run(*words, "--yes", *MINE).exit_code == 0
    assert "preview" not in asked(stored)


def test_a_changed_file_is_tried_too(stored: FakeLambda, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump({"version": 4, "settings": SHOWN["settings"]}))
    assert run("change", str(file)).exit_code != 0
    assert [(event["operation"], event["connection"]) for event in stored.events] == [
        ("preview", SHOWN["settings"]["id"])
    ]
    assert stored.events[0]["version"] == 4
    assert run("change", str(file), "--yes").exit_code == 0


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("kind", ["conflict", "invalid"])
def test_what_saving_would_be_refused_for_is_told_once_and_nobody_is_asked(stored: FakeLambda, kind: str) -> None:
    stored.problems, stored.kind = ["No."], kind
    refused = run("settings", "restore", "3", *MINE)
    assert (refused.stderr, asked(stored)) == ("No.\n", ["preview"])
    assert refused.exit_code == KINDS[kind]


def test_settings_that_make_nothing_otherwise_are_saved_unasked(stored: FakeLambda) -> None:
    stored.results["preview"] = {**OTHERWISE, "orders": OTHERWISE["orders"][2:], "differ": 0}
    saved = run("settings", "set", "orders.poll_minutes", "10", *MINE)
    assert (saved.exit_code, saved.stderr) == (0, "Of the last order none would be otherwise.\n")


def test_questions_are_asked_of_people_alone(stored: FakeLambda) -> None:
    for refused in (run("connect"), run("connect", "--json"), run("edit", "my-shop"), run("edit", "my-shop", "--json")):
        assert (refused.exit_code, "takes a person at a terminal" in refused.output) == (2, True)
    assert asked(stored) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (["a", "b"], 2, {"a": {"b": 2}}),
        (["a", "b"], None, {"a": {}}),
        (["c", "d", "e"], "x", {"a": {"b": 1}, "c": {"d": {"e": "x"}}}),
        (["a", "b", "c"], 2, {"a": {"b": 1}}),
    ],
)
def test_a_value_is_put_at_its_place(path: list[str], value: Any, expected: dict[str, Any]) -> None:
    before = {"a": {"b": 1}}
    assert with_value(before, path, value) == expected
    assert before == {"a": {"b": 1}}
