"""One DynamoDB table through the low-level client.

Expressions name attributes as ``#attribute`` and values as ``:value``: DynamoDB reserves hundreds of words
(``connection`` and ``state`` among them), so every attribute goes through a placeholder.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shopbridge.errors import RetryLater
from shopbridge.model.basics import in_batches
from shopbridge.store.aws import BUSY_SECONDS, Aws, ConditionFailed, speaking_to
from shopbridge.store.items import Item, number

READ_AT_ONCE = 100
WRITE_AT_ONCE = 25
TRIES = 4
PAUSE = 0.05
"""Seconds before the second try of what a batch left over; twice as long before each further one."""
SERVICE = "DynamoDB"
DUPLICATE = "DuplicateItem"
"""What PartiQL answers to the insertion of an item whose key is taken."""
BUSY = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)
"""Of single statements (API reference, ``BatchStatementError``): whether it was written, only a look tells."""

NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Backwards:
    """How a partition is read from the end of its order.

    Attributes:
        few: How many items are looked at before the first whole page (a megabyte); 0 for none.
        go_on: Asked before each page.
    """

    few: int = 0
    go_on: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Table:
    """A table with the key ``connection`` and ``record``. Every method raises RetryLater when DynamoDB is busy."""

    aws: Aws
    name: str
    sleep: Callable[[float], None] = time.sleep

    def get(self, key: Item) -> Item | None:
        """Return the item as it stands after every write that was answered, or None."""
        with speaking_to(SERVICE):
            answer = self.aws.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def put(self, item: Item, only_if: str = "", **values: Item) -> None:
        """Write the whole item.

        An item that stands exactly so is a success: the client repeats a write whose answer was lost, and
        then meets its own.

        Raises:
            ConditionFailed: The condition ``only_if`` does not hold.
        """
        try:
            with speaking_to(SERVICE):
                self.aws.dynamodb.put_item(TableName=self.name, Item=item, **_conditional(only_if, values))
        except ConditionFailed as error:
            if error.standing != item:
                raise

    def insert(self, items: Sequence[Item]) -> Sequence[bool]:
        """Write new items, each for itself, 25 a call at the price of single writes.

        Returns:
            By item, whether it stands exactly so; else there was one, or DynamoDB was too busy for it.
        """
        return [done for some in in_batches(items, WRITE_AT_ONCE) for done in self._insert_batch(some)]

    def _insert_batch(self, items: Sequence[Item]) -> Sequence[bool]:
        statements: Any = [_insertion(self.name, item) for item in items]
        with speaking_to(SERVICE):
            answers = self.aws.dynamodb.batch_execute_statement(Statements=statements)["Responses"]
        codes = [answer.get("Error", {}).get("Code", "") for answer in answers]
        if unheard_of := set(codes) - {"", DUPLICATE} - BUSY:
            raise RuntimeError(f"DynamoDB refuses our items: {', '.join(sorted(unheard_of))}")
        # The client repeats a call whose answer was lost, and then meets its own items.
        doubtful = [item for item, code in zip(items, codes, strict=True) if code]
        standing = self.get_many([_key_of(item) for item in doubtful])
        return [not code or item in standing for item, code in zip(items, codes, strict=True)]

    def put_after(self, seen: int, item: Item) -> None:
        """Write the item if the one that stands has the version ``seen``, or none stands for 0. As ``put``."""
        if seen:
            self.put(item, "#version = :seen", seen=number(seen))
        else:
            self.put(item, "attribute_not_exists(#record)")

    def update(
        self, key: Item, change: str, only_if: str = "", names: Mapping[str, str] = NO_NAMES, /, **values: Item
    ) -> Item:
        """Change attributes; returns the item as it then stands.

        Args:
            names: Attributes whose names are no words, by what they are called in the expressions.

        Raises:
            ConditionFailed: The condition ``only_if`` does not hold.
        """
        return self._update(key, change, "ALL_NEW", _conditional(only_if, values, change, names=names))

    def update_part(self, key: Item, change: str, only_if: str, /, **values: Item) -> Item:
        """Change attributes as ``update``; returns the changed ones alone, and of a record that refuses it nothing.

        A role that may touch some attributes only is handed no others in AWS' own examples (DynamoDB developer guide,
        conditions for fine-grained access, ``dynamodb:ReturnValues``).

        Raises:
            ConditionFailed: With an empty ``standing``.
        """
        condition = {"ConditionExpression": only_if, **_placeholders(values, only_if, change)}
        return self._update(key, change, "UPDATED_NEW", condition)

    def _update(
        self, key: Item, change: str, told: Literal["ALL_NEW", "UPDATED_NEW"], condition: dict[str, Any]
    ) -> Item:
        with speaking_to(SERVICE):
            answer = self.aws.dynamodb.update_item(
                TableName=self.name, Key=key, UpdateExpression=change, ReturnValues=told, **condition
            )
        return answer["Attributes"]

    def delete(self, key: Item, only_if: str = "", **values: Item) -> None:
        """Remove the item, if it is there. Raises ConditionFailed."""
        with speaking_to(SERVICE):
            self.aws.dynamodb.delete_item(TableName=self.name, Key=key, **_conditional(only_if, values))

    def put_together(self, first: Item, only_if: str, *others: Item, **values: Item) -> None:
        """Write all items or none. Raises ConditionFailed when the condition on the first does not hold."""
        guarded = {"Put": {"TableName": self.name, "Item": first, **_conditional(only_if, values)}}
        free = [{"Put": {"TableName": self.name, "Item": item}} for item in others]
        with speaking_to(SERVICE):
            self.aws.dynamodb.transact_write_items(TransactItems=[guarded, *free])  # type: ignore[list-item]

    def query(
        self,
        where: str,
        *,
        index: str = "",
        keep: str = "",
        only: Sequence[str] = (),
        newest: bool = False,
        backwards: Backwards | None = None,
        **values: Item,
    ) -> Iterator[Item]:
        """Yield items of one partition, in order, page by page.

        ``keep`` filters, ``only`` names the attributes wanted.

        Args:
            newest: As they stand after every write that was answered; costs twice as much, and no index can.
            backwards: From the end of the order, and how.
        """
        projection = ", ".join(f"#{attribute}" for attribute in only)
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": where,
            **({"IndexName": index} if index else {}),
            **({"ConsistentRead": True} if newest else {}),
            **({"ScanIndexForward": False} if backwards else {}),
            **({"FilterExpression": keep} if keep else {}),
            **({"ProjectionExpression": projection} if projection else {}),
            **_placeholders(values, where, keep, projection),
        }
        at_first: dict[str, Any] = {"Limit": backwards.few} if backwards and backwards.few else {}
        while request and (backwards is None or backwards.go_on()):
            with speaking_to(SERVICE):
                page = self.aws.dynamodb.query(**request, **at_first)
            yield from page["Items"]
            last, at_first = page.get("LastEvaluatedKey"), {}
            request = {**request, "ExclusiveStartKey": last} if last else {}

    def last(self, where: str, many: int, *, index: str, **values: Item) -> Sequence[Item]:
        """Return the last entries of one partition of an index, the last one first."""
        with speaking_to(SERVICE):
            page = self.aws.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=where,
                ScanIndexForward=False,
                Limit=many,
                **_placeholders(values, where),
            )
        return page["Items"]

    def count(self, where: str, *, index: str, keep: str, **values: Item) -> int:
        """Return how many entries of an index DynamoDB counts; none of them travels here."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": index,
            "Select": "COUNT",
            "KeyConditionExpression": where,
            "FilterExpression": keep,
            **_placeholders(values, where, keep),
        }
        counted = 0
        while request:
            with speaking_to(SERVICE):
                page = self.aws.dynamodb.query(**request)
            counted += page["Count"]
            last = page.get("LastEvaluatedKey")
            request = {**request, "ExclusiveStartKey": last} if last else {}
        return counted

    def get_many(self, keys: Sequence[Item], *, newest: bool = True) -> Sequence[Item]:
        """Return the items of these keys, in no order; those that do not exist are left out.

        DynamoDB refuses a key that comes twice, and an index whose items move while it is read may give one twice.

        Args:
            newest: As they stand after every write that was answered; else a moment old, perhaps, for half the price.
        """
        once = list({(key["connection"]["S"], key["record"]["S"]): key for key in keys}.values())
        found: list[Item] = []
        for some in in_batches(once, READ_AT_ONCE):
            found += self._get_batch({self.name: _asked(some, newest=newest)})[self.name]
        return found

    def get_beside(
        self, key: Item, other: "Table", keys: Sequence[Item], *, newest: bool = False
    ) -> tuple[Item | None, Sequence[Item]]:
        """Return the item as ``get`` does, and few of another table; by one call.

        Args:
            newest: Those as well; else they may be a moment old, for half the price.
        """
        found = self._get_batch({self.name: _asked([key], newest=True), other.name: _asked(keys, newest=newest)})
        return next(iter(found[self.name]), None), found[other.name]

    def put_many(self, items: Sequence[Item]) -> None:
        """Write these items with distinct keys, in no order; a crash leaves some of them written."""
        self._write_batches([{"PutRequest": {"Item": item}} for item in items])

    def delete_many(self, keys: Sequence[Item]) -> None:
        """Remove the items of these distinct keys."""
        self._write_batches([{"DeleteRequest": {"Key": key}} for key in keys])

    def _get_batch(self, wanted: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Sequence[Item]]:
        """The items of keys, by table."""
        found: dict[str, list[Item]] = {name: [] for name in wanted}
        left: Any = wanted
        for _ in self._tries():
            with speaking_to(SERVICE):
                answer = self.aws.dynamodb.batch_get_item(RequestItems=left)
            for name, items in answer["Responses"].items():
                found[name] += items
            left = answer.get("UnprocessedKeys")
            if not left:
                return found
        raise _too_much()

    def _write_batches(self, writes: Sequence[Item]) -> None:
        for some in in_batches(writes, WRITE_AT_ONCE):
            self._write_batch(some)

    def _write_batch(self, writes: Sequence[Item]) -> None:
        left: Any = {self.name: list(writes)}
        for _ in self._tries():
            with speaking_to(SERVICE):
                answer = self.aws.dynamodb.batch_write_item(RequestItems=left)
            left = answer.get("UnprocessedItems")
            if not left:
                return
        raise _too_much()

    def _tries(self) -> Iterator[int]:
        """What DynamoDB left undone at once it leaves undone again: each try after the first waits."""
        yield 0
        for later in range(1, TRIES):
            self.sleep(PAUSE * 2 ** (later - 1))
            yield later


def _asked(keys: Sequence[Item], *, newest: bool) -> Mapping[str, Any]:
    return {"Keys": list(keys), "ConsistentRead": newest}


def _insertion(table: str, item: Item) -> Mapping[str, Any]:
    """PartiQL's INSERT fails where the key is taken (DynamoDB developer guide, PartiQL insert statements)."""
    values = ", ".join(f"'{name}': ?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{values}}}', "Parameters": list(item.values())}


def _key_of(item: Item) -> Item:
    return {name: item[name] for name in ("connection", "record")}


def _conditional(
    only_if: str, values: dict[str, Item], change: str = "", *, names: Mapping[str, str] = NO_NAMES
) -> dict[str, Any]:
    condition = {"ConditionExpression": only_if, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if only_if else {}
    return {**condition, **_placeholders(values, only_if, change, names=names)}


def _placeholders(values: dict[str, Item], *expressions: str, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    names = {name: names.get(name, name[1:]) for name in re.findall(r"#\w+", " ".join(expressions))}
    return {
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}),
    }


def _too_much() -> RetryLater:
    return RetryLater("DynamoDB takes our batches only in part", after=BUSY_SECONDS, where=SERVICE)
