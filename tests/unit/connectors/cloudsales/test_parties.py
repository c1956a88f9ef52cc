"""Romanian addresses, wall times and codes as CloudSales wants them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.cloudsales.api import in_bucharest
from shopbridge.connectors.cloudsales.orders.payload import invoice_address_of
from shopbridge.errors import Held
from shopbridge.mapping.countries import ROMANIAN_COUNTIES, romanian_country, romanian_county
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.json_data import plain
from tests.examples import examples
from tests.salespos_orders import ADDRESS, D

HOME = ADDRESS.model_copy(update={"country": "RO"})


@settings(max_examples=examples(300))
@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - zone beside
def test_the_wall_clock_is_that_of_bucharest(moment: datetime) -> None:
    assert in_bucharest(moment) == moment.astimezone(ZoneInfo("Europe/Bucharest")).replace(tzinfo=None)


@pytest.mark.parametrize("text", ["2026-03-29T00:59:59", "2026-03-29T01:00:00", "2026-10-25T00:59", "2026-10-25T01:00"])
def test_summer_time_begins_and_ends_to_the_second(text: str) -> None:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    assert in_bucharest(moment) == moment.astimezone(ZoneInfo("Europe/Bucharest")).replace(tzinfo=None)


@pytest.mark.parametrize("code", ["2000000000015", "96385074", "036000291452", "10012345678902", " 2000000000015 "])
def test_a_right_check_digit_makes_an_ean(code: str) -> None:
    assert ean_of(code) == code.strip()


@pytest.mark.parametrize(
    "code", ["", "2000000000016", "1-DEMO", "123", "0000000000000", "٢٠٠٠٠٠٠٠٠٠٠١٥", "20000000000150"]
)
def test_anything_else_is_none(code: str) -> None:
    assert ean_of(code) == ""


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("RO-CJ", "Cluj"),
        ("cj", "Cluj"),
        ("Județul Timiș", "Timis"),
        ("Jud. Iași", "Iasi"),
        ("BUCUREȘTI", "Bucuresti"),
        ("Bucharest", "Bucuresti"),
        ("B", "Bucuresti"),
        ("Bistrița-Năsăud", "Bistrita-Nasaud"),
        ("", ""),
        ("Ruritania", "Ruritania"),
    ],
)
def test_counties_are_called_by_one_name(state: str, name: str) -> None:
    assert romanian_county(state) == name
    assert len(ROMANIAN_COUNTIES) == len(set(ROMANIAN_COUNTIES.values())) == 42


def test_a_country_has_our_name_unless_the_settings_have_another() -> None:
    assert romanian_country("RO", {}, "CloudSales") == "Romania"
    assert romanian_country("DE", {"DE": "Republica Federala Germania"}, "CloudSales") == "Republica Federala Germania"
    with pytest.raises(Held, match="XX"):
        romanian_country("XX", {}, "CloudSales")


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["Str. Fictiva 3"], {"street": "Str. Fictiva", "number": "3"}),
        (
            ["Bd. Unirii, nr. 10, bloc 5C, scara A, etaj 3, apartament 12"],
            {"street": "Bd. Unirii", "number": "10", "building": "5C", "stair": "A", "floor": "3", "apartment": "12"},
        ),
        (
            ["Calea Victoriei 101 bl 2 sc B et 4 ap 33"],
            {
                "street": "Calea Victoriei",
                "number": "101",
                "building": "2",
                "stair": "B",
                "floor": "4",
                "apartment": "33",
            },
        ),
        (
            ["Șos. Mihai Bravu 123-125", "Bl. D13, Ap. 5, interfon 5"],
            {"street": "Șos. Mihai Bravu, interfon 5", "number": "123-125", "building": "D13", "apartment": "5"},
        ),
        (
            ["str 1 Decembrie 1918 nr. 7, et. parter"],
            {"street": "str 1 Decembrie 1918", "number": "7", "floor": "parter"},
        ),
        (["Str. Sf. Ap. Andrei 12 bis"], {"street": "Str. Sf. Ap. Andrei", "number": "12 bis"}),
        (["Aleea Trandafirilor"], {"street": "Aleea Trandafirilor", "number": ""}),
        (["Bl. 12, sc. A, ap. 4"], {"building": "12", "stair": "A", "apartment": "4"}),
        ([""], {"street": "", "number": ""}),
    ],
)
def test_romanian_addresses_are_taken_apart(lines: list[str], parts: dict[str, str]) -> None:
    place = invoice_address_of(HOME.model_copy(update={"street": lines[0], "extra": tuple(lines[1:])}), {})
    empty = dict.fromkeys(("street", "number", "building", "stair", "floor", "apartment"), "")
    assert {name: getattr(place, name) for name in empty} == empty | parts


def test_other_countries_addresses_keep_what_has_no_part() -> None:
    abroad = HOME.model_copy(
        update={"street": "5 rue Bloc et 3", "country": "FR", "state": "75", "department": "Achats"}
    )
    place = invoice_address_of(abroad, {})
    assert (place.building, place.floor, place.county, place.country) == ("", "", "75", "Franta")
    assert "Achats" in place.street


@settings(max_examples=examples(200))
@given(st.text(alphabet="Str.nablocsetp ,0123456789ABăș-/", max_size=60))
def test_no_letter_or_digit_of_an_address_is_lost(text: str) -> None:
    place = invoice_address_of(HOME.model_copy(update={"street": text, "extra": ()}), {})
    kept = "".join(getattr(place, name) for name in ("street", "number", "building", "stair", "floor", "apartment"))
    assert sorted(filter(str.isdigit, kept)) == sorted(filter(str.isdigit, text))


def test_decimals_become_short_json_numbers_or_are_held() -> None:
    assert plain({"a": [D("54.34"), D("2.00")], "b": (1, "x")}) == {"a": [54.34, 2], "b": [1, "x"]}
    with pytest.raises(Held, match="more digits"):
        plain(D("0.1234567890123456789"))
