"""Comparing names as people write them: statuses, payment methods, categories, countries; pure.

One rule for all of them. What people do not write but copy is compared otherwise, where it is used: SKUs (capitals and
accents count, and neighbours are told), e-mail addresses (capitals alone, a key of the ledger), ids and signatures.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from shopbridge.errors import Held, Unmapped

_ONE_FORM: Final = str.maketrans(
    {
        # Letters of their own in Unicode, which people without such a keyboard write as plain ones.
        "\u0131": "i",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ħ": "h",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        # What word processors make of apostrophes, quotes and hyphens.
        **dict.fromkeys("\u2019\u2018\u201b\u2032\u02bc\u02b9`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        # Nobody sees these: soft hyphens, joiners, marks of direction and of a file's beginning.
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)
_ACCENTS: Final = 200
"""Combining marks above, below and attached; lower classes tell letters apart, as in Japanese and Hindi."""
_PUNCTUATION: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return a name without what people leave out or write in two ways; equal names are meant alike.

    Neither capitals (``ß`` is ``ss``, the Turkish i is one, dotted or not), accents, the width and number of blanks,
    nor the form of apostrophes and hyphens count. Other punctuation does: ``Card`` is not ``Card (POS)``.
    """
    # Capitals and composed characters hide in each other, so Unicode's own caseless form takes both twice (D146).
    letters = _decomposed(_decomposed(unicodedata.normalize("NFD", name).translate(_ONE_FORM)))
    kept = "".join(letter for letter in letters if unicodedata.combining(letter) < _ACCENTS)
    return " ".join(kept.translate(_ONE_FORM).split())


def plain_ascii(text: str) -> str:
    """Return a text on one line in ASCII: letters without their marks, and without what has no such form."""
    return unicodedata.normalize("NFKD", " ".join(text.split())).encode("ascii", "ignore").decode()


def letters_of(name: str) -> str:
    """Return a folded name's letters and digits alone, where punctuation tells nothing apart, such as in countries."""
    return _PUNCTUATION.sub("", folded(name))


def is_among(names: Collection[str], *candidates: str) -> bool:
    """Tell whether one of the candidates, such as an id or a name, is among the names."""
    wanted = {folded(name) for name in names}
    return any(folded(candidate) in wanted for candidate in candidates if candidate)


def caseless(name: str) -> str:
    """Return what tells a new name apart from those that are there, before it is made in a target.

    Deliberately finer than ``folded``: a wine is ``Rosé`` or ``Rose``, and in Hungarian ``kor`` is an age and ``kör`` a
    circle. A value found in error is written to a shop, while one too many harms nobody. Shopware's ids of properties
    are made of it, too, so it never changes.
    """
    return " ".join(name.split()).casefold()


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold())


KEEP = "="
"""As an entry or fallback: the value is called the same on both sides."""


def translate(
    table: str,
    entries: Mapping[str, str],
    candidates: str | Sequence[str],
    *,
    where: str = "",
    fallback: str | None = None,
) -> str:
    """Look a value up in a map of the connection's settings; what is not in it is never guessed.

    Args:
        table: The map, as in the settings: ``payment``, ``shipping``, ``status``, ``tax``.
        entries: The map. A key matches exactly, else as ``names.folded`` compares. The entry ``=`` keeps
            the value as it is.
        candidates: The value, or several names of the same thing in order of preference, for example a
            technical name and the name a buyer reads. Empty ones are passed over.
        where: The record, for the error.
        fallback: What to take when nothing matches, if the merchant chose one by name.

    Raises:
        Unmapped: No key matches; names the first candidate, which is the key to add.
        Held: There is no value at all, so no key could help (code ``missing_<table>``).
    """
    names = [candidates] if isinstance(candidates, str) else candidates
    known = [name for name in names if name.strip()]
    matches = ((name, match) for name in known if (match := _entry(entries, name)) is not None)
    name, found = next(matches, (known[0] if known else "", fallback))
    if found is None or (found == KEEP and not name):
        raise Unmapped(table, name.strip(), where=where) if name else _missing(table, where)
    return name.strip() if found == KEEP else found


def _entry(entries: Mapping[str, str], name: str) -> str | None:
    """Return the entry for one name; keys that only look alike and disagree match nothing."""
    if name in entries:
        return entries[name]
    alike = {value for key, value in entries.items() if folded(key) == folded(name)}
    return alike.pop() if len(alike) == 1 else None


def _missing(table: str, where: str) -> Held:
    return Held(
        f"The order has no {table}",
        code=f"missing_{table}",
        where=where,
        fix=f"Set it in the shop, or choose a fallback for {table} in the connection; then resend the order.",
    )
