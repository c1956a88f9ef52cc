"""The leaky buckets of the emulated Gomag."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.gomag.bucket import Bucket
from sandbox.platforms.kit import ManualClock
from tests.sandbox.platforms.gomag.calls import Market

READ, WRITE = "Api-RateLimit-Read", "Api-RateLimit-Write"


def test_the_six_headers_count_reads_and_writes_apart() -> None:
    market = Market(read_burst=3, write_burst=2)
    headers = market.read("order/read").headers
    assert [headers[READ + part] for part in ("", "-Burst", "-Remaining")] == ["1.0", "3", "2"]
    assert [headers[WRITE + part] for part in ("", "-Burst", "-Remaining")] == ["1.0", "2", "2"]
    headers = market.write("order/status", {"orders": []}).headers
    assert (headers[f"{READ}-Remaining"], headers[f"{WRITE}-Remaining"]) == ("2", "1")


def test_over_the_limit_it_is_a_429_without_headers_or_json() -> None:
    market = Market(read_burst=2)
    assert [market.read("order/read").status_code for _ in range(3)] == [200, 200, 429]
    response = market.read("order/read")
    assert READ not in response.headers
    assert "retry-after" not in response.headers
    assert response.headers["content-type"] == "text/html"
    assert market.write("order/status", {}).status_code == 200
    market.clock.advance(microseconds=999_999)
    assert market.read("order/read").status_code == 429
    market.clock.advance(microseconds=1)
    assert [market.read("order/read").status_code for _ in range(2)] == [200, 429]
    assert market.shop.limits.read.refused == 4


def test_a_429_may_keep_its_headers() -> None:
    market = Market(read_burst=1, headers_when_throttled=True)
    market.read("order/read")
    assert market.read("order/read").headers[f"{READ}-Remaining"] == "0"


def test_another_app_drains_the_same_bucket() -> None:
    market = Market(read_burst=10)
    market.shop.limits.others_take(reads=8)
    assert market.read("order/read").headers[f"{READ}-Remaining"] == "1"
    market.shop.limits.others_take(reads=3)
    assert market.read("order/read").status_code == 429
    assert market.shop.limits.read.others_refused == 2


def test_a_steady_other_app_leaves_half() -> None:
    market = Market(read_burst=2)
    market.shop.limits.others_pace(reads=Decimal("0.5"))
    answers = []
    for _ in range(300):
        market.clock.advance(seconds=2)
        answers.append(market.read("order/read").status_code)
    assert set(answers) == {200}
    assert (market.shop.limits.read.others_taken, market.shop.limits.read.others_refused) == (300, 0)
    market.shop.limits.others_pace()
    market.clock.advance(seconds=60)
    assert market.shop.limits.read.others_taken == 300


def test_a_caller_that_takes_more_than_half_is_told() -> None:
    market = Market(read_burst=2)
    market.shop.limits.others_pace(reads=Decimal("0.5"))
    for _ in range(60):
        market.clock.advance(seconds=1)
        market.read("order/read")
    limits = market.shop.limits.read
    assert limits.refused + limits.others_refused >= 25


def test_calls_without_a_known_key_drain_nothing() -> None:
    market = Market(read_burst=1)
    for _ in range(5):
        market.client.get("order/read/json", headers={"Apikey": "another"})
    assert market.read("order/read").status_code == 200


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 2_500_000), max_size=30),
    st.integers(1, 4),
    st.sampled_from(["0.5", "1.0", "1.7", "4"]),
)
def test_the_bucket_is_exact(gaps: list[int], burst: int, rate: str) -> None:
    """Against the plain definition: what was poured since it was last empty, less what leaked."""
    clock = ManualClock()
    bucket = Bucket(Decimal(rate), burst, clock)
    level = Fraction(0)
    for gap in gaps:
        clock.moment += timedelta(microseconds=gap)
        level = max(Fraction(0), level - Fraction(rate) * Fraction(gap, 1_000_000))
        fits = level + 1 <= burst
        assert bucket.take() is fits
        level += fits
        assert bucket.remaining == (burst - level).__floor__()
