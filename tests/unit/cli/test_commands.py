import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import boto3
import pytest
from typer.testing import CliRunner, Result

from shopbridge.model.operations import OPERATION
from shopbridge.model.run import RunKind
from shopbridge_cli.app import app
from shopbridge_cli.commands.runs import Kind
from shopbridge_cli.connection_file import read_connection
from shopbridge_cli.exits import Exit

LISTED = {
    "id": "my-shop",
    "name": "My shop",
    "shop": "shopware",
    "office": "salespos",
    "status": "active",
    "reason": "",
    "version": 1,
}
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
RUN = {
    "kind": "products",
    "state": "running",
    "started_by": "anna",
    "started_at": "2026-03-01T10:05:07.123Z",
    "stop_asked": False,
    "since": None,
    "after_products": False,
    "percent": 45,
    "counts": {"found": 900, "created": 3, "updated": 40, "unchanged": 851, "held": 4, "failed": 2},
    "problems": [{"item": "MUG-01", "reason": {"code": "duplicate_sku", "text": "Two [have] it.", "fix": "Keep one."}}],
    "more": 5,
    "reason": None,
}


AS_NOW: dict[str, Any] = {"orders": [], "differ": 0, "complete": True}
"""A preview of settings that make nothing otherwise."""


class FakeLambda:
    """Answers by operation, and keeps what it was asked."""

    def __init__(self) -> None:
        self.results: dict[str, Any] = {"list": [LISTED], "preview": AS_NOW}
        self.answers: dict[str, list[Any]] = {}
        self.problems: list[str] = []
        self.kind = "refused"
        self.crash: Mapping[str, str] | None = None
        self.events: list[dict[str, Any]] = []

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        event = json.loads(Payload)
        self.events.append({"function": FunctionName, **event})
        OPERATION.validate_python(event)
        if self.crash is not None:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(self.crash).encode())}
        name = event["operation"]
        result = self.answers[name].pop(0) if self.answers.get(name) else self.results.get(name)
        answer = {"ok": not self.problems, "kind": self.kind, "problems": self.problems, "result": result}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def lambda_(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> FakeLambda:
    fake = FakeLambda()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(boto3, "client", lambda *_args, **_options: fake)
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", "operations")
    monkeypatch.delenv("SHOPBRIDGE_CONNECTION", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return fake


def run(*arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=answers)


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
    assert run("delete", "my-shop", answers="n\n").exit_code == 1
    assert not lambda_.events
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


def test_create_sends_the_file_and_tells_the_hooks(lambda_: FakeLambda, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "settings: {id: my-shop, name: M, shop: {platform: shopware}, office: {platform: salespos}}\n"
        "secrets: {shop: {client_id: a, client_secret: b}}\n"
    )
    hooks = {"signed": "/hooks/my-shop"}
    lambda_.results["create"] = {**LISTED, "remarks": ["Shopware 6.6 answers."], "hooks": hooks}
    result = run("create", str(file))
    assert "Connection my-shop is active." in result.stdout
    assert "/hooks/my-shop" in result.stdout
    (sent,) = (event for event in lambda_.events if event["operation"] == "create")
    assert sent["secrets"] == {"shop": {"client_id": "a", "client_secret": "b"}}


PLAN = {
    "read": 12,
    "to_import": 5,
    "imported_already": 0,
    "skipped": [],
    "held": [
        {
            "code": "unmapped_payment",
            "count": 7,
            "reason": "The payment 'paypal' has no entry in the map.",
            "fix": "Add the key 'paypal' to orders.maps.payment.",
            "examples": ["10001", "10002", "10003", "10004", "10005"],
        }
    ],
    "stopped": "",
}
PAUSED = {**LISTED, "status": "paused", "reason": "Not started yet.", "remarks": [], "hooks": {}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "shop.yaml"
    written.write_text("version: 4\nsettings: {id: my-shop, name: M, shop: {platform: a}, office: {platform: b}}\n")
    return written


@pytest.fixture
def anna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(("options", "start"), [([], False), (["--start"], True)])
def test_create_starts_only_when_it_is_told_to(
    lambda_: FakeLambda, file: Path, options: list[str], start: bool
) -> None:
    lambda_.results["create"] = PAUSED
    assert run("create", str(file), *options).exit_code == 0
    (event,) = (each for each in lambda_.events if each["operation"] == "create")
    assert (event["start"], event["by"], "version" in event) == (start, "anna", False)


def test_create_ends_with_the_plan_and_what_comes_next(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["create"] = {**PAUSED, "plan": PLAN}
    shown = run("create", str(file)).stdout
    assert shown.index("is paused") < shown.index("Of all 12 orders: 5 would be imported, 7 held.")
    for part in (
        "Nothing was written.",
        "Held: 7  unmapped_payment",
        "10001, 10002, 10003, 10004, 10005, …",
        "`resume`",
    ):
        assert part in shown


def test_create_shows_the_newest_orders_as_they_would_be_sent(lambda_: FakeLambda, file: Path) -> None:
    told = {"order": "10042", "becomes": "sent", "code": "", "reason": "", "fix": "", "note": "", "there": None}
    lambda_.results["create"] = {**PAUSED, "plan": PLAN}
    lambda_.results["preview"] = {"complete": True, "differ": 0, "orders": [{**told, "draft": {"paid": True}}]}
    shown = run("create", str(file)).stdout
    assert shown.index("`resume`") < shown.index("Order 10042: would be sent")
    assert lambda_.events[-1] | {"function": ""} == {
        "function": "",
        "operation": "preview",
        "connection": PAUSED["id"],
        "last": 2,
    }


def test_a_plan_that_stopped_says_of_how_many_it_speaks(lambda_: FakeLambda) -> None:
    lambda_.results["plan"] = {**PLAN, "id": "my-shop", "stopped": "The time for a plan is up."}
    shown = run("plan", "-c", "my-shop").stdout
    assert "Of the first 12 orders that were read: 5 would be imported" in shown
    assert "Not all orders were read. The time for a plan is up." in shown


def test_a_plan_of_no_orders_says_so(lambda_: FakeLambda) -> None:
    lambda_.results["plan"] = {**PLAN, "read": 0, "to_import": 0, "held": []}
    assert "there is nothing to import" in run("plan", "-c", "my-shop").stdout


@pytest.mark.usefixtures("anna")
def test_a_change_carries_the_files_version_and_tells_what_is_different(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["change"] = {**LISTED, "version": 5, "remarks": [], "changes": ["orders.poll_minutes: 5 → 10"]}
    shown = run("change", str(file)).stdout
    assert (lambda_.events[-1]["version"], lambda_.events[-1]["by"]) == (4, "anna")
    assert "It is version 5 now" in shown
    assert "orders.poll_minutes: 5 → 10" in shown


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "command", [["pause", "-c", "my-shop"], ["resume", "-c", "my-shop"], ["delete", "my-shop", "--yes"]]
)
def test_who_asks_is_told(lambda_: FakeLambda, command: list[str]) -> None:
    lambda_.results[command[0]] = LISTED
    assert run(*command).exit_code == 0
    assert lambda_.events[-1]["by"] == "anna"


def test_what_export_writes_is_what_change_reads(lambda_: FakeLambda, tmp_path: Path) -> None:
    stored = {"version": 4, "settings": {"id": "my-shop", "name": "M"}}
    lambda_.results["show"] = {**LISTED, **stored}
    written = tmp_path / "kept.yaml"
    assert f"Written to {written}" in " ".join(run("export", str(written), "-c", "my-shop").stdout.split())
    assert read_connection(written, None) == {**stored, "secrets": {}}
    assert run("export", "-c", "my-shop").stdout == written.read_text()
    assert json.loads(run("export", "-c", "my-shop", "--json").stdout) == stored
    again = run("export", str(written), "-c", "my-shop")
    assert (again.exit_code, "is there already" in again.stderr) == (Exit.USAGE, True)


def test_words_of_a_file_are_told_before_there_is_a_connection(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["words_of"] = {"shop": {"payment": {"ideal": "iDEAL"}}, "office": {}, "remarks": ["Later more."]}
    shown = run("words", str(file)).stdout
    assert "iDEAL" in shown
    assert "Later more." in shown
    event = lambda_.events[-1]
    assert (event["operation"], event["settings"]["id"], "version" in event) == ("words_of", "my-shop", False)


# --- runs -------------------------------------------------------------------------------------------------------------


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


def test_health_is_a_sentence_for_each_connection_and_ends_with_1_unless_all_is_well(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    jobs = [{"what": "orders read", "ago": "3 min ago"}, {"what": "stock sent", "ago": "7 min ago"}]
    well = {**LISTED, "well": True, "verdict": "All is well.", "jobs": jobs, "held": 0, "backlog": "", "troubles": []}
    trouble = {"name": "stale poll", "reason": "No poll came through.", "fix": "Look."}
    ill = {**well, "id": "other", "well": False, "verdict": "No poll.", "held": 3, "troubles": [trouble]}
    lambda_.results["health"] = {"well": True, "connections": [well]}
    told = run("health")
    assert told.exit_code == 0
    assert told.stdout == (
        "my-shop  shopware → salespos: All is well.\n  orders read 3 min ago, stock sent 7 min ago\n"
    )
    lambda_.results["health"] = {"well": False, "connections": [well, {**ill, "backlog": "41 orders are on the way."}]}
    told = run("health")
    assert told.exit_code == 1
    assert "  41 orders are on the way.\n  stale poll: No poll came through.\n  What to do: Look.\n" in told.stdout
    assert "`held -c other` shows what waits for you: 3" in told.stdout


def test_the_doctor_tells_what_is_bad_last_and_ends_with_1_for_it_alone(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    good = {"name": "log", "state": "ok", "text": "The log of activity is kept for 90 days.", "fix": ""}
    open_ = {"name": "messages", "state": "warn", "text": "Nobody is told.", "fix": "Set AlarmEmail."}
    bad = {"name": "schedules", "state": "bad", "text": "Switched off: x.", "fix": "Enable it."}
    lambda_.results["doctor"] = {"well": True, "version": "1", "checks": [open_, good]}
    told = run("doctor")
    assert told.exit_code == 0
    assert told.stdout == (
        "ok    The log of activity is kept for 90 days.\nwarn  Nobody is told.\n  What to do: Set AlarmEmail.\n"
    )
    lambda_.results["doctor"] = {"well": False, "version": "1", "checks": [bad, open_, good]}
    told = run("doctor")
    assert told.exit_code == 1
    assert told.stdout.endswith("bad   Switched off: x.\n  What to do: Enable it.\n")


COUNTED = {"action": "resend", "code": "gave_up", "count": 7, "examples": ["10042", "10043"], "done": 0, "left": 0}


def test_many_orders_are_counted_asked_about_and_then_done(lambda_: FakeLambda) -> None:
    lambda_.results["bulk"] = COUNTED
    arguments = ("resend", "--code", "gave_up", "--since", "2026-10-01", "-c", "my-shop")
    asked = run(*arguments, answers="n\n")
    assert asked.exit_code == 1
    assert "Try again 7 orders (10042, 10043 …)?" in asked.output
    assert [event.get("confirm") for event in lambda_.events] == [None]
    lambda_.results["bulk"] = {**COUNTED, "done": 6, "left": 1}
    ended = run(*arguments, answers="y\n")
    assert ended.exit_code == Exit.PARTLY
    told = ended.output
    assert "Tried again: 6 orders." in told
    assert "somebody was at it or the time was up: 1 order." in told
    assert (lambda_.events[-1]["confirm"], lambda_.events[-1]["since"]) == (7, "2026-10-01")


def test_many_orders_are_set_aside_without_a_question_where_it_was_answered_before(lambda_: FakeLambda) -> None:
    lambda_.results["bulk"] = {**COUNTED, "action": "skip", "done": 7}
    told = run("skip", "--code", "gave_up", "--remark", "by hand", "--yes", "-c", "my-shop").stdout
    assert told.startswith("Set aside: 7 orders.")
    assert (lambda_.events[-1]["action"], lambda_.events[-1]["remark"]) == ("skip", "by hand")


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({**COUNTED, "count": 0}, Exit.DONE, "No order is held or skipped for that reason."),
        ({**COUNTED, "count": 0, "code": "gaveup"}, Exit.DONE, "for that reason. Did you mean gave_up,"),
        (COUNTED, Exit.AGAIN, "By now it is 7 orders: nothing was done."),
    ],
)
def test_nothing_is_done_where_nothing_is_or_the_count_moved(
    lambda_: FakeLambda, answer: dict[str, Any], code: Exit, said: str
) -> None:
    lambda_.results["bulk"] = answer
    told = run("resend", "--code", "gave_up", "--yes", "-c", "my-shop")
    assert (told.exit_code, said in told.stdout) == (code, True)


def test_a_reason_that_is_none_names_the_one_that_was_meant_in_every_list(lambda_: FakeLambda) -> None:
    lambda_.results["skipped"] = {"count": 0, "reasons": []}
    assert "Did you mean payment_not_taken" in run("skipped", "--code", "payment_not_takn", "-c", "my-shop").stdout
    assert "Did you mean" not in run("skipped", "--code", "payment_not_taken", "-c", "my-shop").stdout
    counts = dict.fromkeys(("imported", "on_the_way", "held", "skipped", "refused"), 0)
    page = {"counts": counts, "total": 3, "matching": 0, "orders": [], "next": "", "complete": True}
    lambda_.results["orders"] = page
    assert "Of these 0 match. Did you mean unmapped_payment" in run("orders", "--code", "unmaped_payment").stdout
