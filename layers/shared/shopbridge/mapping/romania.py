"""What Romanian back offices call countries and counties; pure.

No library has these spellings: the CLDR writes diacritics and says ``Regatul Unit``, where the counter says
``Marea Britanie``.
"""

from collections.abc import Mapping

from shopbridge.errors import Held
from shopbridge.mapping.names import folded

COUNTRIES: Mapping[str, str] = {
    "AT": "Austria",
    "BE": "Belgia",
    "BG": "Bulgaria",
    "CH": "Elvetia",
    "CY": "Cipru",
    "CZ": "Cehia",
    "DE": "Germania",
    "DK": "Danemarca",
    "EE": "Estonia",
    "ES": "Spania",
    "FI": "Finlanda",
    "FR": "Franta",
    "GB": "Marea Britanie",
    "GR": "Grecia",
    "HR": "Croatia",
    "HU": "Ungaria",
    "IE": "Irlanda",
    "IT": "Italia",
    "LT": "Lituania",
    "LU": "Luxemburg",
    "LV": "Letonia",
    "MD": "Moldova",
    "MT": "Malta",
    "NL": "Olanda",
    "NO": "Norvegia",
    "PL": "Polonia",
    "PT": "Portugalia",
    "RO": "Romania",
    "RS": "Serbia",
    "SE": "Suedia",
    "SI": "Slovenia",
    "SK": "Slovacia",
    "TR": "Turcia",
    "UA": "Ucraina",
    "US": "Statele Unite ale Americii",
}
"""[inferred] All but ``Romania`` (BOCP's client B3): the Romanian names, without diacritics."""
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
"""[inferred] Spelled without diacritics, as the country is (``Romania``, BOCP's client B3); by ISO 3166-2."""
_WORDS = ("judetul ", "judet ", "jud. ", "jud ", "municipiul ", "ro-")
_BY_NAME: Mapping[str, str] = {folded(name): name for name in COUNTIES.values()} | {"bucharest": "Bucuresti"}


def county_name(state: str) -> str:
    """Return the name of a county that a shop calls ``RO-CJ``, ``CJ``, ``Cluj`` or ``Județul Cluj``; others stay."""
    name = folded(state)
    for word in _WORDS:
        name = name.removeprefix(word)
    return COUNTIES.get(name.upper()) or _BY_NAME.get(name) or state.strip()


def country_name(code: str, own: Mapping[str, str], platform: str) -> str:
    """Return the Romanian name of a country; the names of the platform's settings (``countries``) come first.

    Raises:
        Held: We know no name for it (code ``country_without_name``).
    """
    name = own.get(code) or COUNTRIES.get(code)
    if not name:
        raise Held(
            f"There is no name for the country {code}",
            code="country_without_name",
            where=platform,
            fix=f"Add the key {code!r} to countries in the settings of {platform}, then resend the order.",
        )
    return name
