"""What DynamoDB and SQS charge for, counted where it is kept: tables know what stood there before a row was written.

Units are whole ones of 1 KB written and 4 KB read; a read that may be a moment old is half of one, a write in a
transaction two (Amazon DynamoDB developer guide, read and write units). An index is written, and charged, whenever one
of the attributes that it holds has changed.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.units import READ_UNIT, WRITE_UNIT, units
from sandbox.quick.expressions import Item
from sandbox.quick.queues import Message, Queues
from sandbox.quick.tables import Entry, Refused, Tables

WRITE, INDEX, READ, QUEUE = "write_units", "index_units", "read_units", "queue_requests"
CHUNK = 64 * 1024
"""Bytes that one request of SQS covers (Amazon SQS pricing)."""
TOGETHER = "TransactWriteItems"
NO_ITEM: Item = {}


@dataclass
class ChargedTables:
    """Tables with a meter.

    Attributes:
        charged: Units so far: of tables written (``write_units``), of their indexes, and read.
    """

    tables: Tables
    charged: dict[str, float] = field(default_factory=lambda: dict.fromkeys((WRITE, INDEX, READ), 0.0))
    _times: int = 1

    def __post_init__(self) -> None:
        self.tables.on_write = self._wrote

    def answer(self, operation: str, body: str) -> Mapping[str, Any]:
        """What DynamoDB says. Raises Refused; a condition that was not met has been charged as well."""
        self._times = 2 if operation == TOGETHER else 1
        try:
            told = self.tables.answer(operation, body)
        except Refused as refused:
            self.charged[WRITE] += self._times * _refused_units(refused, json.loads(body))
            raise
        self.charged[WRITE] += _refused_statements(told)
        self.charged[READ] += _read_units(operation, json.loads(body), told)
        return told

    def _wrote(self, table: str, before: Item | None, after: Item | None) -> None:
        self.charged[WRITE] += self._times * max(units(each or NO_ITEM, WRITE_UNIT) for each in (before, after))
        entries = zip(self.tables.in_indexes(table, before), self.tables.in_indexes(table, after), strict=True)
        self.charged[INDEX] += self._times * sum(_index_units(*entry) for entry in entries)


@dataclass
class ChargedQueues:
    """Queues with a meter.

    Attributes:
        charged: Requests so far.
    """

    queues: Queues
    charged: int = 0

    def answer(self, operation: str, body: str) -> Mapping[str, Any]:
        """What SQS says."""
        self.charged += requests_for(body)
        return self.queues.answer(operation, body)

    def take(self, most: int) -> list[Message]:
        """Take messages that are due off one queue: as Lambda does, which receives them and deletes them in the end."""
        waiting = [each for each in self.queues.waiting.values() if each.due <= self.queues.clock()]
        taken = [each for each in waiting if each.queue == waiting[0].queue][:most]
        for message in taken:
            self.queues.delete(message)
        self.charged += requests_for("".join(each.body for each in taken)) + 1
        return taken


def requests_for(text: str) -> int:
    """Requests that are paid for this much to send or receive."""
    return max(1, math.ceil(len(text.encode()) / CHUNK))


def _index_units(before: Entry | None, after: Entry | None) -> int:
    """An entry that moves to another place is taken out and put in."""
    if before == after:
        return 0
    sizes = [units(held, WRITE_UNIT) for _, held in filter(None, (before, after))]
    moved = before is not None and after is not None and before[0] != after[0]
    return sum(sizes) if moved else max(sizes)


def _refused_units(refused: Refused, asked: Mapping[str, Any]) -> int:
    if "TransactItems" in asked:
        return len(asked["TransactItems"])
    return units(refused.told.get("Item", NO_ITEM), WRITE_UNIT)


def _refused_statements(told: Mapping[str, Any]) -> int:
    """Of a batch of statements (``BatchExecuteStatement``): one that is refused has been charged as well."""
    responses = told.get("Responses", ())
    return 0 if isinstance(responses, Mapping) else sum("Error" in each for each in responses)


def _read_units(operation: str, asked: Mapping[str, Any], told: Mapping[str, Any]) -> float:
    """Of a query what it found, together; of all else each item by itself, also one that is not there."""
    if operation == "Query":
        return _read([{str(number): {"M": item} for number, item in enumerate(told.get("Items", ()))}], asked)
    if operation == "GetItem":
        return _read([told.get("Item", NO_ITEM)], asked)
    if operation != "BatchGetItem":
        return 0
    return sum(
        _read([*told["Responses"][table], *[NO_ITEM] * (len(each["Keys"]) - len(told["Responses"][table]))], each)
        for table, each in asked["RequestItems"].items()
    )


def _read(items: Sequence[Item], asked: Mapping[str, Any]) -> float:
    return sum(units(item, READ_UNIT) for item in items) * (1 if asked.get("ConsistentRead") else 0.5)
