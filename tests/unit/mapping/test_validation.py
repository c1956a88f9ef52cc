"""What pydantic finds wrong with a record, in words."""

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from shopbridge.mapping.validation import all_errors, first_error


class Line(BaseModel):
    price: int


class Sale(BaseModel):
    lines: list[Line]
    name: str


def refused(raw: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Sale).validate_python(raw)
    return caught.value


def test_a_place_in_a_list_is_told_by_its_index() -> None:
    error = refused({"lines": [{"price": 1}, {"price": "my secret"}], "name": "x"})
    assert first_error(error).startswith("lines[1].price: Input should be a valid integer")
    assert "my secret" not in first_error(error) + all_errors(error)


def test_every_field_that_does_not_fit_is_named() -> None:
    assert all_errors(refused({"lines": [{}]})) == "lines[0].price: Field required; name: Field required"


def test_a_fault_of_the_whole_record_has_no_place() -> None:
    error = refused(7)
    assert first_error(error).startswith("its top: Input should be")
    assert all_errors(error).startswith("Input should be")
