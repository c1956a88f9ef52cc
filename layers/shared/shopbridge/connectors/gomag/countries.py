"""Countries by the names that Gomag writes out, in Romanian or English."""

import re
from collections.abc import Mapping
from typing import Final

from shopbridge.connectors.gomag.names import plain_name
from shopbridge.errors import Held

_NAMES: Final[Mapping[str, str]] = {
    "AT": "Austria",
    "BE": "Belgia, Belgium",
    "BG": "Bulgaria",
    "CH": "Elvetia, Switzerland",
    "CY": "Cipru, Cyprus",
    "CZ": "Cehia, Republica Ceha, Czechia, Czech Republic",
    "DE": "Germania, Germany",
    "DK": "Danemarca, Denmark",
    "EE": "Estonia",
    "ES": "Spania, Spain",
    "FI": "Finlanda, Finland",
    "FR": "Franta, France",
    "GB": "Marea Britanie, Regatul Unit, Anglia, United Kingdom, Great Britain",
    "GR": "Grecia, Greece",
    "HR": "Croatia",
    "HU": "Ungaria, Hungary",
    "IE": "Irlanda, Ireland",
    "IL": "Israel",
    "IS": "Islanda, Iceland",
    "IT": "Italia, Italy",
    "LT": "Lituania, Lithuania",
    "LU": "Luxemburg, Luxembourg",
    "LV": "Letonia, Latvia",
    "MD": "Moldova, Republica Moldova, Republic of Moldova",
    "MT": "Malta",
    "NL": "Olanda, Tarile de Jos, Netherlands, The Netherlands",
    "NO": "Norvegia, Norway",
    "PL": "Polonia, Poland",
    "PT": "Portugalia, Portugal",
    "RO": "Romania",
    "RS": "Serbia",
    "SE": "Suedia, Sweden",
    "SI": "Slovenia",
    "SK": "Slovacia, Slovakia",
    "TR": "Turcia, Turkey",
    "UA": "Ucraina, Ukraine",
    "US": "Statele Unite, Statele Unite ale Americii, United States, USA",
}
"""[inferred] Which names a shop uses nobody has published; ``countries`` in the settings adds others."""
_CODES: Final = {plain_name(name): code for code, names in _NAMES.items() for name in names.split(",")}


def country_code(name: str, further: Mapping[str, str], which: str) -> str:
    """The two-letter code of a country's name. Raises Held for a country that is not known."""
    wanted = plain_name(name)
    codes = {**_CODES, **{plain_name(key): code for key, code in further.items()}}
    if wanted in codes:
        return codes[wanted]
    if re.fullmatch("[a-z]{2}", wanted):
        return wanted.upper()
    if not name:
        fix = "Complete the address in Gomag, then resend the order."
        raise Held(f"The {which} address has no country", code="missing_country", fix=fix)
    raise Held(
        f"The country {name!r} of the {which} address is unknown",
        code="unknown_country",
        fix=f"Add {name!r} and its two-letter code to countries of the connection's Gomag side, then resend the order.",
    )
