"""Maps from one system's words to another's: payment methods, statuses, shipping methods, tax codes."""

from collections.abc import Mapping, Sequence

from shopbridge.errors import Held, Unmapped
from shopbridge.mapping.names import folded

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
