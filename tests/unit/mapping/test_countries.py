from collections.abc import Iterator

import pytest
from babel import Locale

from shopbridge.errors import Held
from shopbridge.mapping.countries import country_code
from tools.country_names import DATA, LANGUAGES, codes, country_names

KNOWN_BEFORE = """
AT Austria|BE Belgia|BE Belgium|BG Bulgaria|CH Elvetia|CH Switzerland|CY Cipru|CY Cyprus|CZ Cehia|CZ Republica Ceha
CZ Czechia|CZ Czech Republic|DE Germania|DE Germany|DK Danemarca|DK Denmark|EE Estonia|ES Spania|ES Spain|FI Finlanda
FI Finland|FR Franta|FR France|GB Marea Britanie|GB Regatul Unit|GB Anglia|GB United Kingdom|GB Great Britain|GR Grecia
GR Greece|HR Croatia|HU Ungaria|HU Hungary|IE Irlanda|IE Ireland|IL Israel|IS Islanda|IS Iceland|IT Italia|IT Italy
LT Lituania|LT Lithuania|LU Luxemburg|LU Luxembourg|LV Letonia|LV Latvia|MD Moldova|MD Republica Moldova
MD Republic of Moldova|MT Malta|NL Olanda|NL Tarile de Jos|NL Netherlands|NL The Netherlands|NO Norvegia|NO Norway
PL Polonia|PL Poland|PT Portugalia|PT Portugal|RO Romania|RS Serbia|SE Suedia|SE Sweden|SI Slovenia|SK Slovacia
SK Slovakia|TR Turcia|TR Turkey|UA Ucraina|UA Ukraine|US Statele Unite|US Statele Unite ale Americii|US United States
US USA
""".strip().replace("\n", "|")
EUROPE = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MD MT NL NO PL PT RO RS SE SI SK TR UA US"


def code_of(name: str, **further: str) -> str:
    return country_code(name, further, which="billing", platform="Shop")


def names_in_every_language() -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for code in EUROPE.split():
            yield Locale.parse(language).territories[code], code


def test_the_file_is_what_the_pinned_library_says() -> None:
    assert country_names() == DATA.read_text(encoding="utf-8"), "run make countries"
    assert len(DATA.read_bytes()) <= 60_000


def test_every_name_that_shops_were_read_with_is_known() -> None:
    pairs = [each.split(" ", 1) for each in KNOWN_BEFORE.split("|")]
    assert len(pairs) == 75
    assert [(code, name) for code, name in pairs if code_of(name) != code] == []


def test_the_countries_that_shops_sell_to_are_known_in_every_language() -> None:
    assert [(name, code) for name, code in names_in_every_language() if code_of(name) != code] == []


def test_codes_of_two_letters_are_their_own_names() -> None:
    assert [code for code in codes() if code_of(code.lower()) != code] == []
    assert len(codes()) == 250


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ROU", "RO"),
        ("deu", "DE"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("România", "RO"),
        ("Magyarország", "HU"),
        ("Oesterreich", "AT"),
        ("ÖSTERREICH", "AT"),
        ("Україна", "UA"),
        ("Украина", "UA"),
        ("Nagy-Britannia", "GB"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Saint Lucia", "LC"),
        ("U.S.A.", "US"),
        ("Türkiye", "TR"),
        ("Hong Kong", "HK"),
    ],
)
def test_a_country_is_known_as_people_write_it(name: str, code: str) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize("name", ["Atlantida", "XX", "qq", "Korea", "San Marino Nord"])
def test_what_no_list_tells_is_never_guessed(name: str) -> None:
    with pytest.raises(Held, match=name) as caught:
        code_of(name)
    assert (caught.value.code, "Shop side" in caught.value.fix) == ("unknown_country", True)


def test_what_the_settings_add_comes_first() -> None:
    assert code_of("Korea", KOREA="KR") == "KR"
    assert code_of("Holland", holland="XX") == "XX"


@pytest.mark.parametrize("name", ["", "  ", "-"])
def test_an_address_without_country_says_so(name: str) -> None:
    with pytest.raises(Held, match="billing") as caught:
        code_of(name)
    assert caught.value.code == "missing_country"
