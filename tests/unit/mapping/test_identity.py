"""What cannot be a key becomes a name of ours, always the same one."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.kit.rows import check_order
from shopbridge.errors import Held
from shopbridge.mapping.identity import LONGEST, Name, is_sound, readable, sound_id, sound_name
from tests.salespos_orders import line, order

UNSOUND = ["\ud800", "a\x00", "tab\t", "\x7f", "\u2028", "\ufffd", "\uffff", "x" * (LONGEST + 1), "😀" * LONGEST]


@pytest.mark.parametrize(
    "text", ["", "10042", "SKU 1/2", "Ö-ß", "a\u00a0b", "日本", "😀" * (LONGEST // 4), "x" * LONGEST]
)
def test_an_id_stays_as_it_is(text: str) -> None:
    assert is_sound(text)
    assert sound_name(text) == text
    assert TypeAdapter(Name).validate_python(text) == text


@pytest.mark.parametrize("text", UNSOUND)
def test_what_no_key_can_hold_becomes_a_name_of_ours(text: str) -> None:
    name = sound_id(text)
    assert name == sound_id(text) == sound_name(text)
    assert name.startswith("unreadable-")
    assert is_sound(name)
    assert is_sound(readable(text))
    assert name not in {sound_id(other) for other in UNSOUND if other != text}
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(text)


@pytest.mark.parametrize("value", [None, "", True, 1.5, [], {"a": 1}])
def test_what_is_no_text_is_named_by_itself_or_by_its_record(value: Any) -> None:
    first, second = sound_id(value, {"number": 1}), sound_id(value, {"number": 2})
    assert is_sound(first)
    assert (first == second) == (value not in (None, ""))


def test_a_number_is_an_id_as_text() -> None:
    assert (sound_id(42), sound_name(None), readable(None)) == ("42", "", "")


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("id", {"id": "x" * 3_000}),
        ("number", {"number": "1\x00"}),
        ("customer.email", {"email": "x" * 400}),
        ("lines[0].sku", {"sku": "x" * 3_000}),
    ],
)
def test_an_order_whose_names_cannot_be_keys_is_held_with_the_place(place: str, change: dict[str, str]) -> None:
    given = order([line()])
    check_order(given)
    match place:
        case "lines[0].sku":
            given = given.model_copy(update={"lines": (given.lines[0].model_copy(update=change),)})
        case "customer.email":
            assert given.customer
            given = given.model_copy(update={"customer": given.customer.model_copy(update=change)})
        case _:
            given = given.model_copy(update=change)
    with pytest.raises(Held) as held:
        check_order(given)
    assert held.value.code == "unexpected_form"
    assert place in held.value.what
