"""DynamoDB in this process, on a clock of our own: what the store calls, in microseconds, with a late TTL.

It stands in for moto where thousands of orders are played, and is held against it by
``tests/sandbox/quick/test_tables.py``.
"""

import json
import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sandbox.aws.partiql import answers
from sandbox.quick.expressions import Condition, Item, Values, change, condition

PAGE = 100
"""Items of a page; DynamoDB's end after a megabyte."""
LARGEST = 400_000
"""Bytes of an item (Amazon DynamoDB developer guide, quotas)."""
FORGET: Final = "forget_at"
"""The TTL attribute of the tables that have one."""
PARTITION: Final = ":connection"
"""What the store calls the value of the hash key in a key condition."""
TELLS_WHY: Final = "ReturnValuesOnConditionCheckFailure"
LEFT_IN: Final = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}
LATEST = timedelta(hours=48)
"""How long an item may outlive its end (Amazon DynamoDB developer guide, time to live)."""
Entry = tuple[tuple[str, str], Item]


class Refused(Exception):  # noqa: N818 - what DynamoDB does
    """An answer of status 400."""

    def __init__(self, code: str, **told: Any) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True)
class _Index:
    """A global secondary index: its key, and what it holds besides."""

    hash: str
    range: str
    holds: frozenset[str]

    def has(self, row: Item) -> bool:
        """A row without one of the key's attributes is not in it."""
        return self.hash in row and self.range in row

    def entry(self, row: Item) -> Entry:
        """Its place in the index, and what is held there."""
        return (row[self.hash]["S"], row[self.range]["S"]), _only(row, self.holds)


@dataclass
class _Table:
    indexes: Mapping[str, _Index]
    forgets: bool
    rows: defaultdict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    ends: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When rows go, where they have an end."""


@dataclass
class Tables:
    """All tables of the stack, by name.

    Args:
        described: Their properties as in template.yaml.
        random: Decides how late each row goes.
        on_write: Hears of every row that is written: table, the row before and after; None where there is none.
    """

    described: Mapping[str, Mapping[str, Any]]
    clock: Callable[[], datetime]
    random: Random
    on_write: Callable[[str, Item | None, Item | None], None] = lambda *_: None

    def __post_init__(self) -> None:
        self._tables = {name: _made(properties) for name, properties in self.described.items()}
        self._done: set[str] = set()
        self._answers: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "GetItem": self._get,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "Query": self._query,
            "BatchGetItem": self._get_batch,
            "BatchWriteItem": self._write_batch,
            "TransactWriteItems": self._write_together,
            "BatchExecuteStatement": self._insert_batch,
        }

    def answer(self, operation: str, body: str, whole: bool = True) -> Mapping[str, Any]:
        """What DynamoDB says to a call of ours, as the SDK parses it. Raises Refused.

        Args:
            whole: Otherwise half of a batch is left undone.
        """
        asked = json.loads(body, object_hook=_bytes if '"B"' in body else None)
        if whole or operation not in LEFT_IN:
            return self._answers[operation](asked)
        done, left = _halves(asked["RequestItems"])
        return {**self._answers[operation]({"RequestItems": done}), LEFT_IN[operation]: left}

    def records(self, table: str, connection: str, prefix: str) -> Iterator[Item]:
        """What stands in a table under a connection, for who judges."""
        rows = self._alive(self._tables[table], connection)
        return (item for name, item in sorted(rows.items()) if name.startswith(prefix))

    def connections(self, table: str) -> Sequence[str]:
        """Which connections a table has rows of, for who fills it."""
        return [connection for connection, rows in self._tables[table].rows.items() if rows]

    def in_indexes(self, table: str, row: Item | None) -> Sequence[Entry | None]:
        """Where each index of a table has a row, and what it holds of it; None where it does not have it."""
        return [index.entry(row) if row and index.has(row) else None for index in self._tables[table].indexes.values()]

    # --- calls ----------------------------------------------------------------------------------------

    def _get(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._find(asked["TableName"], asked["Key"])
        return {"Item": found} if found is not None else {}

    def _put(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self._check(asked, self._find(asked["TableName"], asked["Item"]))
        self._keep(asked["TableName"], asked["Item"])
        return {}

    def _update(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        standing = self._find(asked["TableName"], asked["Key"])
        self._check(asked, standing)
        item = dict(standing or asked["Key"])
        change(asked["UpdateExpression"])(item, _values(asked))
        self._keep(asked["TableName"], item)
        return _told(asked, item)

    def _delete(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self._check(asked, self._find(asked["TableName"], asked["Key"]))
        hash_, range_ = _key(asked["Key"])
        gone = self._tables[asked["TableName"]].rows[hash_].pop(range_, None)
        self.on_write(asked["TableName"], gone, None)
        return {}

    def _get_batch(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = {
            name: [item for key in wanted["Keys"] if (item := self._find(name, key)) is not None]
            for name, wanted in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _write_batch(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        for name, writes in asked["RequestItems"].items():
            for write in writes:
                if "PutRequest" in write:
                    self._keep(name, write["PutRequest"]["Item"])
                else:
                    self._delete({"TableName": name, "Key": write["DeleteRequest"]["Key"]})
        return {"UnprocessedItems": {}}

    def _insert_batch(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"Responses": answers(asked["Statements"], self._insert)}

    def _insert(self, name: str, item: Item) -> bool:
        if self._find(name, item) is not None:
            return False
        self._keep(name, item)
        return True

    def _write_together(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        token = asked.get("ClientRequestToken", "")
        if token and token in self._done:
            return {}  # the SDK repeats a call whose answer was lost, under its first name
        puts = [each["Put"] for each in asked["TransactItems"]]
        held = [self._holds(put, self._find(put["TableName"], put["Item"])) for put in puts]
        if not all(held):
            codes = [{"Code": "None" if well else "ConditionalCheckFailed"} for well in held]
            raise Refused("TransactionCanceledException", CancellationReasons=codes)
        for put in puts:
            self._keep(put["TableName"], put["Item"])
        self._done.add(token)
        return {}

    def _query(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        table, values = self._tables[asked["TableName"]], _values(asked)
        index = table.indexes.get(asked.get("IndexName", ""))
        wanted = condition(asked["KeyConditionExpression"])
        rows = self._rows(table, index, asked, wanted)
        backwards = not asked.get("ScanIndexForward", True)
        page, rest = _after(rows[::-1] if backwards else rows, index, asked, backwards=backwards)
        keep = condition(asked["FilterExpression"]) if "FilterExpression" in asked else None
        only = [values[name.strip()] for name in asked.get("ProjectionExpression", "").split(",") if name]
        found = [_only(item, only) for item in page if keep is None or keep(item, values)]
        shown = {} if asked.get("Select") == "COUNT" else {"Items": found}
        return {**shown, "Count": len(found), **({"LastEvaluatedKey": _place(page[-1], index)} if rest else {})}

    # --- rows -----------------------------------------------------------------------------------------

    def _rows(self, table: _Table, index: _Index | None, asked: Mapping[str, Any], wanted: Condition) -> Sequence[Item]:
        """Those that are wanted, in the order of the key; an index has the rows that have both of its attributes."""
        values = _values(asked)
        if index is None:
            hash_ = asked["ExpressionAttributeValues"][PARTITION]["S"]
            found = [(name, item) for name, item in self._alive(table, hash_).items() if wanted(item, values)]
            return [item for _, item in sorted(found)]
        every = (item for hash_ in list(table.rows) for item in self._alive(table, hash_).values())
        held = [_only(item, index.holds) for item in every if index.has(item) and wanted(item, values)]
        return sorted(held, key=lambda item: (item[index.range]["S"], _key(item)))

    def _alive(self, table: _Table, hash_: str) -> Mapping[str, dict[str, Any]]:
        if table.forgets:
            for range_ in list(table.rows[hash_]):
                self._bury(table, hash_, range_)
        return table.rows[hash_]

    def _find(self, name: str, key: Item) -> dict[str, Any] | None:
        table, (hash_, range_) = self._tables[name], _key(key)
        self._bury(table, hash_, range_)
        return table.rows[hash_].get(range_)

    def _bury(self, table: _Table, hash_: str, range_: str) -> None:
        if (end := table.ends.get((hash_, range_))) is not None and self.clock() >= end:
            del table.ends[hash_, range_]
            table.rows[hash_].pop(range_, None)  # one that was deleted, or lost with its table, is gone before its end

    def _keep(self, name: str, item: Item) -> None:
        """Write a row; half of those that have an end go at once when it comes, the others late."""
        if sum(len(key) + len(str(value)) for key, value in item.items()) > LARGEST:
            raise Refused("ValidationException")
        table, (hash_, range_) = self._tables[name], _key(item)
        self.on_write(name, table.rows[hash_].get(range_), item)
        table.rows[hash_][range_] = dict(item)
        table.ends.pop((hash_, range_), None)
        if table.forgets and FORGET in item:
            late = LATEST * max(0.0, self.random.uniform(-1, 1))
            table.ends[hash_, range_] = datetime.fromtimestamp(int(item[FORGET]["N"]), self.clock().tzinfo) + late

    def _check(self, asked: Mapping[str, Any], standing: Item | None) -> None:
        if not self._holds(asked, standing):
            told = {"Item": standing} if standing is not None and TELLS_WHY in asked else {}
            raise Refused("ConditionalCheckFailedException", **told)

    def _holds(self, asked: Mapping[str, Any], standing: Item | None) -> bool:
        expression = asked.get("ConditionExpression")
        return expression is None or condition(expression)(standing or {}, _values(asked))


def _told(asked: Mapping[str, Any], item: Item) -> Mapping[str, Any]:
    """What a change answers with: nothing unless it asks for all, or for the attributes that it names."""
    match asked.get("ReturnValues"):
        case "ALL_NEW":
            return {"Attributes": item}
        case "UPDATED_NEW":
            return {"Attributes": _changed(asked, item)}
    return {}


def _changed(asked: Mapping[str, Any], item: Item) -> Item:
    named = {asked["ExpressionAttributeNames"][name] for name in re.findall(r"#\w+", asked["UpdateExpression"])}
    return {name: value for name, value in item.items() if name in named}


def _made(properties: Mapping[str, Any]) -> _Table:
    indexes = {each["IndexName"]: _index(each) for each in properties.get("GlobalSecondaryIndexes", ())}
    return _Table(indexes, forgets="TimeToLiveSpecification" in properties)


def _index(described: Mapping[str, Any]) -> _Index:
    hash_, range_ = (part["AttributeName"] for part in described["KeySchema"])
    held = described["Projection"].get("NonKeyAttributes", ())
    return _Index(hash_, range_, frozenset({hash_, range_, "connection", "record", *held}))


def _key(item: Item) -> tuple[str, str]:
    return item["connection"]["S"], item["record"]["S"]


def _values(asked: Mapping[str, Any]) -> Values:
    return {**asked.get("ExpressionAttributeNames", {}), **asked.get("ExpressionAttributeValues", {})}


def _only(item: Item, names: Sequence[str] | frozenset[str]) -> Item:
    return {name: value for name, value in item.items() if name in names} if names else item


def _after(
    rows: Sequence[Item], index: _Index | None, asked: Mapping[str, Any], *, backwards: bool
) -> tuple[Sequence[Item], bool]:
    """The next page, and whether more follow."""
    start, most = asked.get("ExclusiveStartKey"), min(asked.get("Limit", PAGE), PAGE)
    if start is not None:
        place = _sorted_by(start, index)
        rows = [item for item in rows if (_sorted_by(item, index) > place) is not backwards and not _is_at(item, start)]
    return rows[:most], len(rows) > most


def _is_at(item: Item, place: Item) -> bool:
    return _key(item) == _key(place)


def _sorted_by(item: Item, index: _Index | None) -> tuple[str, tuple[str, str]]:
    return item[index.range if index else "record"]["S"], _key(item)


def _place(item: Item, index: _Index | None) -> Item:
    names = {"connection", "record", *((index.hash, index.range) if index else ())}
    return {name: value for name, value in item.items() if name in names}


def _halves(asked: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A batch as two: what is asked of each table are writes, or keys to be read."""
    done, left = {}, {}
    for name, wanted in asked.items():
        rows = wanted["Keys"] if isinstance(wanted, Mapping) else wanted
        first, rest = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        done[name] = {**wanted, "Keys": first} if isinstance(wanted, Mapping) else first
        left[name] = {**wanted, "Keys": rest} if isinstance(wanted, Mapping) else rest
    return done, left


def _bytes(found: dict[str, Any]) -> Any:
    """Bytes travel as base64."""
    return {"B": b64decode(found["B"])} if found.keys() == {"B"} else found
