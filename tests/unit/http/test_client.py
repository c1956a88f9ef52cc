import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from shopbridge.errors import NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled, Unfinished
from shopbridge.http.answer import Answer, Call, judge_by_status, retry_after
from shopbridge.http.client import Limit, PlatformClient, Wiring
from shopbridge.mapping.json_data import MOST_VALUES

READ = Call("GET", "/things")
CREATE = Call("POST", "/things", json={"name": "a"}, repeatable=False)


class Thing(BaseModel):
    price: Decimal


class CountingLimiter:
    def __init__(self) -> None:
        self.taken: list[str] = []
        self.paused: list[tuple[str, float]] = []

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        self.taken.append(f"{bucket}/{calls} in {seconds} s")

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused.append((bucket, seconds))


class Time:
    def __init__(self, seconds: float = 60) -> None:
        self.left = seconds
        self.slept: list[float] = []

    def remaining(self) -> float:
        return self.left

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.left -= seconds


def client(
    reply: Callable[[httpx.Request], httpx.Response],
    *,
    time: Time | None = None,
    limiter: CountingLimiter | None = None,
    base_url: str = "https://shop.example/api",
) -> PlatformClient:
    clock = time or Time()
    wiring = Wiring(
        http=httpx.Client(transport=httpx.MockTransport(reply)),
        limiter=limiter or CountingLimiter(),
        deadline=clock,
        sleep=clock.sleep,
    )
    return PlatformClient("Shop", base_url, httpx.Auth(), wiring, limits=lambda _: [Limit("things:GET", 60)])


def replies(*answers: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    queue: Iterator[httpx.Response | Exception] = iter(answers)

    def reply(_: httpx.Request) -> httpx.Response:
        answer = next(queue)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return reply


def test_a_short_pause_is_waited_for_and_the_call_repeated() -> None:
    time = Time()
    busy = httpx.Response(503, headers={"Retry-After": "1"})
    answer = client(replies(busy, httpx.Response(200, json={})), time=time).send(READ)
    assert answer.status == 200
    assert time.slept == [1.0]


def test_a_long_pause_is_left_to_the_queue() -> None:
    time = Time()
    with pytest.raises(RetryLater) as later:
        client(replies(httpx.Response(503, headers={"Retry-After": "120"})), time=time).send(READ)
    assert later.value.after == 120
    assert time.slept == []


def test_no_try_begins_when_the_time_is_nearly_used_up() -> None:
    with pytest.raises(RetryLater, match="time of this invocation"):
        client(replies(), time=Time(1)).send(READ)


def test_throttling_pauses_the_bucket_for_every_container() -> None:
    limiter = CountingLimiter()
    with pytest.raises(Throttled):
        client(replies(httpx.Response(429, headers={"Retry-After": "30"})), limiter=limiter).send(READ)
    assert limiter.paused == [("things:GET", 30)]
    assert limiter.taken == ["things:GET/60 in 60 s"]


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout("lost"),
        httpx.RemoteProtocolError("cut"),
        httpx.ReadError("cut"),
        httpx.WriteError("cut"),
        httpx.WriteTimeout("slow"),
    ],
)
def test_a_lost_answer_to_a_creation_is_unknown_and_never_repeated(lost: Exception) -> None:
    with pytest.raises(OutcomeUnknown):
        client(replies(lost)).send(CREATE)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_that_gives_up_on_a_creation_leaves_it_unknown(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        client(replies(httpx.Response(status, text="<html>"))).send(CREATE)


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("silent"), httpx.PoolTimeout("busy")]
)
def test_a_creation_that_never_left_us_may_be_tried_later(error: Exception) -> None:
    with pytest.raises(RetryLater):
        client(replies(error)).send(CREATE)


def test_a_lost_answer_to_a_read_is_tried_later() -> None:
    with pytest.raises(RetryLater, match="cannot be reached"):
        client(replies(httpx.ReadTimeout("lost"))).send(READ)


def test_a_read_answer_of_another_shape_names_the_place() -> None:
    with pytest.raises(RetryLater, match="price"):
        client(replies(httpx.Response(200, json={"cost": 1}))).read(READ, TypeAdapter(Thing))
    with pytest.raises(OutcomeUnknown):
        client(replies(httpx.Response(200, json={"cost": 1}))).read(CREATE, TypeAdapter(Thing))


@pytest.mark.parametrize(("call", "error"), [(READ, Unfinished), (CREATE, OutcomeUnknown)])
def test_more_values_than_we_take_are_refused_before_any_is_made(call: Call, error: type[Exception]) -> None:
    body = b"[" + b"[]," * MOST_VALUES + b"1]"
    reply = httpx.Response(200, content=body, headers={"content-type": "application/json"})
    with pytest.raises(error, match="values"):
        client(replies(reply)).read(call, TypeAdapter(list[Any]))


def test_an_answer_is_read_once_however_often_it_is_asked_for() -> None:
    answer = Answer("Shop", READ, 200, {}, b'{"price": 8.0999999999999996}')
    assert answer.json() == {"price": Decimal("8.1")}
    assert answer.json() is answer.json()


def test_a_call_asks_for_one_packing_and_says_how_large_its_answer_may_be() -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    client(reply).send(replace(READ, largest=7))
    assert asked[0].headers["accept-encoding"] == "gzip"
    assert asked[0].extensions["largest"] == 7


def test_amounts_arrive_as_the_decimals_that_were_written() -> None:
    reply = httpx.Response(200, content=b'{"price": 1234567.1}', headers={"content-type": "application/json"})
    assert client(replies(reply)).read(READ, TypeAdapter(Thing)).price == Decimal("1234567.1")


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "words"),
    [
        (401, {}, "", NeedsAttention, "credentials"),
        (403, {}, "", NeedsAttention, "credentials"),
        (301, {"location": "https://www.shop.example"}, "", Obstructed, "https://www.shop.example"),
        (200, {"content-type": "text/html"}, "<html>", Obstructed, "no API answer"),
        (404, {"content-type": "application/json"}, "{}", Rejected, "404"),
        (422, {"content-type": "application/json"}, "{}", Rejected, "422"),
        (429, {}, "", Throttled, "slow down"),
    ],
)
def test_the_default_table_names_the_consequence(
    status: int, headers: dict[str, str], body: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        judge_by_status(Answer("Shop", READ, status, headers, body.encode()))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("999999", 3600),
        ("", 60),
        ("soon", 60),
        ("nan", 60),
        ("Sun, 01 Mar 2026 10:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 10:00:30 -0000", 30),
        ("Sun, 01 Mar 99999999999999 10:00:30 GMT", 60),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_within_bounds(text: str, seconds: float) -> None:
    headers = {"retry-after": text, "date": "Sun, 01 Mar 2026 10:00:00 GMT"}
    assert retry_after(Answer("Shop", READ, 503, headers, b"")) == seconds


# --- what a creation is answered with -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201])
def test_a_page_does_not_say_that_nothing_was_created(status: int) -> None:
    page = httpx.Response(status, text="<br />Warning", headers={"content-type": "text/html"})
    with pytest.raises(OutcomeUnknown):
        client(replies(page)).send(CREATE)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_neither_does_a_redirect_that_is_followed_by_a_read(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        client(replies(httpx.Response(status, headers={"location": "/orders/1"}))).send(CREATE)


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_of_the_creation_itself_names_the_address(status: int) -> None:
    with pytest.raises(Obstructed, match="www"):
        client(replies(httpx.Response(status, headers={"location": "https://www.shop.example"}))).send(CREATE)


def test_an_answer_that_cannot_be_unpacked_is_a_lost_answer() -> None:
    def broken() -> httpx.Response:
        packed = {"content-type": "application/json", "content-encoding": "gzip"}
        return httpx.Response(201, headers=packed, stream=httpx.ByteStream(b"no gzip"))

    with pytest.raises(OutcomeUnknown):
        client(replies(broken())).send(CREATE)
    with pytest.raises(RetryLater):
        client(replies(broken())).send(READ)


def test_a_creation_does_not_begin_without_time_for_its_answer() -> None:
    with pytest.raises(RetryLater, match="time of this invocation"):
        client(replies(), time=Time(30)).send(CREATE)
    assert client(replies(httpx.Response(200, json={})), time=Time(30)).send(READ).status == 200


@pytest.mark.parametrize("left", [10, 33, 60, 120, 900])
def test_the_bounds_of_a_call_together_leave_time_for_the_ledger(left: float) -> None:
    seen: list[dict[str, float]] = []
    ends: list[float] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        ends.append(request.extensions["ends"])
        return httpx.Response(200, json={})

    client(reply, time=Time(left)).send(READ)
    longest = 2 * seen[0]["connect"] + 2 * seen[0]["read"]
    assert longest <= left - 2
    assert seen[0]["read"] <= 30
    assert ends[0] - time.monotonic() <= min(40, left - 2)


# --- what people read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["\N{SNOWMAN}.example", "shop.example:port"])
def test_what_is_no_address_is_told(host: str) -> None:
    with pytest.raises(NeedsAttention, match="no internet address"):
        client(replies(), base_url=f"https://{host}/api").send(READ)


def test_a_certificate_that_is_not_valid_is_told() -> None:
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refused.verify_message = "certificate has expired"
    error = httpx.ConnectError("no")
    error.__cause__ = refused
    with pytest.raises(RetryLater, match="its certificate: certificate has expired"):
        client(replies(error)).send(READ)


@pytest.mark.parametrize("status", [401, 403])
def test_a_wall_in_front_of_the_platform_is_not_taken_for_wrong_credentials(status: int) -> None:
    wall = httpx.Response(status, text="<html>", headers={"content-type": "text/html"})
    with pytest.raises(Obstructed, match="in front of the platform"):
        client(replies(wall)).send(READ)


def test_a_call_and_its_answer_show_neither_bodies_nor_headers() -> None:
    call = Call("POST", "/login", json={"secret": "hidden"})
    shown = repr(Answer("Shop", call, 200, {"cookie": "hidden"}, b"hidden"))
    assert "/login" in shown
    assert "hidden" not in shown


def test_a_body_as_it_is_goes_out_with_its_own_type_and_xml_comes_back() -> None:
    seen: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"content-type": "text/xml"}, content=b"<Thing><price>8.10</price></Thing>")

    headers = {"Content-Type": "text/xml", "Accept": "application/xml"}
    found = client(reply).read_xml(Call("POST", "/t", content=b"<a/>", headers=headers), TypeAdapter(dict[str, Thing]))
    assert (seen[0].content, seen[0].headers["content-type"], found) == (
        b"<a/>",
        "text/xml",
        {"Thing": Thing(price=Decimal("8.10"))},
    )


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "application/json", ""])
def test_who_asks_for_xml_takes_nothing_else_for_data(kind: str) -> None:
    call = Call("GET", "/t", headers={"Accept": "text/xml"})
    with pytest.raises(Obstructed):
        client(replies(*[httpx.Response(200, headers={"content-type": kind}, content=b"<html/>")] * 3)).send(call)


def test_xml_of_another_form_and_a_broken_one_come_again_later() -> None:
    call = Call("GET", "/t", headers={"Accept": "text/xml"})
    for body in (b"<Other/>", b"<Thing>", b""):
        answer = httpx.Response(200, headers={"content-type": "text/xml"}, content=body)
        with pytest.raises(RetryLater, match="unexpected form"):
            client(replies(answer)).read_xml(call, TypeAdapter(dict[str, Thing]))


@pytest.mark.parametrize(
    ("call", "answer", "ends"),
    [
        (Call("GET", "/all", patience=120), 120, 120),
        (Call("POST", "/all", patience=120, repeatable=False), 120, 40),
        (Call("GET", "/one"), 30, 40),
    ],
)
def test_a_list_that_is_handed_out_whole_has_more_time_and_a_creation_has_not(
    call: Call, answer: float, ends: float
) -> None:
    seen: list[dict[str, Any]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions)
        return httpx.Response(200, json={})

    began = time.monotonic()
    client(reply, time=Time(600)).send(call)
    assert seen[0]["timeout"]["read"] == answer
    assert seen[0]["ends"] - began == pytest.approx(ends, abs=1)
