"""What is written down says nothing of who bought, and no secret: log lines, ledger and answers."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from sandbox.platforms.salespos.errors import ApiError
from sandbox.platforms.salespos.orders import calls as till_orders
from sandbox.platforms.shopware import Payment
from shopbridge.flows.orders import drafts
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.stage import (
    BERLIN,
    COMPANY,
    MUG,
    PERSONAL,
    NewWorld,
    an_order,
    bring,
    check_log,
    secrets_of,
    set_up,
)
from tests.integration.world import World


@pytest.fixture(scope="module")
def eventful(environment: Environment) -> World:
    """A day on which everything happens that writes a line."""
    world = set_up(environment, ConnectionId("eventful"), policy={"missing": "hold"}, maps=MAPS)
    imported_ = bring(world, comment="Bel bij Visser, Dorpsstraat")
    bring(world, payments=(Payment("iDEAL", "paid"),))
    bring(world, buyer=COMPANY, billing=BERLIN, payments=(Payment("Invoice", "open"),))
    bring(world, replace(MUG, sku="NOWHERE", label="Unknown thing"))
    world.office.faults.plan("lost_answer", "POST /orders")
    bring(world)
    world.office.faults.plan("bad_hash", "GET /users")
    bring(world, buyer=COMPANY, billing=BERLIN)
    world.clock.advance(1)
    world.shop.cancel(imported_)
    world.settle()
    stumble_over_the_buyer(world)
    quoted_in_refusals(world)
    refused_calls(world)
    world.invoke("operations", {"operation": "create", "settings": world.settings(), "secrets": wrong_secrets(world)})
    world.office.faults.plan("unauthorised", times=99)
    bring(world)
    return world


MAPS: dict[str, Any] = {
    "status": {"entries": {"open": "1"}},
    "payment": {"entries": {"Invoice": "="}},
    "shipping": {"entries": {"Standard": "shipping"}},
    "tax": {"entries": {"19": "19"}},
}


QUOTED = ("SANNE", "visser", "dorpsstraat", "06-1234567", "NL91ABNA")
"""How a refusal writes it."""


def stumble_over_the_buyer(world: World) -> None:
    def stumble(_job: Any, order: Any) -> Any:
        raise ValueError(f"{order.customer.first_name} {order.billing_address.street} {order.customer.email}")

    order_id = world.place(an_order())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts, "resolve", stumble)
        world.work()
    world.clock.advance(200)
    world.settle()
    assert world.record(order_id).state == "DONE"


def quoted_in_refusals(world: World) -> None:
    """The back office refuses orders in words that quote the buyer, once at the order and once at its note."""

    def refuse(_shop: Any, body: Any) -> Any:
        raise ApiError("400.10", f"Not accepted: {said} in {sorted(body)}")

    said = "SANNE visser, Dorpsstraat, dorpsstraat 12B, sanne@buyers.example, 06-1234567, NL91ABNA0417164300"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(till_orders, "create_order", refuse)
        order_id = bring(world)
    record = world.record(order_id)
    assert record.reason is not None
    assert record.reason.text.count("***") > 3
    assert "Not accepted" in record.reason.text


def refused_calls(world: World) -> None:
    event = {
        "routeKey": "POST /hooks/{connection}",
        "headers": {"shopware-shop-signature": "forged"},
        "requestContext": {"domainName": "bridge.example"},
        "pathParameters": {"connection": world.connection},
        "body": json.dumps({"customer": "Sanne Visser", "street": "Dorpsstraat 12b"}),
    }
    assert world.invoke("webhook_intake", event)["statusCode"] == 401
    unsigned: dict[str, Any] = {
        **event,
        "routeKey": "POST /hooks/{connection}/token/{token}",
        "pathParameters": {"connection": world.connection, "token": "guessed-token"},
    }
    assert world.invoke("webhook_intake", unsigned)["statusCode"] == 401


def wrong_secrets(world: World) -> dict[str, Any]:
    secrets = world.secrets()
    secrets["office"]["secret_key"] = "typed-in-wrongly"
    return secrets


def test_no_log_line_of_an_eventful_day_tells_a_secret_or_who_bought(eventful: World) -> None:
    seen = {line["event"] for line in (json.loads(line) for line in eventful.lines)}
    assert {
        "order_imported",
        "order_held",
        "order_skipped",
        "order_cancelled_after_import",
        "bug",
        "webhook_refused",
        "connection_stopped",
    } <= seen
    check_log(eventful)
    text = "\n".join(eventful.lines)
    for word in (*QUOTED, "guessed-token", "typed-in-wrongly", "forged"):
        assert word not in text


def test_every_log_line_is_json_with_level_time_connection_and_a_text(eventful: World) -> None:
    for line in eventful.lines:
        assert {"level", "timestamp", "service", "connection", "event", "text"} <= json.loads(line).keys()
    for line in (json.loads(line) for line in eventful.lines):
        assert line["level"] == "INFO" or line["fix"].endswith("."), line


def test_the_state_table_keeps_nobodys_address_and_no_secret_but_the_token_in_use(eventful: World) -> None:
    client = boto3.client("dynamodb")
    items = client.scan(TableName=eventful.environment.state_table)["Items"]
    kept = [item for item in items if not item["record"]["S"].startswith("TOKEN#")]
    text = json.dumps(kept)
    for word in (*PERSONAL, *QUOTED, *secrets_of(eventful)):
        assert word not in text, [item["record"] for item in kept if word in json.dumps(item)]


def test_no_answer_of_an_operation_tells_a_secret_or_who_bought(eventful: World) -> None:
    named = {"connection": eventful.connection}
    asked: list[tuple[str, dict[str, str]]] = [("list", {}), ("story", {**named, "order": "10001"})]
    asked += [(name, {**named}) for name in ("show", "held", "verify")]
    for operation, fields in asked:
        text = json.dumps(eventful.invoke("operations", {"operation": operation, **fields}))
        for word in (*PERSONAL, *secrets_of(eventful)):
            assert word not in text, operation


def test_nothing_is_written_beside_the_activity_log(
    new_world: NewWorld, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """In AWS, standard output and every library's log go to the same log group."""
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    world.shop.faults.plan("deadlock", "PATCH /api/order")
    bring(world)
    elsewhere = "\n".join([*capfd.readouterr(), *(record.getMessage() for record in caplog.records)])
    for word in (*PERSONAL, *secrets_of(world), "Authorization"):
        assert word not in elsewhere
