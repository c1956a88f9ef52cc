"""What the commands of every day ask for and show: connections, orders, and the errors of either."""

import json
from typing import Any

import pytest

from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import LISTED, RUN, FakeLambda, lambda_, run

__all__ = ["lambda_"]

HELD = {
    "order": "10042",
    "id": "a1",
    "state": "HELD",
    "code": "unmapped_payment",
    "reason": "The payment 'paypal' has no entry in the map.",
    "fix": "Add the key 'paypal' to orders.maps.payment.",
    "office_order": "",
    "total": None,
    "currency": "",
    "open_steps": [],
    "updated_at": "2026-03-01T10:05:07.123Z",
    "story": [{"at": "2026-03-01T10:00:00Z", "text": "Found by webhook."}],
}


def test_a_table_lists_the_connections(lambda_: FakeLambda) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "my-shop" in result.stdout
    assert "salespos" in result.stdout
    assert lambda_.events == [{"function": "operations", "operation": "list"}]


def test_json_is_the_answer_itself(lambda_: FakeLambda) -> None:
    assert json.loads(run("list", "--json").stdout) == lambda_.results["list"]


def test_the_only_connection_need_not_be_named(lambda_: FakeLambda) -> None:
    lambda_.results["held"] = []
    assert "Nothing waits" in run("held").stdout
    assert lambda_.events[-1]["connection"] == "my-shop"


def test_among_several_connections_one_must_be_named(lambda_: FakeLambda) -> None:
    lambda_.results["list"] = [LISTED, {**LISTED, "id": "other"}]
    result = run("held")
    assert result.exit_code == Exit.USAGE
    assert "Name one, as the first argument or with -c: my-shop, other." in result.stderr


def test_held_orders_come_with_reason_and_fix(lambda_: FakeLambda) -> None:
    lambda_.results["held"] = [HELD]
    shown = " ".join(run("held", "-c", "my-shop").stdout.split())
    for part in ("10042", "unmapped_payment", "has no entry", "Add the key"):
        assert part in shown


SKIPPED = {
    "count": 3,
    "reasons": [
        {
            "code": "payment_not_taken",
            "count": 3,
            "reason": "Orders with the payment status 'open' are not taken yet.",
            "fix": "Add 'open' to orders.payment_statuses.",
            "orders": [
                {"order": "10043", "id": "b2", "since": "2026-03-02T10:05:07.123Z", "reason": "Not [paid] yet."},
                {"order": "", "id": "a1", "since": "2026-03-01T10:05:07.123Z", "reason": "Not paid yet."},
            ],
        }
    ],
}


def test_the_list_of_orders_counts_all_and_fits_into_a_terminal(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    counts = {"imported": 41, "on_the_way": 2, "held": 3, "skipped": 9, "refused": 1}
    shown = {**HELD, "connection": "my-shop", "group": "held", "found_at": "2026-03-01T10:05:07.123Z"}
    page = {"counts": counts, "total": 56, "matching": 3, "orders": [shown], "next": "2026 a1", "complete": False}
    lambda_.results["orders"] = page
    told = run("orders", "--state", "held", "--since", "2026-02-01", "--text", "100").stdout
    assert "56 orders: 41 imported, 2 on the way, 3 held, 9 skipped, 1 refused." in told
    assert "10042  held\n  2026-03-01  my-shop  unmapped_payment: The payment" in told
    assert "--after '2026 a1'" in told
    assert "The time ended before all were read" in told
    assert max(map(len, told.splitlines())) <= 80
    asked = lambda_.events[-1]
    assert (asked["state"], asked["since"], asked["until"], asked["text"]) == ("held", "2026-02-01", None, "100")


def test_skipped_orders_come_by_reason_with_what_would_make_them_go(lambda_: FakeLambda) -> None:
    lambda_.results["skipped"] = SKIPPED
    shown = run("skipped", "-c", "my-shop").stdout
    assert "payment_not_taken: 3" in shown
    assert "What to do: Add 'open' to orders.payment_statuses." in shown
    assert "Orders: 10043 (2026-03-02), a1 (2026-03-01) and 1 more" in shown
    assert lambda_.events[-1]["code"] == ""


def test_skipped_orders_of_one_reason_are_a_table(lambda_: FakeLambda) -> None:
    lambda_.results["skipped"] = SKIPPED
    shown = run("skipped", "--code", "payment_not_taken", "-c", "my-shop").stdout
    assert "10043, judged 2026-03-02: " in shown
    assert "Not [paid] yet." in shown
    assert "and 1 more" in shown
    assert lambda_.events[-1]["code"] == "payment_not_taken"


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "No order is skipped."), (["--code", "x"], "No order is skipped for that reason.")]
)
def test_nothing_skipped_is_said(lambda_: FakeLambda, arguments: list[str], said: str) -> None:
    lambda_.results["skipped"] = {"count": 0, "reasons": []}
    assert said in run("skipped", *arguments, "-c", "my-shop").stdout


def test_a_resend_of_a_skipped_order_says_what_will_happen(lambda_: FakeLambda) -> None:
    lambda_.results["resend"] = {"resent": 1, "note": "It is skipped (payment_not_taken): judged again."}
    shown = run("resend", "10042", "-c", "my-shop").stdout
    assert "Tried again: 1 order." in shown
    assert "It is skipped (payment_not_taken): judged again." in shown


def test_a_story_is_dated_lines(lambda_: FakeLambda) -> None:
    lambda_.results["story"] = [HELD]
    result = run("order", "10042", "-c", "my-shop")
    assert "Order 10042: held" in result.stdout
    assert "  2026-03-01 10:00:00  Found by webhook." in result.stdout
    assert lambda_.events[-1]["order"] == "10042"


def test_each_problem_is_a_line_on_standard_error(lambda_: FakeLambda) -> None:
    lambda_.problems = ["First [shop] is wrong.", "Second is wrong."]
    result = run("pause", "-c", "my-shop")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == lambda_.problems
    assert not result.stdout


def test_a_crash_is_a_sentence_and_no_traceback(lambda_: FakeLambda) -> None:
    lambda_.crash = {"errorType": "KeyError", "errorMessage": "'x'", "stackTrace": "..."}
    result = run("list")
    assert result.exit_code == Exit.CRASHED
    assert result.stderr.startswith("The operations function crashed (KeyError: 'x').")
    assert "Traceback" not in result.output


def test_verify_ends_with_1_when_there_are_problems(lambda_: FakeLambda) -> None:
    lambda_.results["verify"] = {"verified": False, "problems": ["The key is wrong."], "remarks": ["Shopware answers."]}
    result = run("verify", "-c", "my-shop")
    assert result.exit_code == 1
    assert "Shopware answers." in result.stdout
    assert result.stderr.strip() == "The key is wrong."


def test_delete_asks_first(lambda_: FakeLambda) -> None:
    lambda_.results["show"] = {**LISTED, "settings": {"name": "My shop"}}
    refused = run("delete", "my-shop", answers="n\n")
    assert (refused.exit_code, "my-shop (My shop)" in refused.stderr) == (1, True)
    assert [event["operation"] for event in lambda_.events] == ["show"]
    lambda_.results["delete"] = {"id": "my-shop", "status": "deleted"}
    assert "my-shop is deleted" in run("delete", "my-shop", "--yes").stdout


@pytest.mark.parametrize(
    ("since", "asked"),
    [
        ("2026-02-01", "2026-02-01T00:00:00+00:00"),
        ("2026-02-01T08:30", "2026-02-01T08:30:00+00:00"),
        ("2026-02-01T08:30:00+01:00", "2026-02-01T08:30:00+01:00"),
    ],
)
def test_a_run_of_orders_takes_a_day_in_utc_or_a_time(lambda_: FakeLambda, since: str, asked: str) -> None:
    lambda_.results["start_run"] = {**RUN, "kind": "orders", "since": asked}
    result = run("runs", "start", "orders", "--since", since, "-c", "my-shop")
    assert result.exit_code == 0
    assert "A run of orders since 2026-02-01" in result.stdout
    assert lambda_.events[-1]["since"] == asked


def test_a_day_that_is_none_is_shown_by_example(lambda_: FakeLambda) -> None:
    result = run("runs", "start", "orders", "--since", "yesterday", "-c", "my-shop")
    assert result.exit_code == 2
    assert "Write it as 2026-10-01" in result.stderr
    assert not lambda_.events


@pytest.mark.parametrize("arguments", [[], ["10042", "--code", "missing_product"]])
def test_resend_wants_an_order_or_a_reason(lambda_: FakeLambda, arguments: list[str]) -> None:
    result = run("resend", *arguments)
    assert result.exit_code == Exit.USAGE
    assert "Name one order, or a reason" in result.stderr
    assert {event["operation"] for event in lambda_.events} <= {"list"}


@pytest.mark.parametrize(
    ("arguments", "operation", "result", "said"),
    [
        (["resend", "10042"], {"operation": "resend", "order": "10042"}, {"resent": 1}, "again: 1 order."),
        (
            ["skip", "10042", "--remark", "by hand"],
            {"operation": "skip", "order": "10042", "remark": "by hand"},
            {"skipped": 1},
            "Set aside: 1 order.",
        ),
        (
            ["poll"],
            {"operation": "poll_now"},
            {"id": "my-shop", "poll": "requested"},
            "A poll of my-shop is asked for.",
        ),
    ],
)
def test_a_command_becomes_a_request_and_its_answer_a_sentence(
    lambda_: FakeLambda, arguments: list[str], operation: dict[str, Any], result: dict[str, Any], said: str
) -> None:
    lambda_.results[operation["operation"]] = result
    assert said in run(*arguments, "-c", "my-shop").stdout
    assert lambda_.events[-1] == {"function": "operations", "connection": "my-shop", **operation}


@pytest.mark.parametrize("command", [["held"], ["order", "10042"]])
def test_narrow_lines_wrap_between_words_under_their_beginning(
    lambda_: FakeLambda, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lambda_.results["held"] = lambda_.results["story"] = [HELD]
    _head, *rest = run(*command, "-c", "my-shop").stdout.splitlines()
    assert "orders.maps.payment." in " ".join(rest).split()
    assert all(line.startswith("  ") and len(line) <= 40 for line in rest)


def test_words_are_listed_map_by_map(lambda_: FakeLambda) -> None:
    known = {"payment": {"ideal": "iDEAL"}, "category": {}}
    lambda_.results["words"] = {"shop": known, "office": {"tax": {"21": "21 %"}}}
    shown = run("words", "-c", "my-shop").stdout
    assert "category" not in shown
    assert shown.index("ideal") < shown.index("21 %")


def test_show_tells_counts_and_settings(lambda_: FakeLambda) -> None:
    more = {"settings": {"id": "my-shop"}, "orders": {"DONE": 3}, "read_up_to": "2026-03-01T10:00:00Z", "runs": [RUN]}
    lambda_.results["show"] = {**LISTED, **more}
    shown = run("show", "-c", "my-shop").stdout
    assert "imported" in shown
    assert "Read up to 2026-03-01." in shown
    assert "id: my-shop" in shown
    assert "by anna" in shown
