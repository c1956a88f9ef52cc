"""Countries by the names that shops write out, in the languages of their platforms; pure.

The names are those of the Unicode CLDR (Unicode License v3), reduced by ``tools/country_names.py`` to what is compared.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shopbridge.errors import Held
from shopbridge.mapping.names import letters_of


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
