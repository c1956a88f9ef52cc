"""Countries by the names that shops write out, in the languages of their platforms; pure.

The names are those of the Unicode CLDR (Unicode License v3), reduced by ``tools/country_names.py`` to what is compared.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shopbridge.errors import Held
from shopbridge.mapping.names import folded, letters_of


def country_code(name: str, further: Mapping[str, str], *, which: str, platform: str) -> str:
    """Return the two-letter code of a country's name, or of its code of two or three letters.

    Args:
        name: As the platform has it, in any of the languages of the file.
        further: Names that the connection's settings add; they come first.
        which: The address, for the error, such as ``billing``.
        platform: Whose settings have ``countries``, for the error.

    Raises:
        Held: The name is missing (code ``missing_country``), not known, or of two countries (``unknown_country``).
    """
    wanted = letters_of(name)
    if not wanted:
        raise Held(
            f"The {which} address has no country",
            code="missing_country",
            fix=f"Complete the address in {platform}, then resend the order.",
        )
    codes = {letters_of(key): code for key, code in further.items()}
    if code := codes.get(wanted) or _codes().get(wanted):
        return code
    raise Held(
        f"The country {name!r} of the {which} address is unknown",
        code="unknown_country",
        fix=f"Add {name!r} and its two-letter code to countries of the connection's {platform} side, then resend the "
        "order.",
    )


@cache
def _codes() -> Mapping[str, str]:
    """The codes by names; read at the first name, as most starts of a function meet none."""
    lines = Path(__file__).with_name("country_names.txt").read_text(encoding="utf-8").splitlines()
    return {name: code for code, *names in map(str.split, lines) for name in names}


# --- as Romanian back offices call them ------------------------------------------------------------------------------


def _by_code(table: str) -> Mapping[str, str]:
    """Names by their codes: ``AT Austria, BE Belgia``."""
    return dict(entry.split(" ", 1) for entry in table.split(", "))


ROMANIAN_COUNTRIES = _by_code(
    "AT Austria, BE Belgia, BG Bulgaria, CH Elvetia, CY Cipru, CZ Cehia, DE Germania, DK Danemarca, "
    "EE Estonia, ES Spania, FI Finlanda, FR Franta, GB Marea Britanie, GR Grecia, HR Croatia, HU Ungaria, "
    "IE Irlanda, IT Italia, LT Lituania, LU Luxemburg, LV Letonia, MD Moldova, MT Malta, NL Olanda, "
    "NO Norvegia, PL Polonia, PT Portugalia, RO Romania, RS Serbia, SE Suedia, SI Slovenia, SK Slovacia, "
    "TR Turcia, UA Ucraina, US Statele Unite ale Americii"
)
"""What Romanian back offices call them, without diacritics. No library has these spellings: the CLDR writes diacritics
and says ``Regatul Unit``, the counter says ``Marea Britanie``. [inferred] All but ``Romania`` (BOCP's client B3)."""
ROMANIAN_COUNTIES = _by_code(
    "AB Alba, AR Arad, AG Arges, BC Bacau, BH Bihor, BN Bistrita-Nasaud, BT Botosani, BR Braila, BV Brasov, "
    "B Bucuresti, BZ Buzau, CL Calarasi, CS Caras-Severin, CJ Cluj, CT Constanta, CV Covasna, DB Dambovita, "
    "DJ Dolj, GL Galati, GR Giurgiu, GJ Gorj, HR Harghita, HD Hunedoara, IL Ialomita, IS Iasi, IF Ilfov, "
    "MM Maramures, MH Mehedinti, MS Mures, NT Neamt, OT Olt, PH Prahova, SJ Salaj, SM Satu Mare, SB Sibiu, "
    "SV Suceava, TR Teleorman, TM Timis, TL Tulcea, VL Valcea, VS Vaslui, VN Vrancea"
)
"""[inferred] Spelled without diacritics, as the country is (``Romania``, BOCP's client B3); by ISO 3166-2."""
_COUNTY_WORDS = ("judetul ", "judet ", "jud. ", "jud ", "municipiul ", "ro-")
_COUNTY_BY_NAME: Mapping[str, str] = {folded(name): name for name in ROMANIAN_COUNTIES.values()} | {
    "bucharest": "Bucuresti"
}


def romanian_county(state: str) -> str:
    """Return the name of a county that a shop calls ``RO-CJ``, ``CJ``, ``Cluj`` or ``Județul Cluj``; others stay."""
    name = folded(state)
    for word in _COUNTY_WORDS:
        name = name.removeprefix(word)
    return ROMANIAN_COUNTIES.get(name.upper()) or _COUNTY_BY_NAME.get(name) or state.strip()


def romanian_country(code: str, own: Mapping[str, str], platform: str) -> str:
    """Return the Romanian name of a country; the names of the platform's settings (``countries``) come first.

    Raises:
        Held: We know no name for it (code ``country_without_name``).
    """
    name = own.get(code) or ROMANIAN_COUNTRIES.get(code)
    if not name:
        raise Held(
            f"There is no name for the country {code}",
            code="country_without_name",
            where=platform,
            fix=f"Add the key {code!r} to countries in the settings of {platform}, then resend the order.",
        )
    return name
