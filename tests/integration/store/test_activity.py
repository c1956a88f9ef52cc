"""The activity log: lines a shopkeeper can read, and nothing that should not be read."""

import json
import re
import traceback
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import PollRequest
from shopbridge.store.activity import JsonActivity

SHOP = ConnectionId("my-shop")


class Log(list[str]):
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self[-1])
        return line


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def activity(log: Log) -> JsonActivity:
    return JsonActivity("order_import", lambda: datetime(2026, 1, 31, 12, 0, tzinfo=UTC), log.append)


def test_a_line_says_what_happened_where_and_when(activity: JsonActivity, log: Log) -> None:
    activity.info("order_imported", SHOP, reference="10042", total=Decimal("119.00"), calls=3)
    assert log.last() == {
        "timestamp": "2026-01-31T12:00:00.000Z",
        "level": "INFO",
        "service": "order_import",
        "connection": "my-shop",
        "event": "order_imported",
        "text": "Order imported",
        "reference": "10042",
        "total": "119.00",
        "calls": 3,
    }


def test_a_warning_says_what_to_do(activity: JsonActivity, log: Log) -> None:
    activity.warning("order_held", SHOP, fix="Add the key 'paypal'.", text="The payment 'paypal' has no entry")
    line = log.last()
    assert (line["level"], line["fix"]) == ("WARN", "Add the key 'paypal'.")
    assert line["text"] == "The payment 'paypal' has no entry"


def test_what_is_not_on_the_list_is_masked_inside_too(activity: JsonActivity, log: Log) -> None:
    activity.info(
        "order_read",
        SHOP,
        email="ann@shop.example",
        customer={"name": "Ann"},
        reason={"code": "x", "text": "Write to ann@shop.example now", "phone": "0800"},
        orders=[{"reference": "1", "street": "Damrak 1"}],
        value=object(),
    )
    line = log.last()
    assert (line["email"], line["customer"], line["value"]) == ("***", "***", "***")
    assert line["reason"] == {"code": "x", "text": "Write to *** now", "phone": "***"}
    assert line["orders"] == [{"reference": "1", "street": "***"}]
    assert not re.search("Ann|ann@|Damrak|0800", log[-1])


def test_facts_cannot_pretend_to_be_the_line_itself(activity: JsonActivity, log: Log) -> None:
    activity.info("order_read", SHOP, level="ERROR", timestamp="never", service="other")
    assert (log.last()["level"], log.last()["service"]) == ("INFO", "order_import")


def test_every_line_is_one_line_and_of_bounded_length(activity: JsonActivity, log: Log) -> None:
    activity.info("order_read", SHOP, text="a\nb" + "x" * 5000, since=date(2026, 1, 31), found=None, lane=2.5)
    assert "\n" not in log[-1]
    assert len(log.last()["text"]) == 1000
    assert (log.last()["since"], log.last()["found"], log.last()["lane"]) == ("2026-01-31", None, "2.5")


def test_no_secret_shows_however_it_is_handed_over(activity: JsonActivity, log: Log) -> None:
    secrets = {"client_id": "id-4711", "client_secret": "hush-4712"}
    activity.info("credentials_read", SHOP, secrets=secrets, token="token-4713", side="shop")
    activity.warning("credentials_refused", SHOP, fix="Check them.", credentials=secrets, reason=secrets)
    assert not re.search("471[123]", "".join(log))


def test_a_bug_is_told_with_its_trace_but_without_the_values_that_caused_it(activity: JsonActivity, log: Log) -> None:
    name, email = "Ann from Damrak", "ann@shop.example"
    try:
        PollRequest.model_validate({"connection": 7, "hops": name, "kind": email})
    except ValidationError as error:
        activity.bug("".join(traceback.format_exception(error)) + f"ValueError: {email}")
    assert (log.last()["level"], log.last()["event"]) == ("ERROR", "bug")
    assert "test_activity.py" in log.last()["trace"]
    assert "Report it" in log.last()["fix"]
    assert "input_value=***, input_type=str" in log.last()["trace"]
    assert not re.search("Ann from|ann@", log[-1])


def test_the_end_of_a_long_trace_is_told(activity: JsonActivity, log: Log) -> None:
    activity.bug("a" * 50 + "b" * 9_999 + "c")
    assert log.last()["trace"] == "b" * 9_999 + "c"


def test_lines_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    JsonActivity("dispatch", lambda: datetime(2026, 1, 31, tzinfo=UTC)).info("polls_queued", SHOP, count=2)
    assert json.loads(capsys.readouterr().out)["count"] == 2


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    def full(_line: str) -> None:
        raise OSError("no space left on device")

    activity = JsonActivity("order_import", lambda: datetime(2026, 1, 31, 12, 0, tzinfo=UTC), full)
    activity.info("order_imported", SHOP, reference="10042")
    activity.warning("order_held", SHOP, fix="Do this.")
    activity.bug("trace")
