"""From what a source says of an SKU to the figure that is written."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.stock.figures import (
    Figure,
    Reading,
    amount,
    content_of,
    figure_of,
    is_refused,
    refused_entry,
    to_write,
    told_figure,
)
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Figures, StockLevel, StockSettings

READ = datetime(2026, 11, 29, tzinfo=UTC)
UNITS = st.decimals("-20", "100", places=1)


def figures(
    on_hand: str | None = "15", reserved: str | None = "2", available: str | None = "9", warehouse: str = ""
) -> Figures:
    values = [None if value is None else Decimal(value) for value in (on_hand, reserved, available)]
    return Figures(warehouse=warehouse, on_hand=values[0], reserved=values[1], available=values[2])


def figure(*parts: Figures, managed: bool = True, whole: bool = True, **settings: Any) -> Figure | Reason:
    level = StockLevel(sku="TEE-M", rank=1, item=ExternalId("1"), managed=managed, figures=parts or (figures(),))
    return figure_of(Reading(level, READ, READ), StockSettings.model_validate(settings), whole_units=whole)


def known(*parts: Figures, **settings: Any) -> Figure:
    found = figure(*parts, **settings)
    assert isinstance(found, Figure), found
    return found


def untold(*parts: Figures, **settings: Any) -> str:
    found = figure(*parts, **settings)
    assert isinstance(found, Reason), found
    assert found.fix.endswith(".")
    return found.code


@pytest.mark.parametrize(
    ("settings", "units", "inputs"),
    [
        ({}, 13, "13 = 15 on hand - 2 reserved"),
        ({"formula": "on_hand"}, 15, "15 = 15 on hand"),
        ({"formula": "available"}, 9, "9 = 9 available"),
        ({"safety_buffer": 1}, 12, "12 = 15 on hand - 2 reserved - 1 buffer"),
        ({"safety_buffer": 20}, 0, "0 = 15 on hand - 2 reserved - 20 buffer"),
        ({"safety_buffer": "0.5"}, 12, "12 = 15 on hand - 2 reserved - 0.5 buffer"),
    ],
)
def test_a_figure_follows_the_formula_and_says_how_it_came_about(
    settings: dict[str, Any], units: int, inputs: str
) -> None:
    assert known(**settings) == Figure("TEE-M", Decimal(units), inputs, READ, READ)


def test_chosen_warehouses_are_added_up() -> None:
    parts = (figures("10", "1", warehouse="A"), figures("5", "0", warehouse="B"), figures("99", "0", warehouse="C"))
    found = known(*parts, warehouses=("A", "B"), safety_buffer=1)
    assert found.units == 13
    assert found.inputs == "13 = (10 on hand - 1 reserved) in A + (5 on hand - 0 reserved) in B - 1 buffer"
    assert known(*parts).units == 113


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        (figures(on_hand=None), {}),
        (figures(reserved=None), {}),
        (figures(on_hand=None), {"formula": "on_hand"}),
        (figures(available=None), {"formula": "available"}),
        (figures(warehouse="A"), {"warehouses": ("A", "B")}),
    ],
)
def test_what_is_not_known_whole_makes_no_figure(part: Figures, settings: dict[str, Any]) -> None:
    assert untold(part, **settings) == "stock_unknown"
    assert untold(part, figures(on_hand=None, reserved=None, available=None), **settings) == "stock_unknown"


def test_what_the_formula_does_not_need_may_be_missing() -> None:
    assert known(figures(reserved=None, available=None), formula="on_hand").units == 15
    assert known(figures(available=None)).units == 13


def test_a_record_without_stock_management_makes_no_figure() -> None:
    assert untold(managed=False) == "stock_not_managed"


def test_a_record_that_is_in_no_warehouse_makes_no_figure() -> None:
    level = StockLevel(sku="TEE-M", rank=1, item=ExternalId("1"), managed=True, figures=())
    found = figure_of(Reading(level, READ, READ), StockSettings(), whole_units=True)
    assert isinstance(found, Reason), found
    assert "any warehouse" in found.text


def test_a_target_of_whole_units_is_offered_no_part_of_one() -> None:
    assert known(figures("2.9", "0")).units == 2
    assert known(figures("2.9", "0"), whole=False).units == Decimal("2.9")


@given(UNITS, UNITS, st.decimals("0", "9", places=1), st.booleans())
def test_no_figure_is_below_nothing_or_above_what_is_there(
    on_hand: Decimal, reserved: Decimal, buffer: Decimal, whole: bool
) -> None:
    found = known(figures(str(on_hand), str(reserved)), safety_buffer=buffer, whole=whole)
    assert 0 <= found.units <= max(on_hand - reserved - buffer, Decimal(0))
    assert found.inputs.startswith(f"{amount(found.units)} = ")


@given(UNITS, UNITS, UNITS, st.booleans())
def test_nothing_below_zero_is_ever_written(units: Decimal, pending: Decimal, later: Decimal, to_shop: bool) -> None:
    assert to_write(units, pending, later, to_shop=to_shop) >= 0


@pytest.mark.parametrize(
    ("to_shop", "pending", "later", "written"),
    [(True, 3, 0, 9), (True, 3, 5, 14), (False, 3, 0, 15), (False, 3, 5, 20), (True, 20, 0, 0), (True, 14, 5, 3)],
)
def test_pending_units_lower_what_a_shop_offers_and_raise_what_an_office_will_deduct(
    to_shop: bool, pending: int, later: int, written: int
) -> None:
    assert to_write(Decimal(12), Decimal(pending), Decimal(later), to_shop=to_shop) == written


def test_the_log_shows_every_input_of_a_figure() -> None:
    found, none = known(safety_buffer=1), Decimal(0)
    assert told_figure(found, Decimal(1), none, Decimal(11)) == (
        "TEE-M: 12 = 15 on hand - 2 reserved - 1 buffer; 1 pending → 11"
    )
    assert told_figure(found, none, none, Decimal(12)) == "TEE-M: 12 = 15 on hand - 2 reserved - 1 buffer → 12"
    assert told_figure(found, Decimal(1), Decimal("3.50"), Decimal("14.5")).endswith(
        "; 1 pending, 3.5 still to be deducted → 14.5"
    )


@given(st.decimals("-1000000", "1000000", places=3))
def test_an_amount_reads_back_without_exponent_or_trailing_zeros(value: Decimal) -> None:
    text = amount(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert not ("." in text and text.endswith("0"))


def test_an_entry_that_was_refused_keeps_the_figure_it_was_refused_with() -> None:
    entry = refused_entry("12")
    assert (is_refused(entry), is_refused("12")) == (True, False)
    assert content_of(entry) == content_of("12") == "12"
    assert refused_entry(entry) == entry
