"""A search in the index of all orders: what DynamoDB leaves out, and what is left to be told apart here.

Reading an entry costs twenty times what leaving it out does, so DynamoDB leaves out what it can.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, product
from typing import Any

from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerState, OrderGroup
from shopbridge.ports import OrderSearch
from shopbridge.store.items import Item, moment, text
from shopbridge.store.ledger.items import order_of

FOUND = "#orders_of = :connection AND #found_at BETWEEN :since AND :until"
COUNTED: Mapping[OrderGroup, tuple[str, tuple[LedgerState, ...]]] = {
    "imported": ("#state = :state_0 AND attribute_not_exists(#held_in)", ("DONE",)),
    "on_the_way": ("#state = :state_0 OR #state = :state_1", ("INTENT", "SENT")),
    "held": (
        "#state = :state_0 OR #state = :state_1 OR (#state = :state_2 AND attribute_exists(#held_in))",
        ("HELD", "UNKNOWN", "DONE"),
    ),
    "skipped": ("#state = :state_0", ("SKIPPED",)),
    "refused": ("#state = :state_0", ("REJECTED",)),
}
"""The groups of ``IndexedOrder``, as DynamoDB tells them apart."""
NUMBERS = ("reference", "external_number")


def within(connection: ConnectionId, wanted: OrderSearch) -> dict[str, Any]:
    """Return what the words of ``FOUND`` stand for."""
    return {"connection": text(connection), "since": moment(wanted.since), "until": moment(wanted.until)}


def filter_of(wanted: OrderSearch) -> str:
    """Return the filter; empty where every order is meant."""
    group, _ = COUNTED[wanted.group] if wanted.group else ("", ())
    spelled = range(len(_spellings(wanted.named)))
    named = " OR ".join(f"contains(#{number}, :named_{each})" for each in spelled for number in NUMBERS)
    return " AND ".join(f"({part})" for part in (group, named) if part)


def values_of(wanted: OrderSearch) -> dict[str, Any]:
    """Return what the words of the filter stand for."""
    _, states = COUNTED[wanted.group] if wanted.group else ("", ())
    named = {f"named_{number}": text(spelling) for number, spelling in enumerate(_spellings(wanted.named))}
    return {**named, **{f"state_{number}": text(state) for number, state in enumerate(states)}}


def attributes_of(wanted: OrderSearch) -> Sequence[str]:
    """Return what is needed of an entry: each attribute that is read costs as much again."""
    return ("record", "found_at", *(NUMBERS if wanted.named else ()), *(("buyer",) if wanted.is_buyers else ()))


def is_wanted(wanted: OrderSearch, entry: Item) -> bool:
    """Tell whether an order that the filter let through is one of those."""
    if wanted.is_buyers and not ("buyer" in entry and wanted.is_buyers(order_of(entry), entry["buyer"]["S"])):
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
