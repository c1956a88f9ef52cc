"""Writes the countries' names that the layer reads, out of the Unicode CLDR as Babel carries it.

Run it as `make countries`; a test fails while the file differs from what this makes of the pinned Babel. CLDR names
each country once in a language, so what people also write is added here by hand.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global

from shopbridge.mapping.names import letters_of

DATA = Path(__file__).parents[1] / "layers" / "shared" / "shopbridge" / "mapping" / "country_names.txt"
UMLAUTS: Final[dict[str, str | int | None]] = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
LANGUAGES: Final = [
    "bg",
    "cs",
    "de",
    "en",
    "es",
    "fr",
    "hr",
    "hu",
    "it",
    "nl",
    "pl",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sr_Latn",
    "uk",
]
NO_COUNTRIES: Final = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Regions that ISO 3166-1 does not assign; Kosovo's XK it does not either, but every shop uses it."""
ALSO: Final[Mapping[str, str]] = {
    "BA": "Bosnia, Bosna, Bosnien, Bosznia",
    "BY": "Belorussia, Belorusia, Weissrussland, Wit-Rusland, Белоруссия",
    "CH": "Swiss, Confoederatio Helvetica",
    "CI": "Ivory Coast",
    "CV": "Cape Verde",
    "CZ": "Czech Republic, Republica Ceha, Česká republika, Tschechische Republik, Cseh Köztársaság, Csehország, "
    "Tsjechië, Tschechei, Republika Czeska, Чешская Республика",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "DE": "Bundesrepublik Deutschland, BRD, Federal Republic of Germany",
    "GB": "Great Britain, Britain, England, Scotland, Wales, Northern Ireland, Marea Britanie, Anglia, Scotia, Țara "
    "Galilor, Irlanda de Nord, Großbritannien, Nagy-Britannia, Skócia, Groot-Brittannië, Engeland, "
    "Grande-Bretagne, Angleterre, Gran Bretagna, Inghilterra, Gran Bretaña, Inglaterra, Wielka Brytania, Velká "
    "Británie, Veľká Británia, Velika Britanija, Великобритания, Англия, Велика Британія, Велика Британија, "
    "UK, U.K.",
    "GR": "EL, Hellas",
    "HK": "Hong Kong",
    "HU": "Magyarország",
    "IE": "Republic of Ireland, Eire",
    "KR": "South Korea, Republic of Korea",
    "LU": "Grand Duchy of Luxembourg",
    "MD": "Republic of Moldova, Republica Moldova, Moldavia, Moldau, Молдавия",
    "MK": "Macedonia, Mazedonien, Makedonija, Македония, FYROM",
    "MM": "Burma",
    "MO": "Macao",
    "NL": "Holland, The Netherlands, Olanda, Hollandia, Hollande, Holanda, Голландия",
    "PS": "Palestine",
    "RO": "Rumania, Roumania",
    "RS": "Srbija",
    "RU": "Russian Federation, Federația Rusă, Российская Федерация",
    "SK": "Slovak Republic, Slovenská republika",
    "SZ": "Swaziland",
    "TR": "Turkey, Turkiye",
    "UA": "Украина",
    "US": "USA, U.S.A., US of America, United States of America, Statele Unite, SUA, Amerikai Egyesült Államok, "
    "États-Unis d'Amérique, Stati Uniti d'America, Vereinigte Staaten von Amerika, США",
    "VA": "Vatican, Vatikan, Vaticano",
    "VN": "Viet Nam",
}
"""What people write and CLDR does not: other names, old ones, and parts that post treats as the country."""


def country_names() -> str:
    """Return the file: a line for each country, its code and then its names as ``letters_of`` leaves them.

    What could mean two countries is left out, so that a name is never a guess.
    """
    meant: dict[str, set[str]] = defaultdict(set)
    for code in codes():
        for name in {letters_of(name) for name in (code, *_names(code))}:
            meant[name].add(code)
    clear = {name: codes.pop() for name, codes in meant.items() if len(codes) == 1}
    lines = (" ".join([code, *sorted(name for name in clear if clear[name] == code)]) for code in codes())
    return "".join(f"{line}\n" for line in lines)


def codes() -> list[str]:
    """Return the two-letter codes of all countries."""
    known = map(str, Locale("en").territories)
    return sorted(code for code in known if re.fullmatch("[A-Z]{2}", code) and code not in NO_COUNTRIES)


def _names(code: str) -> Iterator[str]:
    yield from (name for name, codes in get_global("territory_aliases").items() if list(codes) == [code])
    yield from ALSO.get(code, "").split(",")
    for language in LANGUAGES:
        name = Locale.parse(language).territories.get(code, "")
        yield from (name, re.sub(r"\(.*?\)", "", name), *_written_out(name, language))


def _written_out(name: str, language: str) -> Iterator[str]:
    if language == "de":
        yield name.translate(str.maketrans(UMLAUTS))
    if language == "en":
        yield name.replace("&", "and").replace("St.", "Saint")


if __name__ == "__main__":
    DATA.write_text(country_names())
