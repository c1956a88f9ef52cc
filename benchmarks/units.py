"""What DynamoDB would charge: the units of an item, and a meter for all that a store calls."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox.aws.partiql import insertion
from shopbridge.store.bundle import Store

READ_UNIT, WRITE_UNIT = 4096, 1024
"""Bytes of an item that one unit covers (Amazon DynamoDB developer guide, capacity units)."""


class Meter:
    """Counts a store's calls of DynamoDB, and the units that the items they carried come to."""

    def __init__(self, store: Store) -> None:
        self.calls = self.read_units = self.written_units = 0
        events = store.aws.dynamodb.meta.events
        events.register("provide-client-params.dynamodb.*", self._asked)
        events.register("after-call.dynamodb.*", self._answered)

    def taken(self) -> Counter[str]:
        """What was counted since the last look."""
        counted = Counter(calls=self.calls, read=self.read_units, written=self.written_units)
        self.calls = self.read_units = self.written_units = 0
        return counted

    def _asked(self, params: Mapping[str, Any], **_: Any) -> None:
        self.calls += 1
        written = [params["Item"]] if "Item" in params else []
        written += [insertion(statement)[1] for statement in params.get("Statements", ())]
        batches = params.get("RequestItems", {}).values()
        writes = [each for batch in batches if isinstance(batch, list) for each in batch]
        written += [each["PutRequest"]["Item"] for each in writes if "PutRequest" in each]
        self.written_units += sum(units(item, WRITE_UNIT) for item in written)

    def _answered(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        """Updates answer with the whole item, as the store asks; an item that is not there costs a unit as well."""
        self.read_units += int(model.name == "GetItem" and "Item" not in parsed)
        if "Attributes" in parsed:
            self.written_units += units(parsed["Attributes"], WRITE_UNIT)
        read = parsed.get("Responses", {}) if model.name == "BatchGetItem" else {}
        found = [*parsed.get("Items", ()), *(each for batch in read.values() for each in batch)]
        if "Item" in parsed:
            found.append(parsed["Item"])
        self.read_units += sum(units(item, READ_UNIT) for item in found)


def units(item: Mapping[str, Any], size: int) -> int:
    """Units of so many bytes that an item takes, one at least."""
    return max(1, math.ceil(sum(len(name) + _length(value) for name, value in item.items()) / size))


def _length(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_length(part) for part in value.values())
    return len(value if isinstance(value, bytes) else str(value).encode())
