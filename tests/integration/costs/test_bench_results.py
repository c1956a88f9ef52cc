"""What `make bench` tells: the keys that other programs read, and a table that a terminal has room for."""

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.orders import results as measured
from benchmarks.orders.charges import INDEX, QUEUE, READ, WRITE
from benchmarks.orders.dollars import FRANKFURT, assumed, backlog_bill, bill, price
from benchmarks.orders.growth import Grown, Tick
from benchmarks.orders.latency import CREATING, Way
from benchmarks.orders.limits import LimitUse
from benchmarks.orders.meter import AWS, HTTP, OWN, Spent
from benchmarks.orders.paths import WALKED, PathCost
from benchmarks.orders.results import Results, Size
from benchmarks.orders.rounds import Rounds
from benchmarks.orders.table import table

SPENT = Spent(
    seconds={OWN: 0.01, HTTP: 0.005, AWS: 0.014},
    calls=Counter(PutItem=8),
    units={WRITE: 10, INDEX: 2, READ: 4, QUEUE: 6},
    invocations=Counter(order_import=2, webhook_intake=2),
    log_bytes=800,
)
COST = PathCost(SPENT, orders=2, shop=2, office=6)
USE = LimitUse(share=0.964, broken=0, waits=0.5, waiting=1.0)


@pytest.fixture
def results() -> Results:
    counts = COST.per_order()
    return Results(
        Size(),
        {pair: dict.fromkeys(paths, COST) for pair, paths in WALKED.items()},
        {pair: Rounds(0.002, {OWN: 0.0044, HTTP: 0.003, AWS: 0.0086}) for pair in WALKED},
        {"singer": {"own": 1.0, "all": 1.5}, "dlt": {"own": 1.6, "all": 2.2}},
        dict.fromkeys(measured.WORKERS, USE),
        dict.fromkeys((*measured.PAID, "backlog_20"), bill(COST)),
        {"webhook_intake": 0.98, "order_import": 1.46},
        {100: Grown(8.0, counts, 8_000, 2_000_000), 100_000: Grown(8.8, counts, 8_200, 2_010_000)},
        {
            1: Tick(1, Counter(SendMessageBatch=1), 0.02),
            10_000: Tick(10_000, Counter(SendMessageBatch=1_000), 1.1),
        },
        counts,
        {"warm": Way(["GetItem", "POST /api/search/order", "PutItem", CREATING])},
        "a machine, load 1.0",
    )


def test_other_programs_find_what_they_read(results: Results) -> None:
    written = results.written()
    assert written["cpu_floor"] == {pair: {"own": 2.2, "all": 8.0} for pair in WALKED}
    assert written["peers"] == {"singer": 1.0, "dlt": 1.6}
    assert set(written["calls"]) == {"poll", "webhook", "new_buyer", "idle_poll"}
    units = {"write_units": 5.0, "index_units": 1.0, "read_units": 2.0}
    assert written["calls"]["poll"] == {"aws": 4.0, **units, "shop": 1.0, "office": 3.0}
    assert set(written["dollars_per_million"]) == {"poll", "webhook", "backlog_20", "new_buyer"}
    assert written["limit_share"] == {"1": 0.964, "3": 0.964, "20": 0.964}
    assert written["cold_start"] == {"webhook_intake": 0.98, "order_import": 1.46}
    assert written["growth"] == {"100": 1.0, "100000": 1.025}
    assert written["growth_cpu"] == {"100": 1.0, "100000": 1.1}
    assert written["growth_peak_mb"] == {"100": 2.0, "100000": 2.01}
    assert written["calls_before_creating"] == {"warm": 2}
    assert written["machine"] == "a machine, load 1.0"


@pytest.mark.parametrize("installed", [True, False])
def test_the_table_fits_a_terminal_and_says_when_peers_are_missing(results: Results, installed: bool) -> None:
    told = table(results if installed else replace(results, peers={}))
    assert max(map(len, told.splitlines())) <= 100
    assert ("make peers" in told) is not installed
    assert "95 %, 0, 0.1" in told


def test_a_million_orders_cost_what_was_counted_at_list_prices() -> None:
    parts = bill(COST).parts
    assert parts["DynamoDB"] == pytest.approx(6 * 0.625 + 2 * 0.125)
    assert parts["SQS"] == pytest.approx(3 * 0.5)
    assert parts["log"] == pytest.approx(400 * 0.0005)
    assert parts["API"] == pytest.approx(1.0)
    seconds = 4 * 0.005 + 4 * 0.1 + 0.0145 / 0.29
    assert parts["Lambda"] == pytest.approx(2 * 0.2 + seconds * 0.5 * 13.3334)
    assert bill(COST).total == pytest.approx(sum(parts.values()))
    dearer = 6 * 0.1375 + 2 * 0.0275 + 400 * 0.00013 + 0.2
    assert bill(COST).total_in(FRANKFURT) - bill(COST).total == pytest.approx(dearer)


def test_in_a_backlog_waiting_is_paid_for_and_so_is_who_was_sent_away() -> None:
    calm, crowded = bill(COST).parts, backlog_bill(COST, USE).parts
    waiting = assumed("memory_gb") * price("lambda_gb_second") * 1_000_000
    assert crowded["Lambda"] - calm["Lambda"] == pytest.approx(waiting + 0.5 * 0.2)
    assert crowded["DynamoDB"] - calm["DynamoDB"] == pytest.approx(0.5 * 0.625)
    assert crowded["SQS"] - calm["SQS"] == pytest.approx(0.5 * 3 * 0.5)


def test_a_way_is_counted_up_to_the_creation() -> None:
    way = Way(["GetItem", "SendMessageBatch", "POST /api/search/order", "PutItem", CREATING])
    assert (way.aws, way.platforms) == (3, 2)
    assert way.ratio == pytest.approx(1.075)


def test_a_tick_sends_ten_at_once_reads_one_by_one_and_has_a_whole_processor() -> None:
    assert Tick(10_000, Counter(SendMessageBatch=1_000, Query=6), 0.29).seconds == pytest.approx(0.5 + 0.03 + 0.29)
