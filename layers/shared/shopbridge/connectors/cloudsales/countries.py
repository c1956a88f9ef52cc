"""How BOCP calls countries."""

from collections.abc import Mapping

from shopbridge.errors import Held

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
"""[inferred] All but ``Romania`` (client B3): the Romanian names, without diacritics."""


def country_name(code: str, own: Mapping[str, str]) -> str:
    """The name of a country; the settings' own names come first.

    Raises:
        Held: We know no name for it (code ``country_without_name``).
    """
    name = own.get(code) or COUNTRIES.get(code)
    if not name:
        raise Held(
            f"There is no name for the country {code}",
            code="country_without_name",
            where="CloudSales",
            fix=f"Add the key {code!r} to countries in the settings of CloudSales, then resend the order.",
        )
    return name
