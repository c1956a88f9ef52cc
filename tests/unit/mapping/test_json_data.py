"""A body from outside becomes plain data in bounds; what nobody can use spoils a field and not the page."""

import json
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge import mapping
from shopbridge.mapping import json_data
from shopbridge.mapping.json_data import DEEPEST, JsonError, TooManyValues, read_json
from shopbridge.mapping.numbers import UNUSABLE

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.sampled_from('a"\\[]{},:é'), max_size=5), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_what_was_written_is_read(value: Any) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30).map(lambda each: round(each, 20))
)
def test_a_double_is_read_as_its_shortest_decimal_however_many_digits_were_written(value: float) -> None:
    for text in (repr(value), f"{value:.17g}", f"{value:.60f}"):
        read = read_json(f"[{text}]")[0]
        assert float(read) == value
    assert str(read_json("8.0999999999999996")) == "8.1"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8.0999999999999996", "8.1"),
        ("8.0999999999999996447286321199499070644378662109375", "8.1"),
        ("4.9000000000000003552713678800500929555621337890625", "4.9"),
        ("2.9999999999999996", "2.9999999999999996"),
        ("-28.789999999999999", "-28.79"),
        ("1.0000000000000000e+2", "100.0"),
        ("8.10", "8.10"),
        ("-0.0", "0.0"),
        ("0.00000000000000000000", "0.0"),
        ("1e-999", "0.0"),
    ],
)
def test_noise_is_none_of_a_numbers_value(text: str, value: str) -> None:
    read = read_json(text)
    assert (type(read), str(read)) == (Decimal, value)


def test_whole_numbers_stay_exact() -> None:
    assert read_json("[9007199254740993, -9223372036854775808]") == [9007199254740993, -(2**63)]
    assert read_json("12345678901234567890123456789012345678") == 12345678901234567890123456789012345678


@pytest.mark.parametrize(
    "text",
    ["1e999999999", "-1E+999999999", "1e300", "NaN", "Infinity", "-Infinity", "9" * 500_000, "0." + "1" * 500_000],
)
def test_a_number_nobody_can_use_spoils_its_field_and_not_its_page(text: str) -> None:
    began = time.monotonic()
    page = read_json(f'[{{"id": 1}}, {{"id": {text}}}]')
    assert time.monotonic() - began < 1
    assert page[0] == {"id": 1}
    assert page[1]["id"].endswith(UNUSABLE)
    assert len(page[1]["id"]) <= 21


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,]",
        b"[1] [2]",
        b"<html>",
        b"\xff",
        b'{"a": "\x00"}',
        '{"a": 1}'.encode("utf-16"),
        '"\N{BOPOMOFO LETTER B}"'.encode("utf-16-le"),
        b"[" * 900_000,
        b"[" * 900 + b"}" * 900,
        b'{"a":' * 900,
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(JsonError):
        read_json(body)


def test_depth_is_bounded_and_brackets_in_texts_are_none() -> None:
    assert read_json("[" * DEEPEST + "]" * DEEPEST)
    assert read_json(json.dumps(["[{" * 999, '\\"[[' * 999])) == ["[{" * 999, '\\"[[' * 999]
    for first, last in (("[", "]"), ('{"a":', "}"), ('{"\\"":[', "]}"), ('["\\\\",', "]")):
        with pytest.raises(JsonError, match="deeper"):
            read_json(first * (DEEPEST + 1) + "1" + last * (DEEPEST + 1))


def test_values_are_counted_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_data, "MOST_VALUES", 10)
    assert read_json("[" + ",".join('"a,[{"' for _ in range(10)) + "]")
    for body in ("[" + "[]," * 5 + "1]", '{"a":' * 11 + "1" + "}" * 11, "[" + "1," * 10 + "1]"):
        with pytest.raises(TooManyValues, match="more than 10 values"):
            read_json(body)


def test_nothing_else_reads_json_of_a_platform_or_a_caller() -> None:
    """Marks of our own are no such thing."""
    layer = Path(mapping.__file__).parents[1]
    readers = re.compile(r"json\.loads|validate_json\((?!text or|mark or|mark\))")
    found = [
        str(path.relative_to(layer))
        for part in ("connectors", "http", "mapping")
        for path in (layer / part).rglob("*.py")
        if readers.search(path.read_text())
    ]
    assert found == ["mapping/json_data.py"]


def test_of_two_values_under_one_key_the_last_counts() -> None:
    assert read_json('{"total": 1, "total": 2}') == {"total": 2}


def test_a_mark_at_the_beginning_and_halves_of_characters_spoil_no_page() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert read_json('["\\ud800"]') == ["\ud800"]
    assert read_json('["\ud800"]') == ["\ud800"]
