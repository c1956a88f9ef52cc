"""How connections and the deployment do, and many orders at once."""

from typing import Any

import pytest

from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import LISTED, FakeLambda, lambda_, run

__all__ = ["lambda_"]


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
    lambda_.results["health"] = {"well": False, "connections": [{**ill, "verdict": f"Stale: {trouble['reason']}"}]}
    assert run("health").stdout.count(trouble["reason"]) == 1


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


def test_limits_that_stand_alike_are_told_in_one_line(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    def limit(bucket: str, left: int) -> dict[str, Any]:
        text = f"SalesPOS, {bucket}: 150 calls in 1 min; {left} can be made now."
        return {"name": "limit", "side": "office", "bucket": bucket, "text": text}

    clock = {"name": "clock", "side": "shop", "text": "The clocks agree."}
    facts = [clock, limit("orders:GET", 4), limit("root:GET", 4), limit("orders:POST", 3)]
    well = {**LISTED, "well": True, "verdict": "All is well.", "jobs": [], "held": 0, "backlog": "", "troubles": []}
    lambda_.results["health"] = {"well": True, "connections": [{**well, "facts": facts}]}
    assert run("health").stdout.splitlines()[1:] == [
        "  The clocks agree.",
        "  SalesPOS, orders:GET, root:GET: 150 calls in 1 min; 4 can be made now.",
        "  SalesPOS, orders:POST: 150 calls in 1 min; 3 can be made now.",
    ]
