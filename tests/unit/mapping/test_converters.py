from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.mapping.converters import CONVERTERS, ConversionError, ConverterName, converter_help
from shopbridge.mapping.expressions import as_document

GOOD: list[tuple[str, Any, Any]] = [
    ("text", "  a ", "  a "),
    ("text", 12, "12"),
    ("text", Decimal("12.50"), "12.50"),
    ("text", Decimal("1E+3"), "1000"),
    ("trim", "  a b ", "a b"),
    ("upper", "straße", "STRASSE"),
    ("lower", "AB", "ab"),
    ("capitalize", "van der Berg", "Van der Berg"),
    ("integer", "12", 12),
    ("integer", Decimal("12.00"), 12),
    ("integer", "1.234.567", 1234567),
    ("decimal", "1234.5", Decimal("1234.5")),
    ("decimal", "1.234", Decimal("1.234")),
    ("decimal", "0,125", Decimal("0.125")),
    ("decimal", "12,5", Decimal("12.5")),
    ("decimal", "-1.234,50", Decimal("-1234.50")),
    ("decimal", "1,234.50", Decimal("1234.50")),
    ("decimal", "1 234,50", Decimal("1234.50")),
    ("decimal", "1\u00a0234\u00a0567,5", Decimal("1234567.5")),
    ("decimal", "1'234.50", Decimal("1234.50")),
    ("decimal", Decimal("1.234"), Decimal("1.234")),
    ("boolean", True, True),
    ("boolean", 0, False),
    ("boolean", " Ja ", True),
    ("boolean", "OFF", False),
    ("date", "2025-03-01", "2025-03-01"),
    ("date", "2025-03-01T23:30:00.000+02:00", "2025-03-01"),
    ("date", "2025-03-01T23:30:00Z", "2025-03-01"),
    ("digits", "+31 (0)30-123", "31030123"),
    ("first_word", " Jan de Vries", "Jan"),
    ("last_word", "Jan de Vries ", "Vries"),
    ("first_word", " ", None),
    ("initials", "jan-peter de Vries", "J.P.D.V."),
    ("street", {"street": "12 rue de la Paix", "country": "FR"}, "rue de la Paix"),
    ("street", "Kerkplein", "Kerkplein"),
    ("house_number", {"street": "Dorpsstraat", "extra": ["12 b"], "country": "NL"}, 12),
    ("house_number", {"street": None, "extra": None}, None),
    ("house_suffix", {"street": "Dorpsstraat 12", "extra": "b", "country": "NL"}, "b"),
    ("house_suffix", "Dorpsstraat 12", ""),
    ("country_upper", " nl", "NL"),
    ("join_comma", ["a", None, " ", 12, Decimal("1.5")], "a, 12, 1.5"),
    ("join_space", "alone", "alone"),
    ("strip_html", "<p>Fish &amp; chips<br/>5 < 6</p>", "Fish & chips 5 < 6"),
]
REFUSED: dict[str, list[Any]] = {
    "text": [True, None, [], {}, ["a"]],
    "integer": ["12.5", "a", "", "1 2", True, "²"],
    "decimal": ["1,234", "1.2.3", "12.34,5", "1,23,456", "--1", "1e5", "٣", Decimal("NaN")],
    "boolean": [2, "maybe", [], Decimal("0.5")],
    "date": ["01-03-2025", "2025-02-30", "soon", 5],
    "country_upper": ["Netherlands", "N1", ""],
    "join_comma": [[["a"]], [{}], {}],
    "street": [[], True, {"street": ["a"]}],
}
BAD = [(name, value) for name, values in REFUSED.items() for value in values]


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_a_converter_gives_the_value_asked_for(name: str, value: object, expected: object) -> None:
    result = CONVERTERS[ConverterName(name)].run(value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_converter_refuses_what_makes_no_sense_to_it(name: str, value: object) -> None:
    with pytest.raises(ConversionError):
        CONVERTERS[ConverterName(name)].run(value)


def test_every_converter_has_one_line_of_help() -> None:
    assert [name for name, _ in converter_help()] == [str(name) for name in ConverterName]
    assert all(line.endswith(".") and "\n" not in line for _, line in converter_help())


SCALARS = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=12)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(["street", "country"]), SCALARS)
PYTHON_TYPES: dict[str, type] = {"text": str, "integer": int, "decimal": Decimal, "boolean": bool, "date": str}


@given(name=st.sampled_from(ConverterName), value=VALUES)
def test_a_converter_gives_its_type_or_nothing_or_refuses(name: ConverterName, value: object) -> None:
    converter = CONVERTERS[name]
    try:
        result = converter.run(value)
    except ConversionError:
        return
    assert result is None or type(result) is PYTHON_TYPES[converter.gives]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_reads_the_same_in_every_common_form(number: Decimal) -> None:
    run = CONVERTERS[ConverterName.DECIMAL].run
    english = f"{number:,f}"
    forms = [f"{number:f}", english, english.replace(",", " "), english.translate(str.maketrans(",.", ".,"))]
    thousands = [form for form in forms if form.count(",") != 1 or "." in form or form.startswith(("0", "-0"))]
    assert {run(form) for form in thousands} == {number}


class Colour(Enum):
    RED = "red"


def test_a_dump_becomes_plain_data_with_decimals() -> None:
    moment = datetime(2025, 3, 1, 12, tzinfo=UTC)
    dump = {"at": moment, "day": date(2025, 3, 1), "colour": Colour.RED, "lines": ({"price": 0.1},), 5: {Decimal(1)}}
    assert as_document(dump) == {
        "at": "2025-03-01T12:00:00+00:00",
        "day": "2025-03-01",
        "colour": "red",
        "lines": [{"price": Decimal("0.1")}],
        "5": [Decimal(1)],
    }
