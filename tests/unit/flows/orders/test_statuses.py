"""Statuses both ways: the newer move counts, nothing comes back as news, and nothing is taken back without leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.errors import Rejected
from shopbridge.flows.orders.statuses import Life, OrderSide, judge
from shopbridge.flows.orders.steps import FOLLOW_UP_REFUSED, STATUSES_DIFFER
from shopbridge.model.ledger import LedgerRecord
from tests.unit.flows.orders.two_sides import (
    BOTH_WAYS,
    FOLLOWING,
    OFF,
    OFF_THERE,
    OFFICE,
    SHOP,
    TO_OFFICE,
    Fault,
    TwoSides,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIDES = st.sampled_from(["shop", "office"])
INDEX = st.integers(0, 3)
FAULT: st.SearchStrategy[Fault] = st.sampled_from(["", "", "", "busy", "lost", "dies", "dead"])
MOVE = st.tuples(st.just("move"), SIDES, INDEX)
READ = st.tuples(st.just("read"), SIDES, st.just(0))
DELIVER = st.tuples(st.just("deliver"), FAULT, st.integers(0, 5))
REPEAT = st.tuples(st.just("repeat"), FAULT, st.integers(0, 5))
STORY = st.lists(st.one_of(MOVE, READ, DELIVER, REPEAT), max_size=25)


def play(town: TwoSides, story: list[tuple[str, Any, int]]) -> int:
    """Let it happen; how many moves people made."""
    moves = 0
    for act, what, number in story:
        if act == "move":
            moves += town.move(what, number)
        elif act == "read":
            town.read_shop() if what == "shop" else town.read_office()
        else:
            town.deliver(number, keep=act == "repeat", fault=what)
    return moves


@settings(max_examples=settings.default.max_examples * 4 if settings.default else 400)
@given(STORY, st.booleans())
def test_both_sides_end_in_line_with_a_write_for_each_move_at_the_most(
    story: list[tuple[str, Any, int]], tells_time: bool
) -> None:
    town = TwoSides(tells_time=tells_time)
    moves = play(town, story)
    town.settle()
    assert town.office.now.status == TO_OFFICE[town.shop.now.status]
    assert town.written <= moves, (town.shop.writes.done, town.office.writes.done)
    assert town.record.follow_ups == ()
    assert town.record.reason is None
    reads = town.office.progress.reads if town.office.progress else 0
    town.settle()
    assert town.written <= moves
    assert town.office.progress
    assert town.office.progress.reads == reads, "what is in line is looked at again"


@given(st.tuples(SIDES, INDEX), st.lists(st.one_of(READ, DELIVER, REPEAT), max_size=12))
def test_a_move_of_one_side_is_never_lost(move: tuple[str, int], story: list[tuple[str, Any, int]]) -> None:
    town = TwoSides()
    side, index = move
    moved = town.move(side, index)
    play(town, story)
    town.settle()
    assert (town.shop.now.status, town.office.now.status) == (SHOP[index], OFFICE[index])
    assert town.written == moved


@given(st.tuples(SIDES, INDEX, INDEX), st.booleans(), st.lists(st.one_of(READ, DELIVER, REPEAT), max_size=8))
def test_of_two_moves_that_crossed_the_newer_one_counts(
    moves: tuple[str, int, int], seen: bool, story: list[tuple[str, Any, int]]
) -> None:
    first, one, two = moves
    second = "office" if first == "shop" else "shop"
    town = TwoSides()
    crossed = town.move(first, one)
    town.read_shop() if seen else town.read_office()
    crossed = town.move(second, two) and crossed
    play(town, story)
    town.settle()
    if crossed:
        assert (town.shop.now.status, town.office.now.status) == (SHOP[two], OFFICE[two])
        assert town.written == (one != two)


def test_a_version_that_was_read_before_we_moved_the_order_is_no_move_of_the_shop() -> None:
    town = TwoSides()
    town.move("shop", 1)
    town.read_shop()
    town.move("office", 2)
    town.read_office()
    town.deliver(1)
    assert (town.shop.now.status, len(town.inbox)) == (SHOP[2], 1)
    town.settle()
    assert (town.shop.now.status, town.office.now.status, town.written) == (SHOP[2], OFFICE[2], 1)


@given(st.lists(st.one_of(st.tuples(st.just("move"), st.just("office"), INDEX), READ, DELIVER), max_size=20))
def test_the_shop_is_never_taken_back_without_leave(story: list[tuple[str, Any, int]]) -> None:
    town = TwoSides(FOLLOWING)
    play(town, story)
    town.settle()
    ranks = [SHOP.index(status) for status in town.shop.writes.done]
    assert ranks == sorted(ranks)


def test_a_step_back_is_told_in_the_story_and_made_where_the_settings_allow_it() -> None:
    strict, lenient = TwoSides(FOLLOWING), TwoSides({**FOLLOWING, "may_go_back": ["open"]})
    for town in (strict, lenient):
        for index in (2, 0):
            town.move("office", index)
            town.settle()
    assert (strict.shop.now.status, lenient.shop.now.status) == ("sent", "open")
    assert "The shop keeps 'sent': 'open' comes before it." in " ".join(strict.world.told(strict.shop.now))


def test_each_move_is_in_the_orders_story_with_what_came_of_it() -> None:
    town = TwoSides()
    for side, index in (("office", 1), ("shop", 2)):
        town.move(side, index)
        town.settle()
    story = town.world.told(town.shop.now)
    assert "The back office's status is now '2'. Set to packed." in story
    assert "The shop's status is now 'sent'. Told: status, sent." in story


# --- cancelled ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["shop", "office"])
def test_a_cancellation_reaches_the_other_side_and_is_no_news_afterwards(side: str) -> None:
    town = TwoSides()
    town.call_off(side)
    town.settle()
    assert (town.shop.now.status, town.office.now.status) == (OFF, OFF_THERE)
    assert town.written == 1
    assert town.record.reason is None


@pytest.mark.parametrize(("off", "on"), [("shop", "office"), ("office", "shop")])
def test_a_cancellation_that_the_other_side_overtook_is_left_to_a_person(off: str, on: str) -> None:
    town = TwoSides()
    town.call_off(off)
    town.move(on, 2)
    town.settle()
    assert town.written == 0
    reason = town.record.reason
    assert reason
    assert reason.code == STATUSES_DIFFER
    assert town.record.waits


@pytest.mark.parametrize(("off", "on"), [("shop", "office"), ("office", "shop")])
def test_a_cancellation_that_came_later_counts_like_any_move(off: str, on: str) -> None:
    town = TwoSides()
    town.move(on, 2)
    town.call_off(off)
    town.settle()
    assert (town.shop.now.status, town.office.now.status) == (OFF, OFF_THERE)
    assert town.written == 1


def test_a_cancellation_there_that_no_setting_names_waits_for_a_person_once() -> None:
    town = TwoSides({"statuses": BOTH_WAYS["statuses"]})
    town.call_off("office")
    for _ in range(3):
        town.settle()
    assert town.shop.writes.done == []
    assert len(town.world.log.of(STATUSES_DIFFER)) == 1
    assert town.record.waits


@pytest.mark.parametrize("place", [0, 1])
def test_an_order_that_the_office_takes_up_again_and_the_shop_does_not_waits_for_a_person(place: int) -> None:
    """Whatever status it gets there: the first one of its life, too, though nothing is ever taken back to that."""
    town = TwoSides()
    town.call_off("office")
    town.settle()
    town.move("office", place)
    town.settle()
    assert town.shop.now.status == OFF
    assert town.record.reason
    assert "keeps it cancelled" in town.record.reason.text
    assert town.written == 1


def test_an_order_that_the_shop_takes_up_again_is_taken_up_in_the_office() -> None:
    town = TwoSides()
    town.call_off("shop")
    town.settle()
    town.move("shop", 1)
    town.settle()
    assert town.office.now.status == OFFICE[1]
    assert town.record.reason is None


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["shop", "office"])
def test_a_refused_status_is_tried_once_waits_for_a_person_and_a_resend_tries_again(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = TwoSides()
    tries: list[int] = []

    def refuse(*_: object, **__: object) -> str:
        tries.append(1)
        raise Rejected("No", code="7", fix="Look.")

    with monkeypatch.context() as patch:
        patch.setattr(town.shop if side == "shop" else town.office, "set_status" if side == "shop" else "tell", refuse)
        town.move("office" if side == "shop" else "shop", 2)
        for _ in range(3):
            town.settle()
    assert len(tries) == 1
    assert town.record.reason
    assert town.record.reason.code == FOLLOW_UP_REFUSED
    town.world.bring(town.shop.now, "resend")
    assert (town.shop.now.status, town.office.now.status) == (SHOP[2], OFFICE[2])
    record: LedgerRecord = town.record
    assert (record.waits, record.undone) == (False, ())


# --- the judgement ------------------------------------------------------------------------------------------------

STATUS = st.sampled_from(["a", "b", "c"])


def sides(leads: bool = True) -> st.SearchStrategy[OrderSide]:
    """Any side whose statuses are called as on the other one."""

    def side(was: str, now: str, minutes: int) -> OrderSide:
        return OrderSide(was, now, NOON + timedelta(minutes=minutes), now if leads else None)

    return st.builds(side, STATUS, STATUS, st.integers(0, 9))


@given(sides(), sides())
def test_after_what_was_judged_there_is_nothing_left_to_judge(shop: OrderSide, office: OrderSide) -> None:
    life = Life.of("abc", "abc")
    verdict = judge(shop, office, life, life)
    ends = {"to_shop": (verdict.status, office.now), "to_office": (shop.now, verdict.status)}
    here, there = ends.get(verdict.act, (shop.now, office.now))
    again = judge(OrderSide(here, here, NOON, here), OrderSide(there, there, NOON, there), life, life)
    assert again.act == "nothing"
    assert (here == there) or not (shop.moved or office.moved)


@given(sides(leads=False), sides(leads=False))
def test_what_leads_nowhere_moves_nothing(shop: OrderSide, office: OrderSide) -> None:
    assert judge(shop, office, Life(), Life()).act == "nothing"


@pytest.mark.parametrize(
    ("now", "to", "goes_back"),
    [("b", "a", True), ("a", "b", False), ("x", "a", True), ("x", "b", False), ("a", "y", False), ("c", "b", True)],
)
def test_a_life_goes_one_way(now: str, to: str, goes_back: bool) -> None:
    assert Life.of("abc", ()).goes_back(now, to) is goes_back
    assert not Life.of("abc", "abc").goes_back(now, to)
