"""The files in ``events/``: each is a real envelope that its function takes."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.flows.webhooks import hash_token
from shopbridge.model.operations import Operation
from shopbridge.model.run import RunKind
from tests.integration.stage import NewWorld, an_order, depths, imported, unannounced
from tests.integration.world import World

EVENTS = Path(__file__).parents[3] / "events"
KNOWN = {
    "app_name": "Shopbridge",
    "app_secret": "made-up-app-secret",
    "client_id": "SWIAMADEUPACCESSKEY0001",
    "client_secret": "made-up-secret-key",
    "shop_id": "MadeUpShopId0001",
    "shop_secret": "made-up-shop-secret",
}
FALLBACKS: dict[str, Any] = {
    "status": {"fallback": "1"},
    "payment": {"fallback": "="},
    "shipping": {"fallback": "shipping"},
    "tax": {"fallback": "="},
}


def event(name: str, world: World) -> Any:
    """The file, for this world's connection instead of `my-shop`; nothing that is signed names it."""
    return json.loads((EVENTS / f"{name}.json").read_text().replace("my-shop", world.connection))


@pytest.fixture
def world(new_world: NewWorld) -> World:
    """A connection that takes the files' orders and token; its clock stands at the time they were recorded."""
    world = new_world(app=False, maps=FALLBACKS, write_back={})
    stored = world.container.bridge.connections.get(world.connection)
    assert stored
    token = event("webhook_intake/token", world)["pathParameters"]["token"]
    known = stored.model_copy(update={"path_token_hash": hash_token(token)})
    world.container.bridge.connections.save(known, expected_version=1)
    return world


def test_a_signed_webhook_is_queued(world: World) -> None:
    world.container.bridge.credentials.write(world.connection, "shop", KNOWN)
    answer = world.invoke("webhook_intake", event("webhook_intake/signed", world))
    assert (answer["statusCode"], depths(world)) == (200, (0, 1, 0))


def test_a_webhook_with_a_token_asks_for_a_poll(world: World) -> None:
    answer = world.invoke("webhook_intake", event("webhook_intake/token", world))
    assert (answer["statusCode"], depths(world)) == (200, (1, 0, 0))


def test_an_app_registers_and_confirms(world: World) -> None:
    app = {"app_name": "Shopbridge", "app_secret": "made-up-app-secret"}
    world.container.bridge.credentials.write(world.connection, "shop", app)
    answer = world.invoke("app_registration", event("app_registration/register", world))
    body = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert body["confirmation_url"].endswith(f"/hooks/{world.connection}/app/confirm")
    pending = {"pending_shop_id": "MadeUpShopId0001", "pending_shop_secret": "made-up-pending-secret"}
    world.container.bridge.credentials.write(world.connection, "shop", app | pending)
    answer = world.invoke("app_registration", event("app_registration/confirm", world))
    assert answer["statusCode"] == 200
    stored = world.container.bridge.credentials.read_now(world.connection, "shop")
    assert (stored["client_id"], stored["shop_secret"]) == ("SWIAMADEUPACCESSKEY0001", "made-up-pending-secret")


@pytest.mark.parametrize("every", [5, 10])
def test_a_tick_of_the_schedule_is_answered_with_the_number_of_polls(world: World, every: int) -> None:
    answer = world.invoke("dispatch", event(f"dispatch/every_{every}_minutes", world))
    assert answer["polls"] == depths(world)[0]


def test_a_notice_is_imported(world: World) -> None:
    order_id = unannounced(world, an_order())
    envelope = event("order_import/notice", world)
    (record,) = envelope["Records"]
    record["body"] = record["body"].replace(json.loads(record["body"])["order_id"], order_id)
    assert world.invoke("order_import", envelope) == {"batchItemFailures": []}
    imported(world, order_id)


def test_a_whole_order_is_imported(world: World) -> None:
    assert world.invoke("order_import", event("order_import/found", world)) == {"batchItemFailures": []}
    (copy,) = world.office.orders_by_reference("10042")
    assert str(copy.totals.price) == "53.24"


def test_a_poll_hands_its_orders_over(world: World) -> None:
    order_id = unannounced(world, an_order())
    assert world.invoke("order_poll", event("order_poll/poll", world)) == {"batchItemFailures": []}
    assert depths(world) == (0, 0, 1)
    world.settle()
    assert world.record(order_id).origin == "first_import"
    imported(world, order_id)


def test_a_run_of_orders_hands_its_orders_over(world: World) -> None:
    order_id = unannounced(world, an_order())
    started = world.ask("start_run", connection=world.connection, job="orders", since="2026-01-01T00:00:00Z")
    envelope = event("order_poll/run", world)
    (record,) = envelope["Records"]
    record["body"] = record["body"].replace(json.loads(record["body"])["run"], started["id"])
    assert world.invoke("order_poll", envelope) == {"batchItemFailures": []}
    world.settle()
    assert world.record(order_id).origin == "backfill"
    imported(world, order_id)


@pytest.fixture
def carrier(new_world: NewWorld) -> World:
    """A connection that carries stock and products: the shop sells a mug without stock and knows no lamp."""
    active = {"active": True, "every_minutes": 10}
    world = new_world(app=False, products=(), stock=active, catalogue=active)
    world.office.add_product("MUG", 10, stock=7)
    world.office.add_product("LAMP", 50, stock=3)
    world.shop.add_product(ProductSpec("MUG", name="Mug", price=Decimal("11.90"), tax=Decimal(21)))
    return world


def test_skus_are_sent_at_once(carrier: World) -> None:
    assert carrier.invoke("stock_push", event("stock_push/skus", carrier)) == {"batchItemFailures": []}
    assert carrier.shop.product("MUG")["stock"] == 7


@pytest.mark.parametrize(("name", "job"), [("differences", "stock"), ("comparison", "stock_comparison")])
def test_a_run_of_stock_is_done(carrier: World, name: str, job: RunKind) -> None:
    assert carrier.invoke("stock_push", event(f"stock_push/{name}", carrier)) == {"batchItemFailures": []}
    run = carrier.container.bridge.runs.load(carrier.connection, job)
    assert run is not None
    assert (run.state, run.reason, run.counts.found) == ("done", None, 2)
    assert carrier.shop.product("MUG")["stock"] == 7


def test_a_run_of_products_is_done(carrier: World) -> None:
    assert carrier.invoke("product_sync", event("product_sync/run", carrier)) == {"batchItemFailures": []}
    run = carrier.container.bridge.runs.load(carrier.connection, "products")
    assert run is not None
    assert (run.state, run.reason, run.counts.found) == ("done", None, 2)
    assert carrier.shop.product("LAMP")["active"]


@pytest.mark.parametrize("name", ["watch_widgets/look", "desk_widgets/look"])
def test_a_widget_is_shown(world: World, name: str) -> None:
    shown = world.invoke(name.partition("/")[0], event(name, world))
    assert shown.startswith("<")
    assert world.connection in shown or "Nothing waits for you." in shown


def test_a_press_in_a_widget_is_answered(world: World) -> None:
    assert "10042" in world.invoke("desk_widgets", event("desk_widgets/press", world))


def test_there_is_an_envelope_for_every_function() -> None:
    functions = {path.parent.name for path in (EVENTS.parent / "functions").glob("*/app.py")}
    assert {path.name for path in EVENTS.iterdir()} == functions
    assert all(any(folder.glob("*.json")) for folder in EVENTS.iterdir())


def operations() -> list[str]:
    return sorted(path.stem for path in (EVENTS / "operations").glob("*.json"))


def test_there_is_a_file_for_every_operation() -> None:
    union = get_args(Operation)[0]
    known = [kind.model_fields["operation"].annotation for kind in get_args(union)]
    assert operations() == sorted(get_args(literal)[0] for literal in known)


OF_THE_DEPLOYMENT = {"doctor", "log"}
"""What looks at the deployment itself, of which there is none here; both have tests of their own."""


@pytest.mark.parametrize("name", [name for name in operations() if name not in OF_THE_DEPLOYMENT])
def test_an_operations_request_is_answered(world: World, name: str) -> None:
    answer = world.invoke("operations", event(f"operations/{name}", world))
    refused = {
        "consent": "does not carry products",
        "app_manifest": "does not know its own address",
        "create": "There is a connection",
        "rehearse": "There is a connection",
        "forget": "is not deleted",
        "words_of": "does not accept the access key",
        "diff": "There is no version 3",
        "restore": "There is no version 3",
        "set": "The back office does not know 'PayPal'",
        "preview": "No order has come in yet",
        "story": "No order '10042' has come in",
        "skip": "No order '10042' has come in",
        "start_run": "does not carry products",
        "stop_run": "No run of products is running",
        "resume_run": "does not carry products",
    }
    if name in refused:
        assert answer["ok"] is False
        assert refused[name] in answer["problems"][0]
    else:
        assert answer["ok"] is True, answer
    assert json.loads(json.dumps(answer)) == answer, "Lambda answers in JSON"
