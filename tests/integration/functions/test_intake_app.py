"""The address where a shop's app registers: whom it believes, and calls that are under way while its secret changes."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.platforms.shopware import Payment, RegistrationFailedError
from sandbox.quick.functions import http_event
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.functions.webhook_calls import UNPROVEN, body_of, call, told, undisturbed
from tests.integration.stage import NewWorld, an_order, bring, check_log, imported, not_imported, set_up, unannounced
from tests.integration.world import APP_SECRET, World


@pytest.fixture(scope="module")
def one_world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("intake"))


@pytest.fixture
def world(one_world: World) -> Iterator[World]:
    yield from undisturbed(one_world)


def waiting(new_world: NewWorld, *, start: bool = True) -> World:
    """A connection that was created without credentials of the shop: its app brings them."""
    world = new_world(app=False)
    world.ask("delete", connection=world.connection)
    world.connection = ConnectionId(f"{world.connection}-app")
    only_app = {"app_name": "Shopbridge", "app_secret": APP_SECRET}
    # All shops of these tests are at one address, which is all that is known of this one before its app has called.
    beside = [each["id"] for each in world.ask("list")]
    secrets = {**world.secrets(), "shop": only_app}
    world.ask("create", settings=world.settings(), secrets=secrets, start=start, beside=beside)
    return world


def test_a_connection_that_waits_for_its_app_becomes_active_with_the_confirmation(new_world: NewWorld) -> None:
    world = waiting(new_world)
    shown = world.ask("show", connection=world.connection)
    assert shown["status"] == "paused"
    assert "Waiting for the app" in shown["reason"]
    world.install_app()
    assert world.bridge_answers == [200, 200]
    assert world.ask("show", connection=world.connection)["status"] == "active"
    imported(world, bring(world))


def test_a_connection_that_was_not_to_start_stays_paused_with_its_app_there_and_then_has_a_plan(
    new_world: NewWorld,
) -> None:
    world = waiting(new_world, start=False)
    order_id = unannounced(world, an_order())
    assert "then stays paused" in world.ask("show", connection=world.connection)["reason"]
    world.install_app()
    shown = world.ask("show", connection=world.connection)
    assert (shown["status"], shown["reason"]) == ("paused", "Not started yet: read its plan, then resume it.")
    assert world.ask("plan", connection=world.connection)["to_import"] == 1
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


def test_an_order_that_came_while_the_app_was_missing_is_found_by_the_first_poll(new_world: NewWorld) -> None:
    world = waiting(new_world)
    order_id = unannounced(world, an_order())
    world.install_app()
    world.poll()
    world.settle()
    imported(world, order_id)


def test_a_registration_with_another_app_secret_changes_nothing(new_world: NewWorld) -> None:
    world = waiting(new_world)
    with pytest.raises(RegistrationFailedError, match="401"):
        world.shop.install_app(
            "Shopbridge", "another-secret", f"https://bridge.example/hooks/{world.connection}/app/register"
        )
    assert world.ask("show", connection=world.connection)["status"] == "paused"


def test_a_registration_of_a_shop_at_another_address_is_refused(new_world: NewWorld) -> None:
    world = waiting(new_world)
    world.shop.url = "https://another-shop.example"
    with pytest.raises(RegistrationFailedError, match="401"):
        world.install_app()
    assert "https://another-shop.example, which is not the connection's address" in told(world)


@pytest.mark.parametrize("version", ["6.6.10.0", "6.7.8.1"])
def test_a_rotated_secret_is_taken_by_the_container_that_registered_and_by_one_that_has_the_old_one(
    new_world: NewWorld, version: str
) -> None:
    world = new_world(version=version)
    imported(world, bring(world))
    elsewhere = world.container
    world.new_container()
    world.shop.reregister_app("Shopbridge")
    here = world.container
    imported(world, bring(world))
    world.use(elsewhere)
    world.clock.advance(31)
    imported(world, bring(world))
    assert set(world.bridge_answers) == {200}
    world.use(here)
    imported(world, bring(world))


def test_calls_that_were_on_their_way_when_the_secret_was_rotated_are_taken_for_a_minute(new_world: NewWorld) -> None:
    world = new_world()
    world.shop.webhooks.hold()
    first, second = world.place(an_order()), world.place(an_order())
    deliveries = list(world.shop.webhooks._held)
    world.shop.webhooks.drop()
    world.shop.reregister_app("Shopbridge")
    world.shop.webhooks._attempt(deliveries[0])
    assert world.bridge_answers[-1] == 200
    world.clock.advance(120)
    world.shop.webhooks._attempt(deliveries[1])
    assert world.bridge_answers[-1] == 401
    world.settle()
    imported(world, first)
    world.poll()
    world.settle()
    imported(world, second)


FORGED = {"shopware-app-signature": "0" * 64, "shopware-shop-signature": "0" * 64}


def app_call(world: World, method: str, path: str, headers: Any = FORGED) -> tuple[int, Any]:
    """A call of the app's registration; status and body of the answer."""
    request = httpx.Request(method, f"https://bridge.example/hooks/{path}", headers=headers)
    answer = world.call(http_event(request))
    return answer["statusCode"], json.loads(answer["body"])


def test_two_hundred_forged_app_calls_cost_a_read_or_two(new_world: NewWorld) -> None:
    world = new_world()
    world.new_container()
    world.clock.advance(400)
    for _ in range(100):
        assert app_call(world, "GET", f"{world.connection}/app/register?shop-id=x&timestamp=1") == UNPROVEN
        assert app_call(world, "POST", f"{world.connection}/app/confirm") == UNPROVEN
    assert world.calls.names.count("GetParameters") <= 2
    lines = [line for line in world.lines if '"webhook_refused"' in line]
    assert len(lines) <= 2
    world.shop.reregister_app("Shopbridge")
    imported(world, bring(world))


def test_forged_webhooks_cost_a_read_a_minute(new_world: NewWorld) -> None:
    world = new_world()
    world.new_container()
    for _ in range(300):
        assert call(world, body_of(world), signature="0" * 64) == UNPROVEN
        world.clock.advance(0.8)
    assert world.calls.names.count("GetParameters") <= 6


@pytest.mark.parametrize(("method", "path"), [("GET", "app/register"), ("POST", "app/confirm")])
def test_an_app_call_tells_nobody_which_connections_there_are(world: World, method: str, path: str) -> None:
    known = app_call(world, method, f"{world.connection}/{path}")
    assert known == app_call(world, method, f"nobody/{path}") == app_call(world, method, f"{'x' * 90}/{path}")
    assert known == UNPROVEN


def test_an_anonymous_caller_writes_no_line_for_each_call(world: World) -> None:
    world.clock.advance(120)
    before = len(world.lines)
    for number in range(50):
        assert call(world, b"x" * 8000, path=f"shop-of-{number}") == UNPROVEN
    written = world.lines[before:]
    assert sum(map(len, written)) < 1000, written


def test_two_registrations_within_a_minute_reach_containers_that_know_of_neither(new_world: NewWorld) -> None:
    world = new_world()
    here, elsewhere = world.container, world.new_container()
    imported(world, bring(world))
    for _ in range(3):
        world.use(here)
        world.clock.advance(6)
        world.shop.reregister_app("Shopbridge")
        world.use(elsewhere)
        imported(world, bring(world))
    assert set(world.bridge_answers) == {200}


def test_a_known_shop_cannot_be_taken_over_with_the_apps_secret_alone(new_world: NewWorld) -> None:
    world = new_world(version="6.7.8.1")
    world.shop.reregister_app("Shopbridge")
    world.shop.apps.installed["Shopbridge"].subscriber.secret = "not-the-secret"
    with pytest.raises(RegistrationFailedError, match="401"):
        world.shop.reregister_app("Shopbridge")


def test_a_payment_webhook_brings_an_order_that_was_skipped_before(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "open"),))
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    world.clock.advance(2)
    world.shop.pay(order_id)
    world.settle()
    imported(world, order_id)
    check_log(world)
