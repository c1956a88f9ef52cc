"""Bulk writes, what the shop says when it refuses them, and getting the others through (platform file, "Sync API")."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from shopbridge.connectors.kit import batches
from shopbridge.connectors.shopware.facts import Features
from shopbridge.connectors.shopware.outcomes import ApiError, is_lost_race, judge, read_errors
from shopbridge.errors import Unfinished
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import PlatformClient

Record = Mapping[str, Any]
Place = tuple[str, int]
"""An operation's key and a record's number in it."""

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
"""A required value is missing: also what the upsert of an unknown id ends in (C12)."""

_REFUSED = frozenset({400, 409})
_TOO_LARGE, _BROKEN, _DONE = 413, 500, 200
_POINTER = re.compile(r"/?([^/]+)/(\d+)(?:/(.*))?", re.DOTALL)
_DATABASE_AWAY = re.compile(r"SQLSTATE\[(?!2[23])")
"""Of the database's own classes only 22 (bad data) and 23 (broken rule) are about what was sent."""

HEADERS: Final = {"indexing-behavior": "use-queue-indexing"}
"""Flags such as ``available`` follow by the message queue: at once would take longest of all (C10)."""
OLD_HEADERS: Final = {**HEADERS, "single-operation": "1", "fail-on-error": "1"}
"""What makes 6.4 behave as later releases do."""


@dataclass(frozen=True)
class Operation:
    """One operation of a sync; ``key`` is what error pointers name it by."""

    key: str
    entity: str
    payload: Sequence[Record]
    action: str = "upsert"

    def to_json(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {"key": self.key, "entity": self.entity, "action": self.action, "payload": list(self.payload)}


@dataclass(frozen=True)
class Problem:
    """Why a record was refused; ``code`` is Shopware's own."""

    code: str
    text: str


@dataclass(frozen=True)
class Refusal:
    """Nothing was written.

    Attributes:
        whole: The first problem.
        at: The records that pointers name, as far as they can be read and trusted.
    """

    whole: Problem
    at: Mapping[Place, Problem]


def sync(client: PlatformClient, operations: Sequence[Operation], features: Features) -> Refusal | None:
    """Write all of it, or nothing; None when it is written. May be repeated: all records have ids.

    Raises:
        Unfinished: Too large, or the shop broke down over it: less may go through.
        RetryLater: Busy or away.
    """
    filled = [operation.to_json() for operation in operations if operation.payload]
    if not filled:
        return None
    headers = HEADERS if features.one_transaction else OLD_HEADERS
    answer = replace(client, judge=_judge).send(Call("POST", "/_action/sync", json=filled, headers=headers))
    refusal = read_refusal(answer)
    return refusal if refusal is None or features.one_transaction else replace(refusal, at={})


def _judge(answer: Answer) -> None:
    if answer.status == _TOO_LARGE:
        raise Unfinished("The shop takes no request of this size", after=60, where=answer.where)
    if read_refusal(answer) is None:
        judge(answer)


def read_refusal(answer: Answer) -> Refusal | None:
    """Return what the shop has against the records sent; None when it is about anything else, or nothing."""
    if answer.status not in {_DONE, _BROKEN, *_REFUSED}:
        return None
    body = answer.json()
    if not isinstance(body, dict):
        return None
    found = _named(read_errors(body.get("errors"))) or _of_each_record(body)
    first = next(iter(found), None)
    if first is None or (answer.status == _BROKEN and not _is_about_data(first[0])):
        return None
    return Refusal(Problem(first[0].code, _told(*first)), _gathered(found))


Found = tuple[ApiError, str]
"""An error, and the pointer to what it is about."""


def _named(errors: Sequence[ApiError]) -> list[Found]:
    """The errors of the envelope, each with its pointer."""
    return [(error, error.pointer) for error in errors]


def _of_each_record(body: Mapping[str, Any]) -> list[Found]:
    """6.4 without ``single-operation``: one entry per record, which is its number."""
    operations = body.get("data")
    found: list[Found] = []
    for key, operation in operations.items() if isinstance(operations, dict) else ():
        entries = operation.get("result") if isinstance(operation, dict) else None
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            errors = read_errors(entry.get("errors") if isinstance(entry, dict) else None)
            found += [(error, f"/{key}/{number}/{error.pointer}") for error in errors]
    return found


def _is_about_data(error: ApiError) -> bool:
    return not is_lost_race(error) and not _DATABASE_AWAY.search(error.detail)


def _gathered(found: Sequence[Found]) -> dict[Place, Problem]:
    """All problems of a record as one."""
    places: dict[Place, Problem] = {}
    for error, pointer in found:
        parts = _POINTER.fullmatch(pointer)
        if parts is None:
            continue
        place, text = (parts[1], int(parts[2])), _told(error, pointer)
        known = places.get(place)
        places[place] = Problem(known.code, f"{known.text}; {text}") if known else Problem(error.code, text)
    return places


def _told(error: ApiError, pointer: str) -> str:
    """With the field's name, where it is about one."""
    field = pointer.rpartition("/")[2]
    return f"{field}: {error.text}" if field else error.text


Item = TypeVar("Item")
Owners = Mapping[str, Sequence[Sequence[int]]]
"""For each operation and each of its records: the places of the items that it was made of."""


Refused = batches.Refused[Problem]


def blame(refusal: Refusal, owners: Owners) -> Refused:
    """Return the items behind the records that a sync names."""
    at = {
        place: problem
        for (key, number), problem in refusal.at.items()
        for place in (owners[key][number] if number < len(owners.get(key, ())) else ())
    }
    return Refused(refusal.whole, at)


def upsert_each(client: PlatformClient, entity: str, records: Sequence[Record], features: Features) -> Refused | None:
    """Write one record for each item of a batch; ``settle`` leaves out those to blame."""
    refusal = sync(client, [Operation(entity, entity, records)], features)
    return blame(refusal, {entity: [(place,) for place in range(len(records))]}) if refusal else None


def settle(items: Sequence[Item], send: Callable[[Sequence[Item]], Refused | None]) -> dict[int, Problem]:
    """Send all that can be sent; returns the items that cannot, by their place.

    Args:
        send: Writes a batch as a whole, or refuses it as a whole; one that takes too long is halved, too.

    Raises:
        Unfinished: Not even a single item goes through in time.
        RetryLater: Busy or away; some may be written.
    """

    def attempt(batch: Sequence[Item]) -> Refused | None:
        try:
            return send(batch)
        except Unfinished as error:
            if len(batch) == 1:
                raise
            return Refused(Problem("unfinished", error.what))

    return batches.settle(items, attempt)
