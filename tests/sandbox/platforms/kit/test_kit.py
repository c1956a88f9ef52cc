"""What all emulators share: faults, clocks, ids, JSON, the page for people, and the way a request is read."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from flask import Flask, Request

from sandbox.platforms.kit import LOST_ANSWER, Faults, Loopback, ManualClock, Windows, in_process
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.credentials import basic
from sandbox.platforms.kit.ids import Ids
from sandbox.platforms.kit.pages import SHOWN, table_page
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, incoming, make_app, spoilt


def test_a_planned_fault_is_due_as_often_as_planned_and_only_there() -> None:
    faults = Faults()
    faults.plan("slow", "GET /a", times=2, detail=3)
    assert [faults.due("slow", on) for on in ("GET /b", "GET /a", "GET /a", "GET /a")] == [None, 3, 3, None]
    faults.plan("slow")
    assert [faults.due("slow", "GET /b"), faults.due("slow", "GET /b")] == [True, None]


def test_what_happens_besides_a_call_is_called_once() -> None:
    faults, done = Faults(), list[str]()
    faults.plan("meanwhile", "GET /a", detail=lambda: done.append("here"))
    for route in ("GET /b", "GET /a", "GET /a"):
        faults.run("meanwhile", route)
    assert done == ["here"]


def test_an_answer_may_be_cut_or_lost_on_its_way() -> None:
    faults, reply = Faults(), Reply(200, b"abcd", {"x": "1"})
    assert spoilt(faults, "GET /a", reply) == reply
    faults.plan("cut_body", "GET /a")
    faults.plan("lost_answer", "GET /a")
    assert spoilt(faults, "GET /a", reply) == Reply(200, b"ab", {"x": "1", LOST_ANSWER: "after"})


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Basic YW5hOmE6Yg==", ("ana", "a:b")),
        ("basic YW5hOg==", ("ana", "")),
        ("Bearer YW5hOmI=", None),
        ("Basic YW5hOmI", None),
        ("Basic /w==", None),
        ("Basic", ("", "")),
        ("", None),
    ],
)
def test_a_basic_header_has_a_name_and_a_password(header: str, found: tuple[str, str] | None) -> None:
    assert basic(header) == found


def test_a_header_tells_the_moment_in_greenwich_time() -> None:
    moment = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert http_date(moment) == "Sat, 28 Feb 2026 23:30:00 GMT"


def test_a_minute_has_its_limit_for_each_caller_and_the_next_one_begins_anew() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 10, 0, tzinfo=UTC))
    windows = Windows(clock)
    assert [windows.take(caller, 2) for caller in "aaab"] == [True, True, False, True]
    clock.advance(seconds=59)
    assert not windows.take("a", 2)
    clock.advance(seconds=1)
    assert windows.take("a", 2)


def test_a_stretch_may_be_a_second_and_time_may_pass_faster() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 10, 0, tzinfo=UTC))
    second, fast = Windows(clock, seconds=1), Windows(clock, speed=60)
    assert [second.take("a", 1), second.take("a", 1), fast.take("a", 1), fast.take("a", 1)] == [True, False] * 2
    clock.advance(seconds=1)
    assert second.take("a", 1)
    assert fast.take("a", 1)


def test_ids_of_two_kinds_never_fit_by_accident() -> None:
    new_id = Ids(100)
    assert [new_id("order"), new_id("order"), new_id("product"), new_id("order")] == [101, 102, 201, 103]


def test_json_is_read_exactly_and_written_plainly() -> None:
    assert read_json(b'{"price": 8.10, "count": 2}') == {"price": Decimal("8.10"), "count": 2}
    body = {"price": Decimal("8.10"), "whole": Decimal("2.00"), "name": "Cană"}
    assert write_json(body) == '{"price":8.1,"whole":2,"name":"Cană"}'.encode()


@pytest.mark.parametrize("text", [b"", b"{", b'{"a": NaN}', b"[Infinity]", "no"])
def test_what_is_no_json_is_refused(text: bytes | str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_what_does_not_go_into_json_is_a_mistake_of_the_emulator() -> None:
    with pytest.raises(TypeError, match="datetime"):
        write_json({"at": datetime(2026, 3, 1, tzinfo=UTC)})


def test_the_page_escapes_what_orders_hold_and_ends_somewhere() -> None:
    page = table_page("A & B", "2 < 3", ("Number", "Name"), ((number, "<i>Ana") for number in range(SHOWN + 1)))
    assert "<title>A &amp; B</title>" in page
    assert "<p>2 &lt; 3</p>" in page
    assert f"<tr><td>{SHOWN - 1}<td>&lt;i&gt;Ana</tr>" in page
    assert f"<td>{SHOWN}<td>" not in page


@dataclass
class Sample:
    """An app that keeps what it was asked."""

    calls: list[Incoming] = field(default_factory=list)

    def answer(self, sent: Request) -> Reply:
        self.calls.append(incoming(sent))
        return LOST_REQUEST if self.calls[-1].body == b"lost" else Reply(201, b"made", {"x-made": "yes"})

    @property
    def app(self) -> Flask:
        return make_app("sample", ("/api", "/api/<path:rest>"), self.answer, lambda: "people", ("GET", "POST"))


def _check_call(sample: Sample, client: httpx.Client, root: str) -> None:
    answer = client.post(f"{root}/api/a%2Fb/%C3%A9?q=1%202", content=b"body", headers={"X-Sign": "S"})
    assert (answer.status_code, answer.content, answer.headers["x-made"]) == (201, b"made", "yes")
    call = sample.calls[-1]
    assert (call.method, call.uri, call.body, call.host) == ("POST", "/api/a%2Fb/%C3%A9?q=1%202", b"body", root)
    assert (call.headers["x-sign"], call.address) == ("S", "127.0.0.1")


def test_a_call_in_process_is_read_as_it_was_sent() -> None:
    sample = Sample()
    with httpx.Client(transport=in_process(sample.app)) as client:
        _check_call(sample, client, "http://api.example.test")
        assert client.get("http://api.example.test/").text == "people"
        assert client.delete("http://api.example.test/api").status_code == 405
        with pytest.raises(httpx.ReadTimeout):
            client.post("http://api.example.test/api", content=b"lost")


def test_a_call_over_loopback_is_read_as_it_was_sent() -> None:
    sample = Sample()
    with Loopback(sample.app) as server, httpx.Client() as client:
        _check_call(sample, client, server.url)
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(f"{server.url}/api", content=b"lost")


def test_calls_over_loopback_are_written_down_without_what_they_say(tmp_path: Path) -> None:
    sample, log = Sample(), tmp_path / "calls.log"
    log.write_text("of before\n")
    with Loopback(sample.app, log=log) as server, httpx.Client() as client:
        client.get(f"{server.url}/?password=hidden")
        client.delete(f"{server.url}/api/%0aafter")
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(f"{server.url}/api", content=b"lost")
    lines = [line.split() for line in log.read_text().splitlines()]
    assert [line[1:4] for line in lines] == [
        ["GET", "/", "200"],
        ["DELETE", "/api/\\nafter", "405"],
        ["POST", "/api", "504"],
    ]
    assert all(line[-1] == "ms" for line in lines)
