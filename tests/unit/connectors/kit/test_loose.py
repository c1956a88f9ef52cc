"""Values that platforms write as they like."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.kit.loose import (
    LooseNumber,
    LooseText,
    MaybeNumber,
    MaybeQuantity,
    none_for_nothing,
    writable,
)
from tests.salespos_orders import D

NUMBER, MAYBE, QUANTITY = TypeAdapter(LooseNumber), TypeAdapter(MaybeNumber), TypeAdapter(MaybeQuantity)
NOTHING: tuple[Any, ...] = (None, "", " ", [], {})


@pytest.mark.parametrize("value", ["50", "50.0", "50.0000", 50, D("50.00"), " 50 "])
def test_a_number_is_one_text_however_it_was_written(value: Any) -> None:
    assert str(NUMBER.validate_python(value)) == "50"


@pytest.mark.parametrize(
    ("value", "number"), [("8.0999999999999996", "8.1"), ("0.00250000", "0.0025"), ("-1.0000", "-1")]
)
def test_a_number_loses_noise_and_zeros(value: str, number: str) -> None:
    assert str(NUMBER.validate_python(value)) == number


@pytest.mark.parametrize("value", NOTHING)
def test_nothing_in_any_spelling_is_no_number_and_an_empty_text(value: Any) -> None:
    assert none_for_nothing(value) is None
    assert MAYBE.validate_python(value) is None
    assert QUANTITY.validate_python(value) is None
    assert TypeAdapter(LooseText).validate_python(value) == ""


@pytest.mark.parametrize("value", ["", [], {}, None, "x", ["1"], {"a": 1}, "1e999999999", "9" * 30])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        NUMBER.validate_python(value)


def test_half_of_a_character_becomes_what_stands_for_one_and_noise_takes_no_piece_away() -> None:
    assert writable("a\ud800b") == "a\N{REPLACEMENT CHARACTER}b"
    assert QUANTITY.validate_python("2.9999999999999996") == 3
