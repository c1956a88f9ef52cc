"""What two connections at one shop or one back office would do to each other is refused, unless it is said by name."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.flows.app_registration import AWAITING_APP, NOT_STARTED
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.connections.sharing import sharing_problems
from shopbridge.model.connection import Account, Accounts, Connection
from shopbridge.ports import OrderTarget
from tests.unit.flow_samples import connection_with

TURNED = {"active": True, "direction": "shop_to_office"}
ON = {"active": True}


def accounts(shop: str, office: str) -> Accounts:
    return {
        "shop": Account(platform="shopware", place=shop, ids=(shop,)),
        "office": Account(platform="salespos", place=office, ids=("1",)),
    }


def standing(shop: str, office: str, prefix: str = "", **parts: Any) -> Connection:
    """The connection that is there already."""
    settings = {"office": {"platform": "salespos", "settings": {"prefix": prefix}}, "id": "other", **parts}
    return connection_with(**settings).model_copy(update={"accounts": dict(accounts(shop, office))})


def target(prefix: str) -> OrderTarget:
    return cast("OrderTarget", SimpleNamespace(reference_of=lambda name: prefix + name))


def told(
    other: Connection, shop: str, office: str, prefix: str = "", beside: tuple[str, ...] = (), **parts: Any
) -> str:
    """What creating a connection between these two says of the other one."""

    def office_of(connection: Connection, _: str) -> Any:
        return SimpleNamespace(order_target=target(connection.settings.office.settings["prefix"]))

    bridge = SimpleNamespace(
        connections=SimpleNamespace(all=lambda: [other]), platforms=SimpleNamespace(parts=office_of)
    )
    settings = connection_with(id="mine", **parts).settings
    found = sharing_problems(cast("Bridge", bridge), settings, accounts(shop, office), target(prefix), beside)
    return "\n".join(found)


# --- one back office --------------------------------------------------------------------------------------------------


def test_orders_of_two_shops_are_not_called_alike_in_one_back_office() -> None:
    said = told(standing("a", "till"), "b", "till")
    assert "mine and other would call orders of two shops alike in one back office (1001)" in said
    assert "Set a prefix" in said
    assert "beside other" in said
    assert told(standing("a", "till"), "b", "till", beside=("other",)) == ""


@pytest.mark.parametrize(
    ("theirs", "ours", "meet"),
    [
        ("", "B-", False),
        ("A-", "B-", False),
        ("A-", "A-", True),
        ("", "9", True),
        ("A", "A7", True),
        ("A", "AB", False),
    ],
)
def test_prefixes_keep_numbers_apart_unless_one_looks_like_a_number(theirs: str, ours: str, *, meet: bool) -> None:
    assert bool(told(standing("a", "till", prefix=theirs), "b", "till", prefix=ours)) is meet


@pytest.mark.parametrize(
    ("theirs", "ours", "meet"),
    [({}, {"One": "DE"}, True), ({"Any": "AT"}, {"One": "DE"}, False), ({"Any": "DE"}, {"One": "DE"}, True)],
)
def test_codes_of_sales_channels_keep_numbers_apart(theirs: Any, ours: Any, *, meet: bool) -> None:
    def named(codes: Any) -> Any:
        return {"reference": "channel_number", "channel_codes": codes}

    other = standing("a", "till", orders=named(theirs))
    assert bool(told(other, "b", "till", orders=named(ours))) is (meet and bool(theirs))
    assert told(standing("a", "till"), "b", "till", orders=named(ours)) == ""


def test_two_connections_of_one_shop_share_its_numbers() -> None:
    assert told(standing("a", "till"), "a", "till") == ""


def test_another_back_office_is_nobody_elses_business() -> None:
    assert told(standing("a", "till"), "b", "other-till", stock=TURNED) == ""


@pytest.mark.parametrize(("theirs", "ours"), [(TURNED, {}), ({}, TURNED)])
def test_a_shop_does_not_write_its_stock_over_another_shop_s_sales(theirs: Any, ours: Any) -> None:
    said = told(standing("a", "till", stock=theirs, products=_along(theirs)), "b", "till", "B-", stock=ours)
    assert "its next figure would take the sales of" in said
    assert "office_to_shop in both" in said
    assert told(standing("a", "till", stock=theirs), "b", "till", "B-", ("other",), stock=ours) == ""


def test_stock_that_goes_to_each_shop_is_nobody_s_twice() -> None:
    assert told(standing("a", "till", stock=ON), "b", "till", "B-", stock=ON) == ""


def _along(stock: Any) -> Any:
    return {"direction": stock.get("direction", "office_to_shop")}


# --- one target -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["stock", "products"])
def test_two_connections_do_not_write_into_one_shop(part: str) -> None:
    on: dict[str, Any] = {part: ON}
    said = told(standing("a", "till", **on), "a", "invoices", **on)
    assert f"{part}.active: other writes" in said
    assert "of the same shop already" in said
    assert told(standing("a", "till", **on), "a", "invoices", beside=("other",), **on) == ""
    assert told(standing("a", "till", **on), "a", "invoices") == ""


def test_between_the_same_two_accounts_the_same_figures_are_refused_whatever_is_said() -> None:
    said = told(standing("a", "till", stock=ON), "a", "till", beside=("other",), stock=ON)
    assert "stock.active: other writes stock of the same shop already" in said
    assert "by name" not in said


@pytest.mark.parametrize(("theirs", "ours", "fine"), [("1", "2", True), ("1", "1", False), ("1", "", False)])
def test_each_may_write_a_warehouse_of_its_own(theirs: str, ours: str, *, fine: bool) -> None:
    other = standing("a", "till", stock={**ON, "target_warehouse": theirs})
    assert (told(other, "a", "invoices", stock={**ON, "target_warehouse": ours}) == "") is fine


# --- one shop, told twice ---------------------------------------------------------------------------------------------


def test_two_back_offices_do_not_tell_one_field_nor_move_one_status() -> None:
    orders = {"write_back": {"document_field": "number"}, "changes": {"cancelled": "off"}}
    said = told(standing("a", "till", orders=orders), "a", "invoices", orders=orders)
    assert "orders.write_back.document_field: other writes its document's number into 'number'" in said
    assert "orders.changes: the statuses of the shop's orders would follow two back offices" in said
    apart = {"write_back": {"document_field": "other_number"}}
    assert told(standing("a", "till", orders=orders), "a", "invoices", orders=apart) == ""
    assert told(standing("a", "till", orders=orders), "a", "invoices", beside=("other",), orders=orders) == ""


# --- who counts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "counts"), [("Paused by the operator.", False), (NOT_STARTED, False), (AWAITING_APP, True)]
)
def test_one_that_rests_is_looked_at_when_it_goes_on(reason: str, *, counts: bool) -> None:
    other = standing("a", "till").model_copy(update={"status": "paused", "status_reason": reason})
    assert bool(told(other, "b", "till")) is counts


def test_what_the_other_one_named_counts_too() -> None:
    other = standing("a", "till").model_copy(update={"beside": ("mine",)})
    assert told(other, "b", "till") == ""
