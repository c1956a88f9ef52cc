"""Holds the maps of a connection against what the shop calls its values."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from shopbridge.flows.orders.resolve import rate_key
from shopbridge.mapping.names import folded
from shopbridge.mapping.validation import nearest
from shopbridge.model.office import Choice
from shopbridge.model.settings import ValueMap

BY_ANY_NAME = ("payment", "shipping")
"""Maps whose values an order brings with all their names; of the others it brings the key alone."""
TAX = "tax"
"""The one map whose values a shop does not list whole: countries have rates of their own."""


def gaps(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Shop values that would hold an order, told before the first one comes."""
    entries = {folded(key) for key in table.entries}
    open_keys = [choice.key for choice in choices if entries.isdisjoint(map(folded, _names(name, choice)))]
    if open_keys and table.fallback is None:
        yield f"Orders with one of these {name} values will be held until the map names them: {', '.join(open_keys)}."


def map_problems(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Entries that no order of the shop will ever come in with: a typing error, unless they are said to be former."""
    known = _known(name, choices)
    former = {folded(key) for key in table.former}
    for key in _strangers(table, known) if name != TAX else ():
        if folded(key) not in former:
            yield (
                f"orders.maps.{name}: The shop has no {name} {key!r}. {advice(key, choices)} "
                f"One that it does not list any more is named in orders.maps.{name}.former, too."
            )


def map_remarks(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Rates that the shop does not list: right where they are a country's own."""
    strangers = _strangers(table, _known(name, choices)) if name == TAX else []
    if strangers:
        yield f"orders.maps.tax names rates that the shop does not list: {', '.join(strangers)}."


def tax_problems(table: ValueMap) -> Iterable[str]:
    """A map that would hold every order, and keys that are no percentage as orders bring it."""
    if not table.entries and table.fallback is None:
        yield (
            "orders.maps.tax names no rate, so every order would be held. Write the percentages that the shop sells "
            'at, such as entries: {"21": "=", "9": "="}; `=` keeps the percentage.'
        )
    for key in table.entries:
        written = _percentage(key)
        if written != key.strip():
            instead = f"Did you mean {written}?" if written else "Write it as `19` or `5.5`."
            yield f"orders.maps.tax: {key!r} is no percentage as orders have it. {instead}"


def advice(text: str, choices: Sequence[Choice]) -> str:
    """What to write instead: the key that is most like it, or any."""
    keys = {name: choice.key for choice in choices for name in (choice.title, choice.key)}
    meant = keys.get(nearest(text, keys))
    question = f"Did you mean {meant}? " if meant else ""
    return f"{question}Choose one of: {', '.join(choice.key for choice in choices)}."


def _known(name: str, choices: Sequence[Choice]) -> set[str]:
    return {folded(each) for choice in choices for each in _names(name, choice)}


def _strangers(table: ValueMap, known: set[str]) -> Sequence[str]:
    return [key for key in table.entries if known and folded(key) not in known]


def _names(name: str, choice: Choice) -> Iterable[str]:
    return (choice.key, choice.title, *choice.also) if name in BY_ANY_NAME else (choice.key,)


def _percentage(key: str) -> str:
    """The key as orders bring it; empty for what is no number."""
    try:
        rate = Decimal(key.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return ""
    return rate_key(rate) if rate.is_finite() else ""
