"""What verifying says of the settings of stock."""

from typing import Any, cast

import pytest

from shopbridge.flows.operations.connections.verify_settings import (
    formula_remarks,
    page_problems,
    stock_problems,
    stock_remarks,
)
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.office import Choice
from shopbridge.model.stock import StockLevel, StockPage
from shopbridge.ports import StockSource
from tests.unit.flow_samples import connection_with
from tests.unit.flows.stock.stock_world import ShopOfOrders, StockWorld

HOUSES = (Choice(key="A", title="Store"), Choice(key="B", title="Shed"))


class InShed:
    """The same source, whose stock lies in a warehouse with a name."""

    def __init__(self, source: StockSource) -> None:
        self._source = source

    def page(self, position: str | None) -> StockPage:
        page = self._source.page(position)
        return page.model_copy(update={"levels": tuple(self._moved(level) for level in page.levels)})

    @staticmethod
    def _moved(level: StockLevel) -> StockLevel:
        figures = tuple(each.model_copy(update={"warehouse": "Shed"}) for each in level.figures)
        return level.model_copy(update={"figures": figures})


def settings(orders: dict[str, Any] | None = None, **stock: Any) -> ConnectionSettings:
    found = connection_with(stock={"active": True, **stock}).settings
    return ConnectionSettings.model_validate({**found.model_dump(), "orders": orders or {}})


@pytest.mark.parametrize(
    ("stock", "said"),
    [
        ({"warehouses": ("C",)}, "stock.warehouses: the source has no warehouse 'C'. Choose one of: A, B."),
        (
            {"direction": "shop_to_office", "target_warehouse": "C"},
            "stock.target_warehouse: the target has no warehouse 'C'. Choose one of: A, B.",
        ),
        ({"direction": "shop_to_office"}, "stock.target_warehouse: the target has several. Choose one of: A, B."),
    ],
)
def test_a_warehouse_must_be_one_of_those_that_the_side_names(stock: dict[str, Any], said: str) -> None:
    assert list(stock_problems(settings(**stock), {"shop": {}, "office": {"warehouse": HOUSES}})) == [said]
    assert list(stock_problems(settings(**stock), {"shop": {}, "office": {}})) == []
    assert list(stock_problems(settings(active=False, **stock), {"office": {"warehouse": HOUSES}})) == []


def test_the_direction_to_the_back_office_and_other_matching_fields_are_remarked_upon() -> None:
    assert list(stock_remarks(settings(), {})) == []
    (till,) = stock_remarks(settings(direction="shop_to_office"), {})
    assert "sold at the till" in till
    (matched,) = stock_remarks(settings({"products": {"shop_field": "ean", "office_field": "ean"}}), {})
    assert "matched by SKU" in matched
    assert list(stock_remarks(settings(direction="shop_to_office", active=False), {})) == []


def test_a_warehouse_to_write_to_is_remarked_upon_where_the_target_names_none() -> None:
    attic = settings(target_warehouse="Attic")
    (remark,) = stock_remarks(attic, {"shop": {"status": HOUSES}})
    assert "may take no stock for 'Attic'" in remark
    assert list(stock_remarks(attic, {"shop": {"warehouse": HOUSES}})) == []
    assert list(stock_remarks(attic, {"shop": {}})) == []  # a side that says nothing proves nothing
    assert list(stock_remarks(settings(), {"shop": {"status": HOUSES}})) == []


def test_a_formula_that_the_source_never_fills_is_a_problem() -> None:
    world = StockWorld()
    assert list(page_problems(settings(formula="available").stock, world.office)) == []  # nothing there proves nothing
    world.office.put("MUG", 3)
    world.office.put("LAMP", 3)
    assert list(page_problems(settings().stock, world.office)) == []
    (problem,) = page_problems(settings(formula="available").stock, world.office)
    assert problem.startswith("stock.formula: none of the first 2 records of the source says what 'available' needs.")
    world.office.record("MUG").managed = world.office.record("LAMP").managed = False
    assert list(page_problems(settings(formula="available").stock, world.office)) == []


def test_a_warehouse_that_no_record_tells_of_is_a_problem_even_where_none_are_named() -> None:
    world = StockWorld()
    world.office.put("MUG", 3)
    world.office.put("LAMP", 3)
    attic = settings(warehouses=("Attic",)).stock
    (problem,) = page_problems(attic, world.office)
    assert problem == (
        "stock.warehouses: none of the first 2 records of the source tells its stock in Attic. "
        "The source names none: leave the setting empty."
    )
    (problem,) = page_problems(attic, cast("StockSource", InShed(world.office)))
    assert problem.endswith("in Attic. Choose one of: Shed.")
    assert list(page_problems(settings(warehouses=("Shed",)).stock, cast("StockSource", InShed(world.office)))) == []


@pytest.mark.parametrize(
    ("formula", "early", "remarks"),
    [("on_hand", False, 1), ("on_hand", True, 0), ("on_hand_minus_reserved", False, 0)],
)
def test_on_hand_of_a_shop_that_deducts_on_completion_is_remarked_upon(formula: str, early: bool, remarks: int) -> None:
    shop = ShopOfOrders(StockWorld(shop_early=early).shop)
    chosen = settings(direction="shop_to_office", formula=formula).stock
    assert len(list(formula_remarks(chosen, shop))) == remarks
