"""The commands about settings: places, values, versions, maps and the editor."""

import sys
from pathlib import Path
from typing import Any

import pytest

from shopbridge_cli.commands.settings import path_of, value_of
from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run
from tests.unit.flow_samples import a_connection

__all__ = ["lambda_"]

MAPS = {"payment": {"entries": {"paypal": "PP"}}}
SHOWN: dict[str, Any] = {
    "id": "my-shop",
    "version": 4,
    "settings": a_connection(poll_minutes=5, maps=MAPS).settings.model_dump(mode="json"),
}
CHANGED = {
    "id": "my-shop",
    "status": "active",
    "reason": "",
    "version": 5,
    "changes": ["orders.poll_minutes: 5 → 10"],
    "remarks": [],
}
EDITOR = """
import pathlib, sys
file = pathlib.Path(sys.argv[1])
file.write_text(file.read_text().replace("poll_minutes: 5", "poll_minutes: 10"))
"""
MINE = ("-c", "my-shop")


def test_a_place_may_have_points_in_its_names() -> None:
    assert path_of("orders.maps.tax.entries.5\\.5") == ["orders", "maps", "tax", "entries", "5.5"]


@pytest.mark.parametrize(
    ("text", "value"), [("10", 10), ("true", True), ("null", None), ('["a"]', ["a"]), ("PayPal", "PayPal")]
)
def test_a_value_is_what_it_looks_like(text: str, value: object) -> None:
    assert value_of(text) == value


def test_one_place_is_shown_alone(lambda_: FakeLambda) -> None:
    lambda_.results["show"] = SHOWN
    assert run("settings", "get", "orders.poll_minutes", *MINE).stdout == "5\n"
    assert "paypal: PP" in run("settings", "get", "orders.maps", *MINE).stdout
    assert "orders:" in run("settings", "get", *MINE).stdout
    refused = run("settings", "get", "orders.poll", *MINE)
    assert refused.exit_code == Exit.NOT_FOUND
    assert "There is: statuses, payment_statuses" in refused.stderr


def test_one_setting_is_set_by_its_place(lambda_: FakeLambda) -> None:
    lambda_.results |= {"show": SHOWN, "set": CHANGED}
    told = run("settings", "set", "orders.poll_minutes", "10", *MINE).stdout
    assert "orders.poll_minutes: 5 → 10" in told
    asked = lambda_.events[-1]
    assert (asked["path"], asked["value"]) == (["orders", "poll_minutes"], 10)
    assert (asked["version"], bool(asked["by"])) == (4, True)


@pytest.mark.parametrize(
    ("entry", "key", "value"),
    [("paypal=PayPal", "paypal", "PayPal"), ("a=b=C", "a=b", "C"), ("paypal==", "paypal", "=")],
)
def test_an_entry_is_added_to_a_map(lambda_: FakeLambda, entry: str, key: str, value: str) -> None:
    lambda_.results |= {"show": SHOWN, "set": CHANGED}
    assert run("map", "set", "payment", entry, *MINE).exit_code == 0
    asked = lambda_.events[-1]
    assert (asked["path"], asked["value"]) == (["orders", "maps", "payment", "entries", key], value)


def test_what_is_no_entry_is_refused_and_an_entry_is_removed(lambda_: FakeLambda) -> None:
    assert "Write it as `paypal=PayPal`" in run("map", "set", "payment", "paypal", *MINE).stderr
    lambda_.results |= {"show": SHOWN, "set": CHANGED}
    run("map", "unset", "payment", "paypal", *MINE)
    assert lambda_.events[-1]["value"] is None


def test_versions_are_told_with_who_made_them(lambda_: FakeLambda) -> None:
    version = {"version": 4, "at": "2026-03-01T10:05:07Z", "by": "ann", "changes": ["orders.poll_minutes: 5 → 10"]}
    lambda_.results["history"] = {"versions": [version, {**version, "version": 1, "at": None, "by": "", "changes": []}]}
    told = run("settings", "history", *MINE).stdout
    assert told == "Version 4  2026-03-01  by ann\n  orders.poll_minutes: 5 → 10\nVersion 1\n"
    lambda_.results["diff"] = {"changes": []}
    assert run("settings", "diff", "4", *MINE).stdout == "Nothing is different.\n"
    lambda_.results["restore"] = CHANGED
    assert "version 5" in run("settings", "restore", "4", *MINE).stdout
    assert lambda_.events[-1]["to"] == 4


def test_what_is_left_in_the_editor_is_what_is_asked_for(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lambda_.results |= {"show": SHOWN, "change": CHANGED}
    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    assert run("settings", "edit", *MINE).exit_code == 0
    asked = lambda_.events[-1]
    assert (asked["version"], asked["settings"]["orders"]["poll_minutes"]) == (4, 10)
    monkeypatch.setenv("VISUAL", "true")
    assert "Nothing was changed" in run("settings", "edit", *MINE).stderr
