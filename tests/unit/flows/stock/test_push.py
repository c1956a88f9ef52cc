"""SKUs that are sent at once, and what becomes of units that are on their way from one side to the other."""

from datetime import timedelta
from typing import Any

import pytest

from shopbridge.errors import NeedsAttention, Rejected, RetryLater, Throttled, Unfinished
from shopbridge.model.ledger import SETTLING, Reason
from tests.unit.flows.stock.stock_world import Order, StockWorld
from tests.unit.memory_stores import Killed

SHOP_TO_OFFICE: dict[str, Any] = {"direction": "shop_to_office"}
BY_OPERATOR = Reason(code="skipped_by_operator", text="Booked by hand.")


def a_world(stock: int = 10, **options: Any) -> StockWorld:
    """Both sides have MUG and LAMP; the first sweep is done."""
    world = StockWorld(**options)
    for sku in ("MUG", "LAMP"):
        world.source.put(sku, stock)
        world.target.put(sku, 0)
    world.sweep()
    world.calls.names.clear()
    world.target.writes.clear()
    world.log.lines.clear()
    return world


def order(world: StockWorld, name: str = "o1", units: int = 3) -> Order:
    placed = Order(name, {"MUG": units}, world.clock())
    world.shop.enter(placed)
    world.clock.advance(minutes=5)
    return placed


# --- open orders ------------------------------------------------------------------------------------------------


def test_an_order_that_nobody_heard_of_stays_taken_off() -> None:
    world = a_world()
    order(world)
    world.push("MUG")
    assert world.shop.free("MUG") == 7
    assert world.log.of("stock_pushed", "figures") == [["MUG: 10 = 10 on hand - 0 reserved; 3 pending → 7"]]
    assert world.log.of("stock_pushed", "because") == ["order 1"]


@pytest.mark.parametrize("state", ["INTENT", "HELD", "REJECTED", "SKIPPED"])
def test_an_order_that_is_not_imported_stays_taken_off(state: Any) -> None:
    world = a_world()
    order(world)
    world.ledger.put("o1", state, world.clock())
    world.push("MUG")
    assert world.shop.free("MUG") == 7


def test_an_order_that_an_operator_skipped_is_taken_off_no_more() -> None:
    world = a_world()
    order(world)
    world.ledger.put("o1", "SKIPPED", world.clock(), reason=BY_OPERATOR)
    world.push("MUG")
    assert world.shop.free("MUG") == 10


def test_an_imported_order_is_in_the_back_offices_figure_and_comes_off_only_there() -> None:
    world = a_world()
    placed = order(world)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock(), sent_at=world.clock())
    world.push("MUG")
    assert world.shop.free("MUG") == 7


def test_a_shop_that_deducts_on_completion_keeps_the_units_of_its_open_orders_until_then() -> None:
    world = a_world(shop_early=False)
    placed = order(world)
    world.push("MUG")
    assert (world.shop.record("MUG").stock, world.shop.free("MUG")) == (10, 7)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock())
    world.push("MUG")
    assert (world.shop.record("MUG").stock, world.shop.free("MUG")) == (10, 7)
    world.shop.complete("o1")
    assert world.sweep().counts.updated == 0
    assert world.shop.free("MUG") == 7


def test_a_back_office_that_reserves_until_completion_is_not_counted_twice() -> None:
    world = a_world(office_early=False)
    placed = order(world)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock())
    world.push("MUG")
    assert world.shop.free("MUG") == 7
    assert world.log.of("stock_pushed", "figures") == [["MUG: 7 = 10 on hand - 3 reserved → 7"]]


def test_a_back_office_that_counts_goods_until_they_are_booked_out_never_lets_a_unit_be_sold_twice() -> None:
    """RO App: a work order lowers no figure, and reserves none, until its goods are written off."""
    world = a_world(office_early=False)
    world.office.falls_with_orders = False
    placed = order(world)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock())
    world.push("MUG")
    assert world.shop.free("MUG") == 7
    world.clock.advance(hours=5)
    world.sweep("stock_comparison")
    assert world.shop.free("MUG") == 7
    world.office.complete("o1")  # written off, while the shop's order is still open
    world.sweep()
    assert world.shop.free("MUG") == 4  # too few for a while, never too many
    del world.shop.orders["o1"]  # completed long ago: the shop tells it no more
    world.sweep("stock_comparison")
    assert world.shop.free("MUG") == 7


def test_an_order_on_its_way_counts_as_pending_and_the_next_sweep_looks_again() -> None:
    """Its creation may have taken effect before the figure was read, or after."""
    world = a_world()
    placed = order(world)
    world.ledger.put("o1", "SENT", world.clock(), sent_at=world.clock())
    world.office.enter(placed)
    world.push("MUG")
    assert world.shop.free("MUG") == 4  # too few for a moment, never too many
    world.ledger.put("o1", "DONE", world.clock())
    assert world.sweep().counts.updated == 1
    assert world.shop.free("MUG") == 7
    assert world.sweep().counts.updated == 0


def test_a_till_sale_after_an_import_is_taken_off_once() -> None:
    world = a_world()
    placed = order(world)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock())
    world.office.take("MUG", 2)
    world.sweep()
    world.push("MUG")
    world.sweep("stock_comparison")
    assert world.shop.free("MUG") == world.office.free("MUG") == 5


def test_units_sold_on_both_sides_are_told_as_none_and_looked_at_again() -> None:
    world = a_world()
    order(world, units=8)
    world.office.take("MUG", 6)
    world.sweep()
    assert world.shop.free("MUG") == 0
    world.shop.cancel("o1")
    world.sweep()
    assert world.shop.free("MUG") == 4


# --- the other direction ----------------------------------------------------------------------------------------


def test_a_back_office_keeps_the_units_it_has_still_to_deduct() -> None:
    world = a_world(**SHOP_TO_OFFICE)
    placed = order(world)
    world.sweep()
    assert world.shop.free("MUG") == 7
    assert world.office.free("MUG") == 10  # the import will take them off
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock(), sent_at=world.clock())
    world.push("MUG")
    assert world.office.free("MUG") == 7


@pytest.mark.parametrize("shop_early", [True, False])
@pytest.mark.parametrize("office_early", [True, False])
def test_an_imported_order_and_a_till_sale_never_raise_the_back_offices_figure(
    shop_early: bool, office_early: bool
) -> None:
    world = a_world(shop_early=shop_early, office_early=office_early, **SHOP_TO_OFFICE)
    placed = order(world)
    world.office.enter(placed)
    world.ledger.put("o1", "DONE", world.clock(), sent_at=world.clock())
    world.push("MUG")
    assert world.office.free("MUG") == 7
    world.office.take("MUG", 2)
    assert world.sweep().counts.updated == 0
    assert world.office.free("MUG") == 5
    world.office.complete("o1")
    world.shop.complete("o1")
    world.sweep()
    assert world.office.free("MUG") == 5


def test_on_hand_of_a_shop_that_deducts_on_completion_still_holds_its_open_orders() -> None:
    world = a_world(shop_early=False, formula="on_hand", **SHOP_TO_OFFICE)
    order(world)
    world.push("MUG")
    assert world.office.free("MUG") == 10
    assert "open orders" not in world.calls.names


def test_an_order_placed_a_moment_ago_is_looked_at_again() -> None:
    """The shop's clock may differ from ours, so nobody can tell whether its figure was read before."""
    world = a_world(**SHOP_TO_OFFICE)
    world.shop.enter(Order("o1", {"MUG": 3}, world.clock()))
    world.push("MUG")
    assert world.office.free("MUG") == 7
    world.clock.advance(minutes=2)
    assert world.sweep().counts.updated == 1
    assert world.office.free("MUG") == 10


@pytest.mark.parametrize("to_shop", [True, False])
def test_what_happens_between_the_last_two_readings_never_makes_the_target_offer_too_much(to_shop: bool) -> None:
    """A cancel in the shop, or an import: the order is in one of the readings only."""
    world = a_world(shop_early=False, office_early=False, **({} if to_shop else SHOP_TO_OFFICE))
    placed = order(world)
    happened: list[str] = []
    through = world.calls.through

    def meanwhile(name: str, work: Any) -> Any:
        result = through(name, work)
        if name in ("will deduct", "open orders") and not happened:
            happened.append(name)
            if to_shop:
                world.shop.cancel("o1")
            else:
                world.office.enter(placed)
                world.ledger.put("o1", "DONE", world.clock(), sent_at=world.clock())
        return result

    world.calls.through = meanwhile  # type: ignore[method-assign]
    world.push("MUG")
    assert happened
    assert world.target.free("MUG") <= (10 if to_shop else 7)


# --- what is not sent, and what goes wrong ------------------------------------------------------------------------


def test_skus_that_are_not_known_whole_are_left_and_said_so() -> None:
    world = a_world()
    world.office.record("MUG").known = False
    world.office.put("TWICE", 1)
    world.office.put("TWICE", 2)
    world.office.put("ONLY-HERE", 5)
    world.push("MUG", "TWICE", "ONLY-HERE", "NOWHERE", "", "MUG")
    assert world.shop.writes == [{}]
    left = [reason for reasons in world.log.of("stock_left", "reasons") for reason in reasons]
    assert [reason.partition(":")[0] for reason in left] == ["MUG", "TWICE", "ONLY-HERE", "NOWHERE"]
    assert world.log.of("stock_held") == []


def test_more_skus_than_the_target_takes_at_once_go_in_several_calls() -> None:
    world = a_world()
    for number in range(7):
        world.office.put(f"S{number}", number)
        world.shop.put(f"S{number}", 0)
    world.push(*(f"S{number}" for number in range(7)))
    assert [len(write) for write in world.shop.writes] == [3, 3, 1]


@pytest.mark.parametrize("settings", [{"active": False}, {}])
def test_nothing_is_sent_for_a_connection_that_is_off(settings: dict[str, Any]) -> None:
    world = a_world()
    stock = world.connection.settings.stock.model_copy(update=settings)
    changed = world.connection.settings.model_copy(update={"stock": stock})
    status = "active" if settings else "paused"
    world.connections.connection = world.connection.model_copy(update={"settings": changed, "status": status})
    world.push("MUG")
    assert world.calls.names == []


def failing(world: StockWorld, error: Exception) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    world.shop.write = fail  # type: ignore[method-assign]


def test_a_refused_login_stops_the_connection() -> None:
    world = a_world()
    failing(world, NeedsAttention("The shop refuses us", where="shop", fix="Look at the key."))
    world.push("MUG")
    assert world.connection.status == "stopped"
    assert world.leases.held == {}


def test_a_call_that_is_refused_for_good_is_reported() -> None:
    world = a_world()
    failing(world, Rejected("No", code="400", where="shop", fix="Look."))
    world.push("MUG")
    assert world.log.of("stock_refused", "reason") == ["No (shop)."]
    assert world.leases.held == {}


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (Throttled("Slow down", after=7, where="shop"), None),
        (Unfinished("The answer was lost", after=7, where="shop"), SETTLING),
    ],
)
def test_after_a_lost_answer_the_next_writer_waits_until_the_write_has_surely_ended(
    error: RetryLater, waits: timedelta | None
) -> None:
    world = a_world()
    failing(world, error)
    with pytest.raises(RetryLater) as caught:
        world.push("MUG")
    assert caught.value.after == 7
    assert world.log.of("stock_waits", "because") == ["order 1"]
    held = world.leases.held.get("stock-write")
    assert (held and held[1] - world.clock()) == waits
    assert world.bridge.snapshots.manifest(world.connection.id, "stock-office_to_shop-trail").shards


def test_a_push_that_meets_another_one_comes_back_soon() -> None:
    world = a_world()
    world.leases.held["stock-write"] = ("somebody", world.clock() + timedelta(minutes=5))
    with pytest.raises(RetryLater) as caught:
        world.push("MUG")
    assert caught.value.after == 5
    assert world.shop.writes == []


def test_a_write_is_not_begun_when_the_lease_may_end_before_it() -> None:
    world = a_world()

    def slow(*_: Any) -> Any:
        world.clock.advance(minutes=3)
        return []

    world.shop.open = slow  # type: ignore[assignment, method-assign]
    with pytest.raises(RetryLater, match="took too long"):
        world.push("MUG")
    assert world.shop.writes == []


def test_a_push_killed_at_any_call_is_made_up_for_by_its_repetition_or_the_next_sweep() -> None:
    calls = 0
    while True:
        world = a_world()
        world.office.take("MUG", 4)
        world.calls.at, world.calls.when = calls, "after"
        try:
            world.push("MUG")
        except Killed:
            calls += 1
            world.calls.at = -1
            world.office.take("MUG", -4)  # back at the figure that the snapshot has
            world.clock.advance(minutes=20)
            world.sweep()
            assert world.shop.free("MUG") == 10, f"killed after call {calls - 1}"
            continue
        break
    assert calls > 8


def test_the_snapshot_knows_what_was_sent_at_once() -> None:
    world = a_world()
    world.office.take("MUG", 4)
    world.push("MUG")
    assert world.snapshot == {"MUG": "6", "LAMP": "10"}
    world.calls.names.clear()
    assert world.sweep().counts.updated == 0
    assert "put shards" not in world.calls.names
