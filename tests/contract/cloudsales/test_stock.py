from collections.abc import Sequence
from typing import Any

import pytest

from sandbox.platforms.cloudsales import Spelling, StandIn
from shopbridge.connectors.kit.whole_list import rank_of
from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.model.stock import Standing, StockChange, StockLevel
from tests.contract.benches.cloudsales import Bench, bench, bought, fill, planned
from tests.salespos_orders import D

LIST, WRITE = "GET product/list", "PUT connector/{id}/stock"
ON = {"stand_in_writes": True}


def by_sku(levels: Sequence[StockLevel]) -> dict[str, tuple[Any, ...]]:
    found = {level.sku: level.figures[0] for level in levels}
    return {sku: (each.on_hand, each.reserved, each.available) for sku, each in found.items()}


def old(at: Bench) -> Bench:
    """Nothing changed lately."""
    at.clock.advance(days=2)
    return at


def stand_in(**account: Any) -> Bench:
    return bench(stand_in=StandIn(writes=True, work_points=True), **account)


# --- a sweep ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", Spelling)
def test_all_three_figures_are_read_in_every_spelling(spelling: Spelling) -> None:
    at = bench(spellings=[spelling])
    at.account.add_product("ROPE", 2, stock=D("7.25"))
    at.account.add_product("ADVICE", 2)
    at.connector().order_target.create(planned(at.connector(), bought()))
    levels = at.connector().stock_source.page(None).levels
    assert by_sku(levels) == {
        "MUG": (10, 1, 9),
        "ROPE": (D("7.25"), 0, D("7.25")),
        "ADVICE": (None, None, None),
    }
    assert {level.sku for level in levels if not level.managed} == {"ADVICE"}


def test_ranks_stay_when_products_come_and_go_and_lists_are_shuffled() -> None:
    at = bench(page_size=2)
    fill(at, ["A", "B", "C", "D"])
    before = {level.sku: level.rank for level in at.connector().stock_source.page(None).levels}
    at.account.change_product("B", deleted=True)
    fill(at, ["E"])
    at.account.account.products = dict(reversed(at.account.account.products.items()))
    after = {level.sku: level.rank for level in at.connector().stock_source.page(None).levels}
    assert {sku: rank for sku, rank in after.items() if sku != "E"} == {
        sku: rank for sku, rank in before.items() if sku != "B"
    }


def test_a_row_that_two_pages_show_is_one_record() -> None:
    at = bench(page_size=2)
    fill(at, ["A", "B", "C"])
    first = dict(list(at.account.account.products.items())[:1])

    def shift() -> None:
        at.account.account.products = {0: next(iter(first.values())), **at.account.account.products}

    at.fault("meanwhile", LIST, detail=lambda: None)
    at.fault("meanwhile", LIST, detail=shift)
    assert len(at.connector().stock_source.page(None).levels) == 4


def test_deleted_products_are_not_there_and_archived_ones_are() -> None:
    at = bench()
    fill(at, ["GONE", "KEPT"])
    at.account.change_product("GONE", deleted=True)
    at.account.change_product("KEPT", archived=True)
    assert {level.sku for level in at.connector().stock_source.page(None).levels} == {"MUG", "KEPT"}


def test_the_flag_is_trusted_over_a_stale_number_of_the_next_page() -> None:
    at = bench(page_size=1)
    fill(at, ["A", "B"])
    at.fault("stale_next_page", LIST, times=2)
    assert len(at.connector().stock_source.page(None).levels) == 3
    assert at.calls(LIST) == 3


# --- a sweep that is broken off -----------------------------------------------------------------------------


def test_a_broken_off_read_goes_on_and_takes_in_what_changed_meanwhile() -> None:
    at = old(bench(page_size=1))
    fill(at, ["A", "B"])
    at = old(at)
    office = at.connector()
    at.fault("meanwhile", LIST, detail=lambda: at.fault("throttled", LIST))
    with pytest.raises(RetryLater):
        office.stock_source.page(None)
    assert at.calls(LIST) == 2
    at.clock.advance(minutes=2)
    at.account.receive({"MUG": 5})
    at.limiter.paused.clear()
    assert by_sku(office.stock_source.page(None).levels)["MUG"] == (15, 0, 15)
    assert at.calls(LIST) == 5  # the two pages that were left, and one of changes


def test_a_read_that_was_broken_off_long_ago_begins_again() -> None:
    at = bench(page_size=1)
    fill(at, ["A"])
    office = at.connector()
    at.fault("meanwhile", LIST, detail=lambda: at.fault("throttled", LIST))
    with pytest.raises(RetryLater):
        office.stock_source.page(None)
    at.limiter.paused.clear()
    at.clock.advance(hours=1)
    office.stock_source.page(None)
    assert at.calls(LIST) == 4


@pytest.mark.parametrize(("trusted", "calls"), [(True, 1), (False, 3)])
def test_only_what_changed_is_read_again_where_changes_are_trusted(trusted: bool, calls: int) -> None:
    at = bench(page_size=1)
    fill(at, ["A", "B"])
    at = old(at)
    office = at.connector(stock_from_changes=trusted)
    office.stock_source.page(None)
    at.clock.advance(minutes=10)
    at.account.receive({"A": 2})
    at.account.change_product("B", deleted=True)
    before = at.calls(LIST)
    after = by_sku(office.stock_source.page(None).levels)
    assert (after["A"], "B" in after) == ((7, 0, 7), False)
    assert at.calls(LIST) - before == calls + (1 if trusted else 0)  # two changed, one a page


def test_everything_is_read_once_an_hour_even_where_changes_are_trusted() -> None:
    at = bench(stock_moves_modified=False)
    at = old(at)
    office = at.connector(stock_from_changes=True)
    office.stock_source.page(None)
    at.account.receive({"MUG": 2})
    at.clock.advance(minutes=61)
    assert by_sku(office.stock_source.page(None).levels)["MUG"] == (12, 0, 12)


def test_a_code_that_was_given_to_another_product_is_not_lost() -> None:
    at = old(bench())
    office = at.connector(stock_from_changes=True)
    office.stock_source.page(None)
    at.account.change_product("MUG", deleted=True)
    at.account.add_product("MUG", 3, stock=1, name="New mug")
    at.clock.advance(minutes=1)
    assert by_sku(office.stock_source.page(None).levels) == {"MUG": (1, 0, 1)}


# --- at once ------------------------------------------------------------------------------------------------


def test_what_was_just_sold_is_found_with_one_call() -> None:
    at = bench(page_size=1)
    fill(at, ["A", "B", "C"])
    at = old(at)
    at.connector().order_target.create(planned(at.connector(), bought()))
    levels = at.connector().stock_source.of(["MUG", ""])
    assert by_sku(levels) == {"MUG": (10, 1, 9)}
    assert levels[0].rank == rank_of("MUG")
    assert at.calls(LIST) == 1


@pytest.mark.parametrize("marks", [True, False])
def test_what_did_not_change_lately_is_read_with_the_whole_list_and_the_unknown_is_left_out(marks: bool) -> None:
    at = old(bench(page_size=1, stock_moves_modified=marks))
    fill(at, ["A", "B"])
    at = old(at)
    levels = at.connector().stock_source.of(["MUG", "B", "NOBODY"])
    assert by_sku(levels) == {"MUG": (10, 0, 10), "B": (5, 0, 5)}
    assert at.calls(LIST) == 4


def test_filters_that_have_no_effect_cost_calls_but_no_truth() -> None:
    at = bench(page_size=1, ignored_filters=frozenset({"modifiedafter"}))
    fill(at, ["A", "B"])
    at = old(at)
    assert by_sku(at.connector().stock_source.of(["B"])) == {"B": (5, 0, 5)}


def test_a_twin_that_did_not_change_is_remembered() -> None:
    at = bench()
    fill(at, ["TWIN"], name="one")
    fill(at, ["TWIN"], name="two")
    at = old(at)
    office = at.connector()
    office.stock_source.page(None)
    at.account.receive({"TWIN": 1})
    assert len(office.stock_source.of(["TWIN"])) == 2


# --- by work point, which is our own invention --------------------------------------------------------------


def test_a_work_points_own_stock_is_read_behind_its_switch() -> None:
    at = stand_in()
    shop = at.account.add_work_point("Magazin")
    at.account.transfer({"MUG": 4}, at.account.work_point, shop)
    (level,) = at.connector(stand_in_work_points=True, work_point=shop.id).stock_source.page(None).levels
    assert level.figures[0].warehouse == str(shop.id)
    assert by_sku([level]) == {"MUG": (4, 0, 4)}
    assert by_sku(at.connector().stock_source.page(None).levels) == {"MUG": (10, 0, 10)}


def test_an_account_that_does_not_know_work_points_refuses() -> None:
    with pytest.raises(Rejected):
        bench().connector(stand_in_work_points=True, work_point=1).stock_source.page(None)


# --- writing, which is our own invention --------------------------------------------------------------------


def change(sku: str, quantity: str) -> StockChange:
    return StockChange(sku=sku, quantity=D(quantity))


def test_without_the_switch_nothing_is_written_and_the_switch_is_named() -> None:
    at = stand_in()
    with pytest.raises(NeedsAttention) as caught:
        at.connector().stock_target.write([change("MUG", "3")], manage="untouched", warehouse="")
    assert "stand_in_writes" in str(caught.value)
    assert at.account.calls.total == 0


def test_reserved_units_come_on_top_so_nothing_is_deducted_later() -> None:
    at = stand_in()
    office = at.connector(**ON)
    office.order_target.create(planned(office, bought()))
    office.stock_target.write([change("MUG", "3")], manage="untouched", warehouse="")
    assert at.account.stock("MUG").available == 3
    assert office.stock_target.will_deduct(["MUG"]) == {}
    standing = office.stock_target.reader().read(["MUG", "NOBODY"])["MUG"]
    assert isinstance(standing, Standing)
    assert standing.quantity == 3


@pytest.mark.parametrize(("manage", "warehouse"), [("managed", ""), ("untouched", "2")])
def test_what_the_stand_in_cannot_do_is_said(manage: Any, warehouse: str) -> None:
    with pytest.raises(NeedsAttention, match="no switch for keeping stock"):
        stand_in().connector(**ON).stock_target.write([change("MUG", "3")], manage=manage, warehouse=warehouse)


def test_an_account_without_the_stand_in_stops_the_connection_and_names_the_switch() -> None:
    with pytest.raises(NeedsAttention) as caught:
        bench().connector(**ON).stock_target.write([change("MUG", "3")], manage="untouched", warehouse="")
    assert "stand_in_writes" in caught.value.fix
