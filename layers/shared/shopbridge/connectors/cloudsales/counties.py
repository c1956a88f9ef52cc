"""How Romania's counties are called."""

import unicodedata
from collections.abc import Mapping

COUNTIES: Mapping[str, str] = {
    "AB": "Alba",
    "AR": "Arad",
    "AG": "Arges",
    "BC": "Bacau",
    "BH": "Bihor",
    "BN": "Bistrita-Nasaud",
    "BT": "Botosani",
    "BR": "Braila",
    "BV": "Brasov",
    "B": "Bucuresti",
    "BZ": "Buzau",
    "CL": "Calarasi",
    "CS": "Caras-Severin",
    "CJ": "Cluj",
    "CT": "Constanta",
    "CV": "Covasna",
    "DB": "Dambovita",
    "DJ": "Dolj",
    "GL": "Galati",
    "GR": "Giurgiu",
    "GJ": "Gorj",
    "HR": "Harghita",
    "HD": "Hunedoara",
    "IL": "Ialomita",
    "IS": "Iasi",
    "IF": "Ilfov",
    "MM": "Maramures",
    "MH": "Mehedinti",
    "MS": "Mures",
    "NT": "Neamt",
    "OT": "Olt",
    "PH": "Prahova",
    "SJ": "Salaj",
    "SM": "Satu Mare",
    "SB": "Sibiu",
    "SV": "Suceava",
    "TR": "Teleorman",
    "TM": "Timis",
    "TL": "Tulcea",
    "VL": "Valcea",
    "VS": "Vaslui",
    "VN": "Vrancea",
}
"""[inferred] Spelled without diacritics, as the country is (``Romania``, client B3); by ISO 3166-2."""
_WORDS = ("judetul ", "judet ", "jud. ", "jud ", "municipiul ", "ro-")


def county_name(state: str) -> str:
    """The name of a county that a shop calls ``RO-CJ``, ``CJ``, ``Cluj`` or ``Județul Cluj``; other texts stay."""
    folded = _folded(state)
    for word in _WORDS:
        folded = folded.removeprefix(word)
    return COUNTIES.get(folded.upper()) or _BY_NAME.get(folded) or state.strip()


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


_BY_NAME: Mapping[str, str] = {_folded(name): name for name in COUNTIES.values()} | {"bucharest": "Bucuresti"}
