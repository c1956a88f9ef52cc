"""What a look at a widget costs with ten thousand orders in the ledger: CPU of the function, and calls to AWS.

The answers are as DynamoDB sends them and are read by the SDK; what making them costs the test is not counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import accumulate, takewhile
from time import process_time
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.parsers import create_parser

from sandbox.quick.expressions import condition
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import EffectKey, LedgerRecord, Reason
from shopbridge.store.items import Item
from shopbridge.store.ledger.items import to_item
from tests.integration.stage import NewWorld
from tests.integration.world import World
from tests.integration.worlds.desk_pages import WidgetPage

KEY = ("connection", "record")
ORDERS, HELD_EVERY, DAYS = 10_000, 100, 60
MOST_CPU = 0.3
"""Seconds."""
MEGABYTE = 1 << 20
INDEXES = {
    "orders": ("orders_of", "found_at", *KEY, "state", "held_in", "reference", "external_number", "buyer"),
    "held": ("held_in", "held_at", *KEY, "state", "reference"),
}
"""Their keys, and what they hold besides, as in template.yaml."""
WHY = Reason(code="unmapped_payment", text="The payment 'x' has no entry in the map.", fix="Add the key 'x'.")


class BigLedger:
    """Answers for the orders of one connection in DynamoDB's place; everything else goes its way."""

    def __init__(self, world: World) -> None:
        self.own = 0.0
        self.calls: Counter[str] = Counter()
        self._parser: Any = create_parser("json")
        now, apart = world.clock(), timedelta(days=DAYS) / ORDERS
        self.items = [self._item(world, number, now - number * apart) for number in range(ORDERS)]
        self._answers: dict[tuple[str, bytes], bytes | None] = {}
        self._partitions = {index: self._partition(index) for index in ("", *INDEXES)}
        self._by_record = {item["record"]["S"]: item for item in self.items}
        self._events = world.container.store.aws.dynamodb.meta.events
        self._events.register_first("before-call.dynamodb", self._answer)

    def _item(self, world: World, number: int, found_at: Any) -> Item:
        held = number % HELD_EVERY == 0
        record = LedgerRecord(
            key=EffectKey(connection=world.connection, kind="order", id=f"{number:032x}"),
            state="HELD" if held else "DONE",
            reason=WHY if held else None,
            revision="1",
            reference=f"{20_000 + number}",
            external_id=None if held else ExternalId(f"{number}"),
            external_number="" if held else f"SO-{number}",
            buyer="ab" * 16,
            found_at=found_at,
            updated_at=found_at,
        )
        return to_item(record)

    def _answer(self, model: Any, params: Mapping[str, Any], **_: Any) -> Any:
        began = process_time()
        self.calls[model.name] += 1
        raw = self._raw(model.name, params["body"])
        self.own += process_time() - began
        if raw is None:
            return None
        return AWSResponse("", 200, HTTPHeaders(), None), self._read(model, raw)

    def _read(self, model: Any, raw: bytes) -> Any:
        """As the SDK's endpoint does."""
        response, ours = {"status_code": 200, "headers": {}, "body": raw}, dict[str, Any]()
        told = {"operation_model": model, "response_dict": response, "customized_response_dict": ours}
        self._events.emit(f"before-parse.dynamodb.{model.name}", **told)
        return {**self._parser.parse(response, model.output_shape), **ours}

    def _raw(self, operation: str, body: bytes) -> bytes | None:
        """The same call has the same answer."""
        if (operation, body) not in self._answers:
            told = self._told(operation, json.loads(body))
            self._answers[operation, body] = None if told is None else json.dumps(told).encode()
        return self._answers[operation, body]

    def _told(self, operation: str, asked: Mapping[str, Any]) -> Any:
        if operation == "BatchGetItem":
            return self._records(asked["RequestItems"])
        if operation == "GetItem" and (item := self._by_record.get(asked["Key"]["record"]["S"])):
            return {"Item": item}
        return self._page(asked) if operation == "Query" else None

    def _page(self, asked: Mapping[str, Any]) -> Any:
        """A page of one of our indexes, or of the orders themselves; None for what else is queried."""
        index, values = asked.get("IndexName", ""), asked["ExpressionAttributeValues"]
        if not (index in INDEXES or (not index and ":orders" in values)):
            return None
        words = {**asked["ExpressionAttributeNames"], **values}
        wanted = condition(asked["KeyConditionExpression"])
        items = [each for each in self._partitions[index] if wanted(each, words)]
        if asked.get("ScanIndexForward") is False:
            items.reverse()
        at, last = _read(items, asked)
        keep = condition(asked.get("FilterExpression", "attribute_exists(#connection)"))
        read = [each for each in items[at:last] if keep(each, {**words, "#connection": "connection"})]
        only = [words[name.strip()] for name in asked.get("ProjectionExpression", "").split(",") if name]
        shown = [{name: each[name] for name in only or each if name in each} for each in read]
        told = {"Count": len(read), "ScannedCount": last - at}
        more = {"LastEvaluatedKey": {"record": items[last - 1]["record"]}} if last < len(items) else {}
        return {**told, **more} if asked.get("Select") == "COUNT" else {**told, **more, "Items": shown}

    def _partition(self, index: str) -> list[Item]:
        """What an index holds, or the table, in the order of its key."""
        names = INDEXES.get(index)
        hash_, range_, *_ = names or KEY
        held = (each for each in self.items if hash_ in each)
        found = [{name: each[name] for name in names if name in each} if names else each for each in held]
        return sorted(found, key=lambda each: each[range_]["S"])

    def _records(self, asked: Mapping[str, Any]) -> Any:
        ((table, request),) = asked.items()
        found = [self._by_record.get(key["record"]["S"]) for key in request["Keys"]]
        if all(found):
            return {"Responses": {table: found}, "UnprocessedKeys": {}}
        return {"Responses": {table: []}, "UnprocessedKeys": {}} if not any(found) else None


def _read(items: Sequence[Item], asked: Mapping[str, Any]) -> tuple[int, int]:
    """From where to where a page is read: a megabyte of it, or so many as are wanted."""
    begun = asked.get("ExclusiveStartKey", {}).get("record")
    at = 1 + next(number for number, each in enumerate(items) if each["record"] == begun) if begun else 0
    sizes = accumulate(sum(len(name) + len(value["S"]) for name, value in each.items()) for each in items[at:])
    fit = sum(1 for _ in takewhile(lambda size: size <= MEGABYTE, sizes))
    return at, min(at + min(fit, asked.get("Limit", fit)), len(items))


@pytest.fixture
def ledger(new_world: NewWorld) -> tuple[World, BigLedger]:
    world = new_world()
    return world, BigLedger(world)


def looks(order: str) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """What an operator opens, with what stands in the form."""
    yield "health", {}, {}
    yield "work", {}, {}
    yield "work", {"view": "reason", "code": WHY.code}, {}
    yield "work", {"view": "find"}, {"find_text": "2", "find_days": "7"}
    for typed in ("", "2", "20123", "SO-99", "so", "no such", "sanne@buyers.example"):
        yield "work", {"view": "find"}, {"find_text": typed, "find_days": "0"}
    yield "work", {"view": "find"}, {"find_text": "", "find_state": "held", "find_days": "0"}
    yield "work", {"view": "order", "order": order}, {}
    yield "runs", {}, {}
    yield "setup", {}, {}
    yield "setup", {"view": "map", "name": "payment"}, {}
    yield "setup", {"view": "history"}, {}
    yield "changes", {}, {}


def test_a_look_takes_little_time_and_few_calls_and_none_is_a_scan(ledger: tuple[World, BigLedger]) -> None:
    world, big = ledger
    order = big.items[HELD_EVERY]["record"]["S"].rpartition("#")[2]
    cost = {}
    for widget, state, filled in looks(order):
        event = {"widget": widget, "connection": world.connection, **state}
        event["widgetContext"] = {"forms": {"all": filled}}
        seconds, calls = measured(big, partial(world.invoke, "desk_widgets", event))
        cost[widget, state.get("view", ""), *filled.values()] = (round(seconds, 3), sum(calls.values()))
        assert "Scan" not in calls
    assert max(seconds for seconds, _ in cost.values()) <= MOST_CPU, cost
    assert max(calls for _, calls in cost.values()) <= 30, cost


def measured(big: BigLedger, look: Callable[[], str]) -> tuple[float, Counter[str]]:
    """The least seconds of two warm looks, without what the test's own answers cost; the calls of one."""
    look()
    found = []
    for _ in range(2):
        big.own, big.calls = 0.0, Counter()
        began = process_time()
        page = look()
        found.append(process_time() - began - big.own)
        assert len(page.encode()) < 250_000
        assert "sb-note-bad" not in WidgetPage(page).page.partition("</style>")[2]
    return min(found), big.calls


def test_all_that_waits_is_counted_of_a_big_ledger(ledger: tuple[World, BigLedger]) -> None:
    world, _ = ledger
    page = world.invoke("watch_widgets", {"widget": "work", "connection": world.connection})
    assert f"{ORDERS // HELD_EVERY} orders wait for you" in page
