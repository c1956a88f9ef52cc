"""The log in a terminal: once, or for as long as somebody watches."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopbridge_cli.commands.logs import shown
from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run
from tests.unit.cli.test_views import lengthened, rendered

__all__ = ["lambda_"]

LINE: dict[str, Any] = {
    "id": "1",
    "timestamp": "2026-03-01T10:05:07.123Z",
    "at": "2026-03-01T10:05:07.123Z",
    "level": "WARN",
    "connection": "my-shop",
    "order": "10042",
    "event": "order_held",
    "reason": "The payment [paypal] has no entry.",
    "fix": "Add the key.",
}
AHEAD = "2026-03-01T12:00:00.000Z"
"""A clock that runs fast, as in the sandbox."""
LATER = {
    **LINE,
    "id": "2",
    "timestamp": AHEAD,
    "at": "2026-03-01T10:05:09.000Z",
    "event": "order_done",
    "fix": "",
    "reason": "",
    "count": 3,
    "text": "Order done",
    "reasons": {"a": 1},
}


def page(*lines: dict[str, Any], following: str = "") -> dict[str, Any]:
    return {"lines": list(lines), "next": following}


def test_lines_are_told_page_by_page_with_what_to_do(lambda_: FakeLambda) -> None:
    lambda_.answers["log"] = [page(LINE, following="there"), page(LATER)]
    told = run("logs", "my-shop", "--order", "10042", "--level", "warn", "--since", "2026-03-01")
    assert told.exit_code == Exit.DONE
    assert told.stdout == (
        "2026-03-01 10:05:07  my-shop 10042  order_held: The payment [paypal] has no entry.\n"
        "  What to do: Add the key.\n"
        "2026-03-01 12:00:00  my-shop 10042  order_done  count=3\n"
    )
    first, second = lambda_.events
    assert (first["connection"], first["order"], first["level"]) == ("my-shop", "10042", "WARN")
    assert (first["since"], first["after"], second["after"]) == ("2026-03-01T00:00:00+00:00", "", "there")


def test_the_last_ten_minutes_of_all_connections_are_told_unless_said_otherwise(lambda_: FakeLambda) -> None:
    lambda_.results["log"] = page()
    run("logs")
    event = lambda_.events[-1]
    assert (event["connection"], event["level"]) == ("", "INFO")
    assert timedelta(minutes=9) < datetime.now(UTC) - datetime.fromisoformat(event["since"]) < timedelta(minutes=11)
    run("logs", "--since", "3d")
    assert datetime.now(UTC) - datetime.fromisoformat(lambda_.events[-1]["since"]) > timedelta(days=2, hours=23)
    wrong = run("logs", "--since", "yesterday")
    assert (wrong.exit_code, "Write it as 10m" in wrong.stderr) == (Exit.USAGE, True)


def test_who_follows_sees_each_line_once_also_one_that_arrives_late(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = iter([None, None])

    def pause(_seconds: float) -> None:
        if next(pauses, "over") == "over":
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", pause)
    late = {**LINE, "id": "0", "at": "2026-03-01T10:05:01.000Z", "event": "order_found"}
    lambda_.answers["log"] = [page(LATER), page(late, LATER), page(LINE, LATER)]
    told = run("logs", "-f", "--json", "--since", "2026-03-01")
    assert [json.loads(line)["id"] for line in told.stdout.splitlines()] == ["2", "0", "1"]
    assert [event["since"] for event in lambda_.events] == [
        "2026-03-01T00:00:00+00:00",
        "2026-03-01T10:04:49+00:00",
        "2026-03-01T10:04:49+00:00",
    ]
    assert told.exit_code == 130


def test_a_line_fits_into_eighty_columns() -> None:
    for line in (LINE, lengthened(LINE), {"timestamp": LINE["timestamp"], "level": "INFO", "event": "tick"}):
        assert max(map(len, rendered(shown({**line, "timestamp": LINE["timestamp"], "level": "WARN"})))) <= 80
