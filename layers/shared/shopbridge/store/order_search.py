"""A search in the index of all orders: what DynamoDB leaves out, and what is left to be told apart here.

Reading an entry costs twenty times what leaving it out does, so DynamoDB leaves out what it can.
"""

from collections.abc import Sequence
from itertools import groupby, product
from typing import Any

from shopbridge.model.base import OrderId
from shopbridge.ports import OrderSearch
from shopbridge.store.items import Item, text

NUMBERS = ("reference", "external_number")


def filter_of(wanted: OrderSearch, group: str) -> str:
    """Return the filter; ``group`` is what holds of the orders that are there."""
    spelled = range(len(_spellings(wanted.named)))
    named = " OR ".join(f"contains(#{number}, :named_{each})" for each in spelled for number in NUMBERS)
    return " AND ".join(f"({part})" for part in (group, named) if part)


def values_of(wanted: OrderSearch) -> dict[str, Any]:
    """Return what the filter's words for names stand for."""
    return {f"named_{number}": text(spelling) for number, spelling in enumerate(_spellings(wanted.named))}


def attributes_of(wanted: OrderSearch) -> Sequence[str]:
    """Return what is needed of an entry: each attribute that is read costs as much again."""
    return ("record", "found_at", *(NUMBERS if wanted.named else ()), *(("buyer",) if wanted.is_buyers else ()))


def is_wanted(wanted: OrderSearch, order: OrderId, entry: Item) -> bool:
    """Tell whether an order that the filter let through is one of those."""
    if wanted.is_buyers and not ("buyer" in entry and wanted.is_buyers(order, entry["buyer"]["S"])):
        return False
    part = wanted.named.casefold()
    return not part or any(part in entry[number]["S"].casefold() for number in NUMBERS)


def _spellings(named: str) -> Sequence[str]:
    """Parts of which a number has one wherever it has ``named``: DynamoDB tells capitals from small letters."""
    runs = ("".join(run) for has_case, run in groupby(named, key=_has_case) if not has_case)
    if longest := max(runs, key=len, default=""):
        return [longest]
    cases = ((letter.lower(), letter.upper()) for letter in named[:2])
    return list(dict.fromkeys("".join(each) for each in product(*cases))) if named else []


def _has_case(letter: str) -> bool:
    return letter.lower() != letter.upper()
