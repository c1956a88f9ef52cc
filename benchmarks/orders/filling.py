"""Tables that hold much: copies of what one order, or one connection, left there."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from chaos.tables import Tables

STATE, CONNECTIONS = "StateTable", "ConnectionsTable"
CONNECTION = "bench"
LEDGER = "LEDGER#order#"


def add_orders(tables: Tables, count: int) -> None:
    """So many more imported orders, and where each is found by its name in the back office."""
    sample = next(tables.records(STATE, CONNECTION, LEDGER))
    held = len(list(tables.records(STATE, CONNECTION, LEDGER)))
    for number in range(held, held + count):
        name = f"{number:032x}"
        _put(tables, STATE, {**sample, "record": {"S": LEDGER + name}})
        place = {"connection": sample["connection"], "record": {"S": f"OFFICE#9{number:09}"}}
        _put(tables, STATE, {**place, "order": {"S": name}})


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
