"""Telling a Gomag shop what became of an order, and the orders that still hold units."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.platforms.gomag import Line, OrderSpec, ProductSpec, VersionSpec
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.model.base import OrderId
from tests.contract.benches.gomag import LONG_AGO, Bench, D, bench, swift

STATUS = "order/status"


def placed(at: Bench, *lines: Line, **spec: Any) -> OrderId:
    order = at.shop.place_order(OrderSpec(lines, **spec)) if lines else at.shop.place_order()
    return OrderId(f"{order.id}/{order.number}")


def status(at: Bench, order: OrderId) -> str:
    return at.shop.status_of(int(order.partition("/")[0]))


def key(at: Bench, name: str) -> str:
    return str(at.shop.status_id(name))


# --- moving -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Anulata", "Livrata", "Comanda incheiata", "Retur"])
def test_an_order_is_not_moved_out_of_a_status_that_ends_it(name: str) -> None:
    at = bench()
    order = placed(at)
    at.shop.set_status(int(order.partition("/")[0]), name)
    assert "was left as it is" in swift(at).order_status.set_status(order, key(at, "In curs de procesare"))
    assert (status(at, order), at.calls(STATUS)) == (name, 0)


def test_which_statuses_end_an_order_the_settings_say() -> None:
    at = bench()
    order = placed(at)
    at.shop.set_status(int(order.partition("/")[0]), "Livrata")
    swift(at, final_statuses=["Comanda incheiata"]).order_status.set_status(order, key(at, "In curs de procesare"))
    assert status(at, order) == "In curs de procesare"


def test_a_status_renamed_or_added_meanwhile_is_found_by_its_id() -> None:
    at = bench()
    shop, order = swift(at), placed(at)
    at.shop.rename_status("Livrata", "La client")
    shop.order_status.set_status(order, key(at, "La client"))
    added, another = at.shop.add_status("Nou"), placed(at)
    assert shop.order_status.set_status(another, str(added)) == "The shop's order status was set to Nou."


def test_a_move_that_changes_nothing_is_tried_again() -> None:
    at = bench()
    order = placed(at)
    number = int(order.partition("/")[0])
    at.fault("afterwards", STATUS, detail=lambda: at.shop.set_status(number, "Comanda email"))
    with pytest.raises(RetryLater, match="instead of"):
        swift(at).order_status.set_status(order, key(at, "In curs de procesare"))


def test_an_order_or_status_deleted_meanwhile_is_refused() -> None:
    at = bench()
    order = placed(at)
    at.fault("error", STATUS, detail=("404", ["NO DATA"]))
    with pytest.raises(Rejected, match="no such order or status"):
        swift(at).order_status.set_status(order, "2")


def test_a_missing_permission_to_write_is_named() -> None:
    at = bench()
    order = placed(at)
    at.shop.forbid("status:write")
    with pytest.raises(NeedsAttention, match="write order statuses"):
        swift(at).order_status.set_status(order, "2")


# --- notes ------------------------------------------------------------------------------------------------------------


def test_our_number_is_refused_while_notes_are_off() -> None:
    at = bench()
    with pytest.raises(Rejected, match="no field for our document number") as caught:
        swift(at).order_status.set_document(placed(at), "Factura", "F-1")
    assert "write_notes" in caught.value.fix
    assert at.shop.calls.total == 0


@pytest.mark.parametrize("snake", [True, False])
def test_our_number_becomes_a_note_once_the_settings_allow_it(*, snake: bool) -> None:
    at = bench(snake_case_writes=snake)
    shop = swift(at, write_notes=True, field_names="snake" if snake else "camel")
    assert "added" in shop.order_status.set_document(placed(at), "Factura", "F-1")
    assert at.shop.orders[0].notes == [{"note": "Factura: F-1", "public": False}]


# --- open orders ------------------------------------------------------------------------------------------------------


def stocked(**assumed: Any) -> Bench:
    at = bench(**assumed)
    at.shop.add_product(ProductSpec("MUG", D("10"), 500))
    at.shop.add_product(
        ProductSpec("TEE", D("31"), 0, versions=(VersionSpec("TEE-R", D("30"), 99), VersionSpec("TEE-A")))
    )
    return at


def units(shop: RequiredParts, *skus: str) -> dict[str, Any]:
    return {order.id: order.units for order in shop.open_orders.of(skus, LONG_AGO)}


def test_cancelled_orders_and_long_completed_ones_hold_nothing() -> None:
    at = stocked()
    names = ["Comanda NEW", "Anulata", "Livrata", "In curs de procesare"]
    for days in (40, 1):
        at.clock.moment -= timedelta(days=days)
        for name in names:
            placed(at, Line("MUG"), status=name, number=f"{days} {name}")
        at.clock.moment += timedelta(days=days)
    found = {order.partition("/")[2] for order in units(swift(at), "MUG")}
    assert found == {
        "40 Comanda NEW",
        "40 In curs de procesare",
        "1 Comanda NEW",
        "1 Livrata",
        "1 In curs de procesare",
    }


def test_the_second_look_reads_only_what_changed_and_is_as_good() -> None:
    at = stocked()
    for number in range(230):
        at.clock.moment -= timedelta(days=3)
        placed(at, Line("MUG"), number=f"old {number}")
        at.clock.moment += timedelta(days=3)
    shop = swift(at)
    assert len(units(shop, "MUG")) == 230
    before = at.calls("order/read")
    at.clock.advance(minutes=5)
    new = placed(at, Line("MUG", quantity=7))
    at.shop.set_status(901, "Anulata")
    at.shop.edit(902, lines=(Line("TEE-R"),))
    again = units(shop, "MUG")
    assert at.calls("order/read") - before == 1
    assert again == units(swift(at), "MUG")
    assert again[new] == {"MUG": 7}
    assert len(again) == 229


def test_deleted_orders_are_forgotten_after_some_hours() -> None:
    at = stocked()
    placed(at, Line("MUG"))
    shop = swift(at)
    assert len(units(shop, "MUG")) == 1
    del at.shop.shop.orders[901]
    at.clock.advance(hours=7)
    assert units(shop, "MUG") == {}


def test_an_earlier_start_is_read_anew() -> None:
    at = stocked()
    placed(at, Line("MUG"), placed_at=at.clock() - timedelta(days=30))
    shop = swift(at)
    assert shop.open_orders.of(["MUG"], at.clock() - timedelta(days=5)) == []
    assert len(shop.open_orders.of(["MUG"], LONG_AGO)) == 1


@pytest.mark.parametrize("lowers", [True, False])
def test_whether_orders_lower_the_stock_the_settings_say(*, lowers: bool) -> None:
    assert swift(bench(), orders_lower_stock=lowers).open_orders.deducts_at_order() is lowers
