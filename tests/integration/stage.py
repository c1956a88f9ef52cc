"""Worlds and orders for the tests of the order flow, and what has to be true of them in the end."""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import httpx
from moto.sqs.models import sqs_backends

from sandbox.platforms.salespos.orders.record import Order
from sandbox.platforms.shopware import Address, Buyer, Line, OrderSpec, Payment, Shipping
from shopbridge.flows.webhooks import hash_token
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.world import APP_SECRET, AnyWorld, World, as_json

NewWorld = Callable[..., World]

EVENTS = ("state_enter.order_transaction.state.paid", "state_enter.order.state.cancelled")
MUG = Line("MUG", Decimal("11.90"), tax=Decimal(19))
LAMP = Line("LAMP", Decimal("59.50"), tax=Decimal(19))
BOOK = Line("BOOK", Decimal("10.70"), tax=Decimal(7))
SANNE = Buyer("Sanne", "Visser", "sanne@buyers.example")
UTRECHT = Address("Dorpsstraat 12b", "3511 AB", "Utrecht", "NL", phone="+31 30 1234567")
COMPANY = Buyer("Erika", "Mustermann", "erika@buyers.example", company="Beispiel GmbH", vat_ids=("DE999999999",))
BERLIN = Address("Lange Strasse 7", "10115", "Berlin", "DE", company="Beispiel GmbH", department="Einkauf")
PAID = (Payment("Invoice", "paid"),)
NAME_KEY = "5a" * 32
SHOP_SECRET = "made-up-shop-secret-" * 4
PERSONAL = (
    *("Sanne", "Visser", "buyers.example", "Dorpsstraat", "1234567", "3511"),
    *("Erika", "Mustermann", "Beispiel", "Lange Strasse", "DE999999999"),
)
"""What no log line may hold."""
ID = re.compile(r"[0-9a-f]{32}")


def set_up(
    environment: Environment,
    connection: ConnectionId,
    *,
    version: str = "6.6.10.0",
    products: Iterable[str] = ("MUG", "LAMP", "BOOK"),
    app: bool = True,
    office: Mapping[str, Any] | None = None,
    policy: Mapping[str, Any] | None = None,
    stock: Mapping[str, Any] | None = None,
    catalogue: Mapping[str, Any] | None = None,
    **orders: Any,
) -> World:
    """A connected world.

    ``products`` are the back office's, ``policy`` says how they are found, ``office`` adds settings of the back
    office, ``stock`` and ``catalogue`` are those settings, ``orders`` replaces the order settings of those names.
    """
    if policy is not None:
        orders["products"] = policy
    world = World(environment, ManualClock(), connection, version, orders, office or {}, stock or {}, catalogue or {})
    for sku in products:
        world.office.add_product(sku, Decimal(10))
    shop = install_app(world) if app else {}
    store_connection(world, {**world.secrets()["shop"], **shop})
    return world


def install_app(world: World) -> dict[str, str]:
    """Install our app without asking the bridge, which costs a third of an order; what it would have stored."""
    handed: dict[str, str] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            handed.update(as_json(request.read().decode()))
            return httpx.Response(200)
        shop, url = request.url.params["shop-id"], request.url.params["shop-url"]
        proof = hmac.new(APP_SECRET.encode(), f"{shop}{url}Shopbridge".encode(), "sha256").hexdigest()
        confirmation = "https://bridge.example/confirm"
        return httpx.Response(200, json={"proof": proof, "secret": SHOP_SECRET, "confirmation_url": confirmation})

    hooks, world.shop._client = world.shop._client, httpx.Client(transport=httpx.MockTransport(answer))
    world.install_app(*EVENTS)
    world.shop._client = hooks
    keys = {"client_id": handed["apiKey"], "client_secret": handed["secretKey"]}
    return {**keys, "shop_id": handed["shopId"], "shop_secret": SHOP_SECRET}


def store_connection(world: AnyWorld, shop_secrets: Mapping[str, str]) -> None:
    """Store what `create` stores, unverified: verifying costs as much as an order, and has tests of its own."""
    bridge = world.container.bridge
    bridge.credentials.write(world.connection, "shop", shop_secrets)
    bridge.credentials.write(world.connection, "office", world.secrets()["office"])
    connection = Connection(
        settings=ConnectionSettings.model_validate(world.settings()),
        version=1,
        status="active",
        status_reason="",
        path_token_hash=hash_token("nobody-knows"),
        created_at=world.clock(),
        name_key=NAME_KEY,
        bare_until=world.clock(),
    )
    bridge.connections.save(connection, expected_version=0)


def an_order(*lines: Line, **fields: Any) -> OrderSpec:
    """A paid order of a private buyer, by default of two mugs with shipping; ``fields`` as in ``OrderSpec``."""
    spec = OrderSpec(
        lines=lines or (replace(MUG, quantity=2),),
        buyer=SANNE,
        billing=UTRECHT,
        payments=PAID,
        shipping=(Shipping(Decimal("4.99")),),
    )
    return replace(spec, **fields)


def unannounced(world: World, spec: OrderSpec) -> str:
    """An order whose webhook never comes; its id."""
    world.shop.webhooks.hold()
    order_id = world.place(spec)
    world.shop.webhooks.drop()
    return order_id


def bring(world: World, *lines: Line, **fields: Any) -> str:
    """An order is placed, announced and worked off; its id."""
    order_id = world.place(an_order(*lines, **fields))
    world.settle()
    return order_id


# --- what has to be true ------------------------------------------------------------------------------------


def copies(world: World, order_id: str) -> list[Order]:
    """The order's copies in the back office."""
    return world.office.orders_by_reference(world.shop.order(order_id)["orderNumber"])


def imported(world: World, order_id: str, waits: str = "") -> Order:
    """The one copy, after checking that ledger, back office and shop agree to the cent; ``waits``: for a person."""
    record, found = world.record(order_id), copies(world, order_id)
    assert len(found) == 1, record
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), record
    assert (record.reason.code if record.reason else "") == waits, record
    assert record.external_id == str(found[0].id)
    assert record.total == found[0].totals.price == Decimal(str(world.shop.order(order_id)["amountTotal"]))
    assert "The totals differ" not in told(record)
    return found[0]


def not_imported(world: World, order_id: str, state: str, code: str) -> LedgerRecord:
    """The record of an order that waits or was skipped for the reason ``code``."""
    record = world.record(order_id)
    assert (record.state, record.reason and record.reason.code, record.lease_owner) == (state, code, None), record
    assert copies(world, order_id) == []
    return record


def held(world: World, order_id: str, code: str) -> LedgerRecord:
    """The record of a held order; its reason says what to do."""
    record = not_imported(world, order_id, "HELD", code)
    assert record.reason
    assert record.reason.fix.endswith("."), record.reason
    return record


def told(record: LedgerRecord) -> str:
    """The story as one text."""
    return "\n".join(event.text for event in record.history)


def events(world: AnyWorld, event: str) -> list[dict[str, Any]]:
    """The log lines of one event."""
    return [line for line in map(as_json, world.lines) if line["event"] == event]


def check_log(world: World) -> None:
    """No line tells who bought, or any secret."""
    without_ids = [ID.sub("", line) for line in world.lines]  # where digits are no postal code
    for word in (*PERSONAL, *secrets_of(world)):
        found = [line for line in (without_ids if word.isdigit() else world.lines) if word in line]
        assert not found, f"{word} in the log: {found[:2]}"


def secrets_of(world: World) -> set[str]:
    """Everything that proves who somebody is."""
    shop = world.shop
    values = {value for side in world.secrets().values() for value in side.values()} - {"Shopbridge"}
    values |= {app.subscriber.secret for app in shop.apps.installed.values()}
    values |= {each.secret_key for each in shop.access.integrations.values()}
    values |= set(shop.access._tokens)
    return values | {APP_SECRET}


# --- queues ---------------------------------------------------------------------------------------------------


def rest_others(world: AnyWorld) -> None:
    """Let connections of other tests rest: accounts are called the same, and two would undo each other's figures."""
    known = world.container.bridge.connections
    for each in known.all():
        if each.id != world.connection:
            resting = each.model_copy(update={"status": "paused", "status_reason": "Of another test."})
            known.save(resting, expected_version=each.version)


def empty_queues() -> None:
    """What a failed test left behind is not the next one's business."""
    for queue in _queues():
        queue._messages.clear()
        queue._pending_messages.clear()


def depths(world: World) -> tuple[int, ...]:
    """Messages waiting for poll, import and backfill, those that are kept back as well."""
    urls = world.environment.poll_queue_url, world.environment.order_queue_url, world.environment.backfill_queue_url
    return tuple(sum(each.visible for each in _queue(url)._messages) for url in urls)


def work_depths(world: World) -> tuple[int, ...]:
    """Messages waiting for the stock and the product step."""
    return tuple(
        len(_queue(url).messages) for url in (world.environment.stock_queue_url, world.environment.product_queue_url)
    )


def items(world: World) -> int:
    """Records in both tables."""
    tables = world.environment.state_table, world.environment.connections_table
    client = boto3.client("dynamodb")
    return sum(client.scan(TableName=name, Select="COUNT")["Count"] for name in tables)


def records(world: AnyWorld, connection: str) -> list[str]:
    """The names of what the state table keeps under a connection."""
    found = boto3.client("dynamodb").query(
        TableName=world.environment.state_table,
        KeyConditionExpression="#connection = :connection",
        ExpressionAttributeNames={"#connection": "connection"},
        ExpressionAttributeValues={":connection": {"S": connection}},
    )["Items"]
    return [item["record"]["S"] for item in found]


def _queues() -> Iterable[Any]:
    return sqs_backends["123456789012"]["eu-central-1"].queues.values()


def _queue(url: str) -> Any:
    return next(queue for queue in _queues() if queue.name == url.rpartition("/")[2])
