from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.operations.connections.verify_settings import gaps, map_problems
from shopbridge.flows.products.run import CategoryTree, select
from shopbridge.mapping.names import caseless, folded, is_among, letters_of, translate
from shopbridge.mapping.validation import nearest
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.model.office import Choice
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.settings import ValueMap


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("Ramburs la curier", "  RAMBURS  la curier "),
        ("Anulată", "anulata"),
        ("Țările", "tarile"),
        ("Ţările", "Țările"),
        ("Utánvét", "utanvet"),
        ("Größe", "GROSSE"),
        ("GRÖẞE", "grösse"),
        ("İstanbul", "ISTANBUL"),
        ("\u0131stanbul", "istanbul"),
        ("Łódź", "lodz"),
        ("Đakovo", "dakovo"),
        ("Smørrebrød", "smorrebrod"),
        ("Œuvre", "oeuvre"),
        ("Україна", "УКРАЇНА"),
        ("Ёлка", "елка"),
        ("Côte d\u2019Ivoire", "Cote d'Ivoire"),
        ("Cote d\u00b4Ivoire", "Cote d'Ivoire"),
        ("\u2116 5", "no 5"),
        ("Caraș\u2013Severin", "Caras-Severin"),
        ("Pre\u00adis\u200b", "preis"),
        ("Non\u00a0breaking", "non breaking"),
        ("\uff23\uff21\uff32\uff24", "card"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_names_that_people_mean_alike_are_alike(written: str, also: str) -> None:
    assert folded(written) == folded(also)


@pytest.mark.parametrize(
    ("written", "other"),
    [("Card", "Card (POS)"), ("Cash 1", "Cash 2"), ("A-B", "A B"), ("が", "か"), ("भारत", "भरत"), ("", "-")],
)
def test_names_that_tell_something_apart_stay_apart(written: str, other: str) -> None:
    assert folded(written) != folded(other)


@given(st.text())
def test_what_is_folded_stays_as_it_is(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@given(st.text(), st.sampled_from([" ", "\t", "\u00a0", "\n "]))
def test_blanks_around_a_name_and_its_compositions_never_count(name: str, blank: str) -> None:
    assert folded(f"{blank}{name}{blank}") == folded(name)
    assert folded(name.casefold()) == folded(name)


@given(st.text("aăâbcdeéèfghiíîjklmnoóöőprsșștțuúüűvxyzßž -'", max_size=30))
def test_capitals_never_count(name: str) -> None:
    assert folded(name.upper()) == folded(name) == folded(name.title())


def test_where_punctuation_tells_nothing_only_letters_and_digits_are_left() -> None:
    assert letters_of("Bosnia & Herzegovina (B.H.)") == "bosniaherzegovinabh"


def test_a_name_is_among_others_by_any_of_its_names() -> None:
    assert is_among(["Anulată", "7"], "", "ANULATA")
    assert is_among(["7"], "7", "Trimisa")
    assert not is_among(["", "Livrata"], "", "Trimisa")


def test_what_is_made_by_name_in_a_target_keeps_its_accents() -> None:
    assert caseless(" Rosé  brut ") == caseless("ROSÉ BRUT") != caseless("Rose brut")


def test_verifying_a_map_compares_as_orders_will() -> None:
    table, listed = ValueMap(entries={"plata cu  cardul": "4"}), [Choice(key="Plată cu cardul", title="")]
    assert [*gaps("payment", table, listed), *map_problems("payment", table, listed)] == []


def test_maps_filters_and_hints_compare_by_the_one_rule() -> None:
    assert translate("payment", {"Plată cu cardul": "4"}, "PLATA CU  CARDUL") == "4"
    assert nearest("TRIMISA", ["Trimisă"]) == "Trimisă"
    shoes = Category(id=ExternalId("1"), name="Încălțăminte", parent=None, active=True)
    taken = select(CategoryTree([shoes]), ProductSettings(exclude_categories=("incaltaminte",)))
    assert taken.excluded == {"1"}


def test_no_other_module_takes_letters_apart() -> None:
    layer = Path(__file__).parents[3] / "layers" / "shared" / "shopbridge"
    assert [path.name for path in layer.rglob("*.py") if "unicodedata" in path.read_text()] == ["names.py"]
