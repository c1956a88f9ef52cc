"""Tables that hold much: copies of what one order, or one connection, left there."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from benchmarks.orders.clock import BEGAN
from sandbox.quick.tables import Tables

STATE, CONNECTIONS = "StateTable", "ConnectionsTable"
CONNECTION = "bench"
LEDGER, BUYER, HANDED = "LEDGER#order#", "DIRECTORY#customer-keyed#", "HANDED#"
PAGE = 10
"""Orders of a poll, of which the log of what was handed over has one record."""


def add_orders(tables: Tables, count: int) -> None:
    """So many more imported orders, each of a buyer of its own, with all that is remembered of them.

    That is where each is found by its name in the back office, its buyer's id there, and that it was handed over.
    """
    order, buyer, page = (next(tables.records(STATE, CONNECTION, each)) for each in (LEDGER, BUYER, HANDED))
    held = len(list(tables.records(STATE, CONNECTION, LEDGER)))
    for number in range(held, held + count):
        name = f"{number:032x}"
        _put(tables, STATE, {**order, "record": {"S": LEDGER + name}})
        place = {"connection": order["connection"], "record": {"S": f"OFFICE#9{number:09}"}}
        _put(tables, STATE, {**place, "order": {"S": name}})
        _put(tables, STATE, {**buyer, "record": {"S": BUYER + name}})
        if number % PAGE == 0:
            _put(tables, STATE, {**page, "record": {"S": f"{HANDED}{_day_before(number)}#{number:08x}#000000"}})


def _day_before(second: int) -> str:
    """A moment that lies longer ago than any poll looks back."""
    return (BEGAN - timedelta(days=1, seconds=second)).isoformat(timespec="microseconds")


def add_connections(tables: Tables, count: int) -> None:
    """So many more connections with the same settings."""
    sample = next(tables.records(CONNECTIONS, CONNECTION, "SETTINGS"))
    held = len(tables.connections(CONNECTIONS))
    for number in range(held, held + count):
        _put(tables, CONNECTIONS, {**sample, "connection": {"S": f"bench-{number:06}"}})


def _put(tables: Tables, table: str, item: Mapping[str, Any]) -> None:
    tables.answer("PutItem", json.dumps({"TableName": table, "Item": item}, default=_packed))


def _packed(value: bytes) -> str:
    return b64encode(value).decode()


FILL: Mapping[str, Callable[[Tables, int], None]] = {"orders": add_orders, "connections": add_connections}
