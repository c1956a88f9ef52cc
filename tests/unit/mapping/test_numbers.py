"""Numbers from outside lose their noise and keep their value; pieces are counted as a person would."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.gomag.wire import Money, Percent
from shopbridge.connectors.kit.loose import LooseNumber
from shopbridge.mapping.numbers import Figure, Whole, unusable, whole_pieces

FIGURE, WHOLE = TypeAdapter(Figure), TypeAdapter(Whole)


@pytest.mark.parametrize("shape", [Figure, LooseNumber, Money, Percent], ids=["figure", "loose", "money", "percent"])
def test_bounds_of_a_figure_are_looked_at_by_the_core_of_pydantic_and_not_by_python(shape: Any) -> None:
    schema: Any = TypeAdapter(shape).core_schema
    while schema["type"].startswith("function-"):
        schema = schema["schema"]
    assert schema["type"] == "decimal"
    assert schema["max_digits"]


@pytest.mark.parametrize(
    ("quantity", "pieces"),
    [
        ("2.9999999999999996", 3),
        ("3.0000000000000004", 3),
        ("2.9999995", 3),
        ("2.9999", 2),
        ("2.5", 2),
        ("-1E-17", 0),
        ("-0.0000001", 0),
        ("-0.3", -1),
        ("0", 0),
        ("1E+40", 10**40),
    ],
)
def test_what_is_left_of_a_piece_is_not_for_sale_and_noise_takes_none_away(quantity: str, pieces: int) -> None:
    assert str(whole_pieces(Decimal(quantity))) == str(pieces)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("8.0999999999999996", "8.1"),
        (" 8.10 ", "8.10"),
        ("1e3", "1000.0"),
        (8.1, "8.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (7, "7"),
        (Decimal("8.1"), "8.1"),
        ("12345678901234567890", "12345678901234567890"),
        ("1.5", "1.5"),
    ],
)
def test_a_figure_is_read_without_noise_from_texts_too(given: Any, value: str) -> None:
    assert str(FIGURE.validate_python(given)) == value


@pytest.mark.parametrize(
    "given",
    [
        *("1e999999999", "1E+50", "1e-50x", "9" * 50, "0." + "1" * 999, "NaN", "Infinity", "", "x", unusable("1e9")),
        *(float("inf"), True, Decimal("NaN"), Decimal("1E+999999999")),
    ],
)
def test_a_figure_out_of_bounds_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        FIGURE.validate_python(given)


@pytest.mark.parametrize(
    "given",
    [2**63, "9" * 30, Decimal("1E+30"), "1e5", 1.5, Decimal("2.5"), unusable("12"), "NaN"],
)
def test_a_whole_number_that_fits_no_64_bits_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        WHOLE.validate_python(given)


def test_whole_numbers_may_be_written_as_others() -> None:
    assert [WHOLE.validate_python(given) for given in (7, "7", Decimal("7.0"), 2**63 - 1)] == [7, 7, 7, 2**63 - 1]
