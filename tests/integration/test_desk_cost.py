"""What a look at a widget costs with ten thousand orders in the ledger: CPU of the function, and calls to AWS.

The answers are as DynamoDB sends them and are read by the SDK; what making them costs the test is not counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from time import process_time
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.parsers import create_parser

from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import EffectKey, LedgerRecord, Reason
from shopbridge.store.items import Item
from shopbridge.store.ledger_items import to_item
from tests.integration.desk_pages import WidgetPage
from tests.integration.stage import NewWorld
from tests.integration.world import World

ORDERS, HELD_EVERY, DAYS = 10_000, 100, 60
MOST_CPU = 0.3
"""Seconds."""
IN_ORDERS = (
    *("connection", "record", "orders_of", "found_at", "state", "held_in", "reference", "external_number", "buyer"),
)
IN_HELD = ("connection", "record", "held_in", "held_at", "state", "reference")
WHY = Reason(code="unmapped_payment", text="The payment 'x' has no entry in the map.", fix="Add the key 'x'.")


class BigLedger:
    """Answers for the orders of one connection in DynamoDB's place; everything else goes its way."""

    def __init__(self, world: World) -> None:
        self.own = 0.0
        self.calls: Counter[str] = Counter()
        self._parser: Any = create_parser("json")
        now, apart = world.clock(), timedelta(days=DAYS) / ORDERS
        self.items = [self._item(world, number, now - number * apart) for number in range(ORDERS)]
        self._by_record = {item["record"]["S"]: item for item in self.items}
        client = world.container.store.aws.dynamodb
        client.meta.events.register_first("before-call.dynamodb", self._answer)

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
        told = self._told(model.name, json.loads(params["body"]))
        raw = json.dumps(told).encode() if told is not None else b""
        self.own += process_time() - began
        if told is None:
            return None
        parsed = self._parser.parse({"status_code": 200, "headers": {}, "body": raw}, model.output_shape)
        return AWSResponse("", 200, HTTPHeaders(), None), parsed

    def _told(self, operation: str, asked: Mapping[str, Any]) -> Any:
        if operation == "BatchGetItem":
            return self._records(asked["RequestItems"])
        if operation == "GetItem" and (item := self._by_record.get(asked["Key"]["record"]["S"])):
            return {"Item": item}
        if operation != "Query":
            return None
        found = self._found(asked)
        if found is None:
            return None
        wanted = {"orders": IN_ORDERS, "held": IN_HELD}.get(asked.get("IndexName", ""))
        items = [{name: each[name] for name in wanted or each if name in each} for each in found]
        counted = {"Count": len(items), "ScannedCount": len(items)}
        return counted if asked.get("Select") == "COUNT" else {**counted, "Items": items[: asked.get("Limit", ORDERS)]}

    def _found(self, asked: Mapping[str, Any]) -> list[Item] | None:
        values = {name: next(iter(value.values())) for name, value in asked["ExpressionAttributeValues"].items()}
        match asked.get("IndexName", ""):
            case "orders":
                since, until = values.get(":since", ""), values.get(":until", "9")
                return [each for each in self.items if since <= each["found_at"]["S"] <= until]
            case "held":
                return [each for each in self.items if "held_in" in each]
            case "" if ":orders" in values:
                return [each for each in self.items if each["reference"]["S"] == values.get(":reference", "")]
        return None

    def _records(self, asked: Mapping[str, Any]) -> Any:
        ((table, request),) = asked.items()
        found = [self._by_record.get(key["record"]["S"]) for key in request["Keys"]]
        return {"Responses": {table: found}, "UnprocessedKeys": {}} if all(found) else None


@pytest.fixture
def ledger(new_world: NewWorld) -> tuple[World, BigLedger]:
    world = new_world()
    return world, BigLedger(world)


def looks(order: str) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """What an operator opens, with what stands in the form."""
    yield "health", {}, {}
    yield "work", {}, {}
    yield "work", {"view": "reason", "code": WHY.code}, {}
    yield "work", {"view": "find"}, {"find_text": "2"}
    yield "work", {"view": "find"}, {"find_text": "20123", "find_days": "7"}
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
        cost[widget, state.get("view", ""), filled.get("find_days", "")] = (round(seconds, 3), sum(calls.values()))
        assert "Scan" not in calls
    assert max(seconds for seconds, _ in cost.values()) <= MOST_CPU, cost
    assert max(calls for _, calls in cost.values()) <= 30, cost


def measured(big: BigLedger, look: Callable[[], str]) -> tuple[float, Counter[str]]:
    """The least seconds of three warm looks, without what the test's own answers cost; the calls of one."""
    look()
    found = []
    for _ in range(3):
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
