"""Lines of the log as an operator asks for them."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.health.log import pattern, read_log
from shopbridge.model.desk_operations import ReadLog
from shopbridge.ports import LogLine, LogPage

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
HELD = {"event": "order_held", "level": "WARN", "connection": "my-shop", "order": "10042", "order_id": "a1"}
DONE = {"event": "order_imported", "level": "INFO", "connection": "other", "order": "10042"}

STREAM = "2026/03/01/stack-OrderImportFunction-x1[$LATEST]0a1b"
RUNTIME = ' || (($.type = "platform.report" || $.type = "platform.initReport") && $.record.status != "success") || '
RUNTIME += '($.errorType = "*") }'


class Pages:
    """The log in pages, some of them empty, as CloudWatch Logs gives it; it lets everything through."""

    def __init__(self, *pages: list[Any], left: float = 100) -> None:
        self.pages, self.asked, self.left = pages, list[tuple[str, str]](), left

    def log_lines(self, wanted: str, since: datetime, after: str) -> LogPage:
        assert since == NOW
        self.asked.append((wanted, after))
        number = int(after or 0)
        texts = [each if isinstance(each, str) else json.dumps(each) for each in self.pages[number]]
        lines = [LogLine(f"{number}-{place}", NOW, text, STREAM) for place, text in enumerate(texts)]
        return LogPage(lines, str(number + 1) if number + 1 < len(self.pages) else "")

    def remaining(self) -> float:
        return self.left


def read(pages: Pages, **asked: Any) -> dict[str, Any]:
    bridge = cast("Bridge", SimpleNamespace(stack=pages, deadline=pages))
    return read_log(bridge, ReadLog(operation="log", since=NOW, **asked))


def test_lines_are_ours_and_pages_are_read_until_something_is_found() -> None:
    pages = Pages([], ["START RequestId", "{", '{"type": "platform.start"}'], [HELD], [DONE])
    first = read(pages)
    assert first == {"lines": [{**HELD, "id": "2-0", "at": NOW}], "next": "3"}
    assert read(pages, after="3") == {"lines": [{**DONE, "id": "3-0", "at": NOW}], "next": ""}


def report(status: str, kind: str = "", of: str = "platform.report") -> dict[str, Any]:
    """As Lambda writes it where a function logs JSON."""
    metrics = {"durationMs": 120_000.0, "memorySizeMB": 512, "maxMemoryUsedMB": 511}
    error = {"errorType": kind} if kind else {}
    return {"time": "2026-03-01T10:00:00.000Z", "type": of, "record": {"status": status, "metrics": metrics, **error}}


@pytest.mark.parametrize(
    ("told", "event", "reason"),
    [
        (report("timeout"), "function_timed_out", "after 120 s, with 511 of 512 MB"),
        (
            report("error", "Runtime.OutOfMemory"),
            "function_died",
            "Runtime.OutOfMemory, after 120 s, with 511 of 512 MB",
        ),
        (
            report("error", "Runtime.ExitError", "platform.initReport"),
            "function_died",
            "Runtime.ExitError, after 120 s",
        ),
        (
            {"level": "ERROR", "errorType": "Runtime.ImportModuleError", "errorMessage": "No module of Sanne's"},
            "function_died",
            "Runtime.ImportModuleError",
        ),
    ],
)
def test_a_function_that_broke_down_is_told_where_all_is_asked_for(told: Any, event: str, reason: str) -> None:
    (line,) = read(Pages([told, report("success")]), level="ERROR")["lines"]
    assert (line["event"], line["function"]) == (event, "stack-OrderImportFunction-x1")
    assert line["reason"].startswith(reason)
    assert line["fix"].endswith(".")
    assert "Sanne" not in json.dumps(line, default=str)
    assert read(Pages([told]), connection="my-shop")["lines"] == []
    assert read(Pages([told]), order="10042")["lines"] == []


def test_a_search_ends_with_the_time_and_says_where_it_goes_on() -> None:
    assert read(Pages([], [], [HELD], left=10)) == {"lines": [], "next": "1"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"connection": "my-shop"}, 1),
        ({"order": "10042"}, 2),
        ({"order": "a1"}, 1),
        ({"order": "1004"}, 0),
        ({"level": "WARN"}, 1),
        ({"level": "ERROR"}, 0),
    ],
)
def test_what_was_not_asked_for_is_left_out_whoever_let_it_through(asked: dict[str, Any], found: int) -> None:
    assert len(read(Pages([HELD, DONE]), **asked)["lines"]) == found


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, '{ (($.event = "*"))' + RUNTIME),
        ({"connection": "my-shop"}, '{ ($.event = "*") && ($.connection = "my-shop") }'),
        (
            {"connection": "my-shop", "order": "10042", "level": "WARN"},
            (
                '{ ($.event = "*") && ($.connection = "my-shop") && (($.order = "10042") || ($.order_id = "10042")) && '
                '(($.level = "WARN") || ($.level = "ERROR")) }'
            ),
        ),
        ({"order": '1" || $.a = "*'}, '{ ($.event = "*") }'),
        ({"level": "ERROR"}, '{ (($.event = "*") && (($.level = "ERROR")))' + RUNTIME),
    ],
)
def test_the_pattern_says_what_it_can_and_nothing_of_what_could_change_it(asked: dict[str, Any], wanted: str) -> None:
    assert pattern(ReadLog(operation="log", since=NOW, **asked)) == wanted
