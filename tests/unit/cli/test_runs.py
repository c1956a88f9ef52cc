"""Runs as they are started, agreed to, stopped and shown."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from shopbridge.model.run import RunKind
from shopbridge_cli.commands.runs import Kind
from tests.unit.cli.fake_lambda import LISTED, RUN, FakeLambda, anna, file, lambda_, run

__all__ = ["anna", "file", "lambda_"]


def test_the_kinds_of_runs_are_the_bridges_own() -> None:
    assert {kind.value for kind in Kind} == set(get_args(RunKind))


def test_a_run_is_started_in_the_callers_name(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    lambda_.results["start_run"] = RUN
    shown = run("runs", "start", "products", "--afresh", "-c", "my-shop").stdout
    assert shown.startswith("A run of products has begun.")
    asked = {"job": "products", "by": "anna", "afresh": True, "since": None, "consent": ""}
    request = {"operation": "start_run", "connection": "my-shop", **asked}
    assert lambda_.events == [{"function": "operations", **request}]


OVERWRITES: dict[str, Any] = {
    "id": "my-shop",
    "started": False,
    "overwrites": ["Products go from salespos (pos.example) to shopware (shop.example).", "Overwritten: price [all]."],
    "consent": "b2e95e101c76",
    "note": "",
}


@pytest.mark.parametrize(
    ("command", "operation"), [(("runs", "start", "products"), "start_run"), (("initial-sync",), "initial_sync")]
)
def test_what_would_be_overwritten_is_told_and_nothing_started_where_nobody_can_be_asked(
    lambda_: FakeLambda, command: tuple[str, ...], operation: str
) -> None:
    lambda_.results[operation] = OVERWRITES
    shown = run(*command, "-c", "my-shop")
    said = " ".join(shown.stdout.split())
    assert shown.exit_code == 1
    for part in (*OVERWRITES["overwrites"], "Nothing was started.", "`--consent b2e95e101c76`"):
        assert part in said
    assert len(lambda_.events) == 1
    assert json.loads(run(*command, "-c", "my-shop", "--json").stdout) == OVERWRITES


@pytest.mark.parametrize(("answer", "code", "asked"), [("y\n", 0, 2), ("n\n", 1, 1)])
def test_at_a_terminal_the_operator_is_asked(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, asked: int
) -> None:
    monkeypatch.setattr("shopbridge_cli.commands.consent.at_terminal", lambda: True)
    lambda_.answers["start_run"] = [OVERWRITES, RUN]
    shown = run("runs", "start", "products", "-c", "my-shop", answers=answer)
    assert (shown.exit_code, len(lambda_.events)) == (code, asked)
    assert "Overwritten: price [all]." in shown.stdout
    assert ("has begun" in shown.stdout) == (answer == "y\n")
    assert lambda_.events[-1]["consent"] == ("b2e95e101c76" if answer == "y\n" else "")


def test_the_token_that_was_told_goes_back_with_the_same_request(lambda_: FakeLambda) -> None:
    lambda_.results["start_run"] = RUN
    shown = run("runs", "start", "products", "-c", "my-shop", "--consent", "b2e95e101c76")
    assert (shown.exit_code, shown.stdout.startswith("A run of products has begun.")) == (0, True)
    assert lambda_.events[-1]["consent"] == "b2e95e101c76"


def test_consent_to_other_settings_says_so(lambda_: FakeLambda) -> None:
    lambda_.results["start_run"] = {**OVERWRITES, "note": "What you agreed to was of other settings."}
    shown = run("runs", "start", "products", "-c", "my-shop", "--consent", "old")
    assert (shown.exit_code, "of other settings" in shown.stdout) == (1, True)


@pytest.mark.parametrize(("given", "code", "says"), [(True, 0, "agreed to this already"), (False, 1, "consent b2e9")])
def test_what_runs_overwrite_is_shown_with_whether_somebody_agreed(
    lambda_: FakeLambda, given: bool, code: int, says: str
) -> None:
    lambda_.results["consent"] = {**OVERWRITES, "given": given}
    shown = run("consent", "-c", "my-shop")
    assert (shown.exit_code, says in " ".join(shown.stdout.split())) == (code, True)


def test_consent_is_given_by_the_token(lambda_: FakeLambda) -> None:
    lambda_.results["consent"] = {"id": "my-shop", "given": True}
    assert run("consent", "b2e95e101c76", "-c", "my-shop").stdout.startswith("Agreed.")
    event = lambda_.events[-1]
    assert (event["operation"], event["consent"]) == ("consent", "b2e95e101c76")


def test_a_connection_whose_products_wait_says_how_to_agree(lambda_: FakeLambda, file: Path) -> None:
    waits = {"overwrites": OVERWRITES["overwrites"], "consent": "b2e95e101c76"}
    lambda_.results["create"] = {**LISTED, "remarks": [], "hooks": {}, **waits}
    said = " ".join(run("create", str(file)).stdout.split())
    assert "Products wait until you agree: `consent b2e95e101c76 -c my-shop`." in said
    lambda_.results["create"] = {**LISTED, "remarks": [], "hooks": {}, "overwrites": OVERWRITES["overwrites"]}
    said = " ".join(run("create", str(file)).stdout.split())
    assert "Overwritten: price [all]." in said
    assert "The settings agree to it (products.run_when_connected)." in said


def test_older_orders_are_brought_since_a_day(lambda_: FakeLambda) -> None:
    lambda_.results["start_run"] = {**RUN, "kind": "orders", "since": "2026-01-01T00:00:00Z"}
    said = run("older-orders", "2026-01-01", "-c", "my-shop").stdout
    assert said.startswith("A run of orders since 2026-01-01 has begun.")
    event = lambda_.events[-1]
    assert (event["job"], event["since"]) == ("orders", "2026-01-01T00:00:00+00:00")


def test_a_caller_without_a_name_is_the_operator(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    lambda_.results["start_run"] = RUN
    run("runs", "start", "stock", "-c", "my-shop")
    assert lambda_.events[-1]["by"] == "operator"


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        (["runs", "stop"], {"state": "running", "stop_asked": True}, "stops as soon as what it is doing is done"),
        (["runs", "stop"], {"state": "stopped"}, "The run of products is stopped."),
        (["runs", "resume"], {}, "The run of products goes on."),
    ],
)
def test_a_run_is_stopped_and_resumed(
    lambda_: FakeLambda, command: list[str], answer: dict[str, Any], said: str
) -> None:
    lambda_.results[f"{command[1]}_run"] = {**RUN, **answer}
    assert said in run(*command, "products", "-c", "my-shop").stdout
    assert lambda_.events[-1]["operation"] == f"{command[1]}_run"


def test_runs_are_shown_with_progress_and_what_they_could_not_do(lambda_: FakeLambda) -> None:
    lambda_.results["runs"] = [{**RUN, "kind": "stock", "problems": [], "more": 0}, RUN]
    shown = run("runs", "show", "-c", "my-shop").stdout
    for part in ("45", "851", "started 2026-03-01 by anna", "MUG-01  duplicate_sku", "Two [have] it.", "Keep one."):
        assert part in shown
    assert "And 5 more" in shown


def test_an_initial_sync_shows_the_runs_it_began_and_what_the_counts_of_orders_mean(lambda_: FakeLambda) -> None:
    waiting = {**RUN, "kind": "orders", "percent": None, "after_products": True}
    lambda_.results["initial_sync"] = {"id": "my-shop", "runs": [RUN, waiting], "remarks": ["Shopware 6.6 answers."]}
    shown = run("initial-sync", "-c", "my-shop").stdout
    for part in ("Everything verifies.", "Shopware 6.6 answers.", "waits for products", "handed to the import"):
        assert part in shown
    assert lambda_.events[-1]["operation"] == "initial_sync"


def test_one_kind_of_run_is_shown_alone(lambda_: FakeLambda) -> None:
    lambda_.results["runs"] = [{**RUN, "kind": "stock", "problems": [], "more": 0}, RUN]
    assert "MUG-01" not in run("runs", "show", "stock", "-c", "my-shop").stdout
    assert "There was none yet." in run("runs", "show", "orders", "-c", "my-shop").stdout


def test_nothing_more_is_promised_where_each_problem_is_shown(lambda_: FakeLambda) -> None:
    lambda_.results["runs"] = [{**RUN, "more": 0}]
    assert "more" not in run("runs", "show", "-c", "my-shop").stdout


@pytest.mark.parametrize(
    ("since", "shown"), [("2026-10-01T00:00:00Z", "since 2026-10-01 "), ("2026-10-01T08:30:00Z", "2026-10-01 08:30:00")]
)
def test_a_run_since_a_day_shows_the_day_and_one_since_a_time_the_time(
    lambda_: FakeLambda, since: str, shown: str
) -> None:
    lambda_.results["start_run"] = {**RUN, "kind": "orders", "since": since}
    assert shown in run("runs", "start", "orders", "-c", "my-shop").stdout


def test_a_run_that_failed_says_why_and_a_scheduled_one_names_nobody(lambda_: FakeLambda) -> None:
    reason = {"code": "no_currency", "text": "It is open which.", "fix": "Set it."}
    failed = {
        **RUN,
        "state": "failed",
        "percent": None,
        "started_by": "schedule",
        "reason": reason,
        "problems": [],
        "more": 0,
    }
    lambda_.results["runs"] = [failed]
    shown = run("runs", "show", "-c", "my-shop").stdout
    assert "The run of products failed  no_currency" in shown
    assert "by the schedule" in shown


def test_without_runs_the_way_to_one_is_shown(lambda_: FakeLambda) -> None:
    lambda_.results["runs"] = []
    assert "`runs start` begins one" in run("runs", "show", "-c", "my-shop").stdout
