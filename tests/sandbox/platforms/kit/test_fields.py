"""What a body may hold, as every emulator checks it."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.kit.fields import (
    CURRENCY,
    PERCENT,
    Field,
    Shape,
    faults,
    first_fault,
    is_day,
    is_number,
    is_text,
    listed,
    nested,
    nullable,
    one_of,
    optional,
    required,
    requiring,
)

TEXT = Field("a text", is_text)
NUMBER = Field("a number", is_number)
LINE: Shape = {"code": required(TEXT), "count": NUMBER}
ORDER: Shape = {
    "number": required(TEXT),
    "buyer": nested({"name": required(TEXT)}),
    "lines": required(listed(LINE)),
    "note": nullable(TEXT),
    "paid": one_of((0, 1)),
}
GOOD = {"number": "1", "buyer": {"name": "Ana"}, "lines": [{"code": "MUG", "count": 2}], "note": None, "paid": 1}


def test_a_body_that_fits_has_no_fault() -> None:
    assert first_fault(GOOD, ORDER) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"numbre": "1"}, "body.numbre is not a known field"),
        ({"number": 1}, "body.number should be a text"),
        ({"number": None}, "body.number should be a text"),
        ({"buyer": {}}, "body.buyer.name is missing"),
        ({"buyer": []}, "body.buyer should be an object"),
        ({"lines": {}}, "body.lines should be a list"),
        ({"lines": [7]}, "body.lines[0] should be an object"),
        ({"lines": [{"code": "MUG"}, {"code": "MUG", "count": True}]}, "body.lines[1].count should be a number"),
        ({"paid": True}, "body.paid should be one of 0, 1"),
        ({"paid": []}, "body.paid should be one of 0, 1"),
    ],
)
def test_a_fault_names_its_place_and_what_should_be_there(changes: dict[str, Any], fault: str) -> None:
    assert list(faults({**GOOD, **changes}, ORDER)) == [fault]


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_one_fault(body: Any) -> None:
    assert list(faults(body, ORDER, "data")) == ["data should be an object"]


def test_faults_come_in_the_order_of_the_shape_unknown_names_first() -> None:
    body = {"lines": [{}, {"code": 1}], "buyer": {"nmae": "Ana"}, "extra": 1, "paid": 2}
    found = [
        "body.extra is not a known field",
        "body.number is missing",
        "body.buyer.nmae is not a known field",
        "body.buyer.name is missing",
        "body.lines[0].code is missing",
        "body.lines[1].code should be a text",
        "body.paid should be one of 0, 1",
    ]
    assert list(faults(body, ORDER)) == found
    assert first_fault(body, ORDER) == found[0]
    assert list(faults(body, ORDER, deep=False)) == [found[0], found[1], found[6]]


def test_a_change_needs_no_field_and_a_platform_may_need_some_or_all() -> None:
    assert first_fault({}, optional(ORDER)) is None
    assert list(faults({}, requiring(ORDER, {"note"}))) == ["body.note is missing"]
    assert len(list(faults({}, requiring(ORDER)))) == len(ORDER)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (PERCENT, [0, 100, Decimal("9.5")], [-1, 101, "9", True, None]),
        (CURRENCY, ["EUR", "RON"], ["eur", "EURO", "", 1, None]),
        (NUMBER, [0, Decimal("1.5")], [True, "1", None, []]),
        (one_of(("new", "old")), ["new"], ["", None, {}, 1]),
        (listed(LINE, "an array"), [[], [{}]], [{}, None, "text"]),
    ],
)
def test_a_kind_takes_this_and_not_that(field: Field, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not field.accepts(value)] == []
    assert [value for value in bad if field.accepts(value)] == []


def test_a_day_is_one_of_the_calendar_in_one_spelling() -> None:
    given = ["2026-02-28", "2026-02-29", "20260228", "2026-W01-1", "2026-2-1", " 2026-02-28", "", None, 20260228]
    assert [value for value in given if is_day(value)] == ["2026-02-28"]
