from collections.abc import Callable, Iterator
from decimal import Decimal

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from shopbridge.errors import NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call, judge_by_status, retry_after
from shopbridge.http.client import Limit, PlatformClient, Wiring

READ = Call("GET", "/things")
CREATE = Call("POST", "/things", json={"name": "a"}, repeatable=False)


class Thing(BaseModel):
    price: Decimal


class CountingLimiter:
    def __init__(self) -> None:
        self.taken: list[str] = []
        self.paused: list[tuple[str, float]] = []

    def take(self, bucket: str, per_minute: int) -> None:
        self.taken.append(f"{bucket}/{per_minute}")

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
) -> PlatformClient:
    clock = time or Time()
    wiring = Wiring(
        http=httpx.Client(transport=httpx.MockTransport(reply)),
        limiter=limiter or CountingLimiter(),
        deadline=clock,
        sleep=clock.sleep,
    )
    return PlatformClient(
        "Shop", "https://shop.example/api", httpx.Auth(), wiring, limits=lambda _: [Limit("things:GET", 60)]
    )


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
    assert limiter.taken == ["things:GET/60"]


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("lost"), httpx.RemoteProtocolError("cut"), httpx.ReadError("cut")])
def test_a_lost_answer_to_a_creation_is_unknown_and_never_repeated(lost: Exception) -> None:
    with pytest.raises(OutcomeUnknown):
        client(replies(lost)).send(CREATE)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_that_gives_up_on_a_creation_leaves_it_unknown(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        client(replies(httpx.Response(status, text="<html>"))).send(CREATE)


def test_a_creation_that_never_left_us_may_be_tried_later() -> None:
    with pytest.raises(RetryLater):
        client(replies(httpx.ConnectError("refused"))).send(CREATE)


def test_a_lost_answer_to_a_read_is_tried_later() -> None:
    with pytest.raises(RetryLater, match="cannot be reached"):
        client(replies(httpx.ReadTimeout("lost"))).send(READ)


def test_a_read_answer_of_another_shape_names_the_place() -> None:
    with pytest.raises(RetryLater, match="price"):
        client(replies(httpx.Response(200, json={"cost": 1}))).read(READ, TypeAdapter(Thing))
    with pytest.raises(OutcomeUnknown):
        client(replies(httpx.Response(200, json={"cost": 1}))).read(CREATE, TypeAdapter(Thing))


def test_amounts_arrive_as_the_decimals_that_were_written() -> None:
    reply = httpx.Response(200, content=b'{"price": 1234567.1}', headers={"content-type": "application/json"})
    assert client(replies(reply)).read(READ, TypeAdapter(Thing)).price == Decimal("1234567.1")


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "words"),
    [
        (401, {}, "", NeedsAttention, "credentials"),
        (403, {}, "", NeedsAttention, "credentials"),
        (301, {"location": "https://www.shop.example"}, "", NeedsAttention, "https://www.shop.example"),
        (200, {"content-type": "text/html"}, "<html>", NeedsAttention, "no API answer"),
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
    [("7", 7), ("0", 1), ("999999", 3600), ("", 60), ("soon", 60), ("Sun, 01 Mar 2026 10:00:30 GMT", 30)],
)
def test_retry_after_is_read_as_seconds_or_date_within_bounds(text: str, seconds: float) -> None:
    headers = {"retry-after": text, "date": "Sun, 01 Mar 2026 10:00:00 GMT"}
    assert retry_after(Answer("Shop", READ, 503, headers, b"")) == seconds
