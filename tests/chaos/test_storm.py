"""The fault storm in a size for every day, and that its judge sees what is wrong."""

from dataclasses import replace
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from chaos import ledgers
from chaos.storm import attack as storm
from chaos.storm import chapters
from chaos.storm.trade import Shelves, Trade
from sandbox.pairs.sides.protocols import Booked, Listed, Ordered, Placed
from sandbox.platforms.kit import ManualClock
from sandbox.quick.weather import HTTP_FAULTS, PAGE_FAULTS, Internet, Weather
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerRecord

ORDERS = 12


@pytest.fixture(scope="module")
def found() -> storm.Storm:
    return storm.storm(ORDERS, seed=7)


def test_a_storm_loses_nothing_and_doubles_nothing(found: storm.Storm) -> None:
    assert found.verdict.well, found.verdict
    assert (found.dead, list(found.bugs)) == (0, [])
    assert found.verdict.placed == ORDERS


def test_a_storm_oversells_nothing_and_loses_no_figure_price_or_text(found: storm.Storm) -> None:
    assert found.shelves.well, found.shelves
    assert found.shelves.articles > 20


@pytest.mark.parametrize("count", [1, 80, 10_000, 10_001])
def test_chapters_hold_all_orders_and_none_is_long(count: int) -> None:
    sizes = chapters._sizes(count, at_once=2)
    assert sum(sizes) == count
    assert max(sizes) <= chapters.LONGEST
    assert len(sizes) > 1 or count == 1


def test_what_is_wrong_in_a_chapter_is_told_with_its_seed(found: storm.Storm) -> None:
    bad = replace(found, verdict=judged(None), shelves=Shelves(articles=3, oversold=["one: MUG-01"]))
    whole = chapters.together({"5.1": found, "5.2": bad}, seconds=1.0)
    assert whole.verdict.lost == ["5.2: 1"]
    assert whole.shelves.oversold == ["5.2: one: MUG-01"]
    assert whole.verdict.placed == ORDERS + 1
    assert not whole.well


class Shop(SimpleNamespace):
    def shelf(self) -> list[Listed]:
        return [self.article]

    def ordered(self) -> list[Ordered]:
        return [Ordered("1", {"MUG": Decimal(2)}, cancelled=False)]


def article(stock: int, text: str, price: str = "1.00") -> Listed:
    return Listed("MUG", "MUG", "Mug", text, Decimal(price), None, Decimal(stock))


def goods(there: Listed) -> Shelves:
    """Ten mugs lie in the back office, two are ordered and two are never offered."""
    runs: list[Any] = [{"kind": "stock", "problems": [], "state": "done", "reason": None}]
    stage: Any = SimpleNamespace(ask=lambda _, **asked: runs if asked else [], settle=lambda: None)
    office = SimpleNamespace(shelf=lambda: [article(10, "Blue.")], booked=list, sold=dict)
    link: Any = SimpleNamespace(id="one", shop=Shop(article=there, whole_units=True), office=office)
    trade = Trade(stage, Random(1), had={link.id: {"MUG": Decimal(10)}}, texts={link.id: {"MUG": "Ours."}})  # noqa: S311
    shelves = Shelves()
    trade._judge(shelves, link)
    return shelves


def test_the_right_figure_price_and_text_are_well() -> None:
    assert goods(article(6, "Ours.")).well


def test_too_many_offered_a_lost_price_and_a_text_that_is_gone_are_seen() -> None:
    assert goods(article(9, "Ours.")).oversold == ["one: MUG"]
    assert goods(article(5, "Ours.")).lost[0].endswith("the shop offers 5 of MUG instead of 6")
    assert goods(article(6, "Ours.", price="2.00")).lost
    assert goods(article(6, "Blue.")).emptied == ["one: MUG"]
    assert goods(article(6, "")).emptied == ["one: MUG", "one: MUG"]


def test_three_calls_in_ten_fail_while_it_rages(found: storm.Storm) -> None:
    assert 0.25 < found.failed / found.calls < 0.35


def record(number: str, state: Any) -> LedgerRecord:
    key = EffectKey(connection=ConnectionId("one"), kind="order", id=number)
    return LedgerRecord(key=key, state=state, revision="1", reference=number, updated_at=ManualClock()())


def judged(state: Any, *totals: str, receipts: tuple[str, ...] = ()) -> ledgers.Verdict:
    office = SimpleNamespace(
        booked=lambda: [Booked("1", Decimal(total)) for total in totals], receipts=lambda: receipts
    )
    shop = SimpleNamespace(placed=lambda: [Placed("1", Decimal("9.99"))])
    link: Any = SimpleNamespace(id="one", shop=shop, office=office)
    verdict = ledgers.Verdict()
    ledgers._judge(verdict, link, {"1": record("1", state)} if state else {})
    return verdict


def test_an_imported_order_is_well() -> None:
    assert judged("DONE", "9.99").well
    assert judged("HELD").well
    assert judged("SKIPPED").well


@pytest.mark.parametrize("state", [None, "INTENT", "SENT", "DONE"])
def test_an_order_that_nobody_sees_is_lost(state: Any) -> None:
    assert judged(state).lost == ["1"]


def test_two_copies_two_receipts_and_another_total_are_seen() -> None:
    assert judged("DONE", "9.99", "9.99").doubled == ["1"]
    assert judged("DONE", "9.99", receipts=("1", "1")).doubled == ["1"]
    assert judged("DONE", "9.98").mismatches == ["1"]
    assert judged("HELD", "9.99").astray


def test_every_fault_of_the_weather_is_an_answer_or_an_error_of_the_network() -> None:
    shop = httpx.MockTransport(lambda _: httpx.Response(200, json={"data": ["whole"]}))
    weather = Weather(Random(1), rate=1.0)  # noqa: S311 - chooses faults
    internet = Internet({"shop.example": shop}, weather)
    client, seen = httpx.Client(transport=internet), set()
    for _ in range(3_000):
        try:
            seen.add(str(client.get("https://shop.example/").status_code))
        except httpx.RequestError as error:
            seen.add(type(error).__name__)
    assert set(internet.weather.kinds) == {*HTTP_FAULTS, *PAGE_FAULTS}
    assert seen == {"200", "403", "429", "502", "503", "504", "ReadTimeout", "RemoteProtocolError", "ConnectError"}
