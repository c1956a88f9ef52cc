"""Two accounts are linked once: by what the platforms say of themselves, whatever their addresses are called."""

from typing import Any

import pytest

from shopbridge.model.connection import Connection
from shopbridge.model.ledger import EffectKey
from tests.integration.stage import NewWorld, an_order, bring, copies, events, held, imported, told, unannounced
from tests.integration.world import World

NO_STATUS = {
    "payment": {"entries": {"Invoice": "="}},
    "shipping": {"entries": {"Standard": "shipping"}},
    "tax": {"entries": {"19": "19"}},
}
"""Maps that hold every order."""


def known(new_world: NewWorld, **fields: Any) -> World:
    """A connection that was verified, so it is known what it links."""
    world = new_world(app=False, **fields)
    world.ask("change", settings=world.settings())
    return world


def under(world: World, name: str) -> dict[str, Any]:
    """The same connection once more, under another id and by other addresses of the same systems."""
    shop, office = (also_at(world, host) for host in ("shop.example", "pos.example"))
    settings = world.settings()
    settings["shop"]["settings"]["url"], settings["office"]["settings"]["url"] = shop, office
    return {"settings": {**settings, "id": f"{world.connection}-{name}"}, "secrets": world.secrets()}


def also_at(world: World, host: str) -> str:
    world.transports[f"www2.{host}"] = world.transports[host]
    return f"https://www2.{host}/"


def refused(world: World, operation: str, **fields: Any) -> str:
    answer = world.invoke("operations", {"operation": operation, **fields})
    assert answer["ok"] is False, answer
    return "\n".join(answer["problems"])


def stored(world: World, name: str = "") -> Connection:
    id_ = f"{world.connection}-{name}" if name else world.connection
    found = world.container.bridge.connections.get(id_)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_verifying_keeps_what_the_platforms_say_of_themselves(new_world: NewWorld) -> None:
    accounts = stored(known(new_world)).accounts
    assert (accounts["shop"].platform, accounts["office"].platform) == ("shopware", "salespos")
    assert all(len(each) == 32 for each in accounts["shop"].ids)
    assert accounts["office"].ids


def test_a_second_connection_between_the_same_accounts_is_refused_unless_it_is_said_by_name(
    new_world: NewWorld,
) -> None:
    world = known(new_world)
    second = under(world, "second")
    told_why = refused(world, "create", **second)
    assert f"would link two accounts that {world.connection} links" in told_why
    assert f"beside {world.connection}" in told_why
    assert world.ask("create", **second, beside=[world.connection])["status"]
    world.ask("change", settings=second["settings"])
    world.ask("change", settings=world.settings())
    assert stored(world, "second").beside == (world.connection,)


def test_other_sales_channels_of_the_shop_are_another_pair(new_world: NewWorld) -> None:
    world = known(new_world)
    world.place(an_order(sales_channel="Germany"))
    channels = {row.values["name"]: row.id for row in world.shop.shop.store.tables["sales_channel"].values()}
    settings = world.settings()
    settings["shop"]["settings"]["sales_channels"] = [channels["Storefront"]]
    world.ask("change", settings=settings)
    second = under(world, "second")
    second["settings"]["shop"]["settings"]["sales_channels"] = [channels["Germany"]]
    world.ask("create", **second)
    second["settings"]["shop"]["settings"]["sales_channels"] = list(channels.values())
    assert "would link two accounts" in refused(world, "change", settings=second["settings"], version=1)
    assert stored(world, "second").version == 1


def test_a_resume_is_refused_where_another_connection_took_over(new_world: NewWorld) -> None:
    world = new_world(app=False)
    world.ask("pause", connection=world.connection)
    world.ask("create", **under(world, "second"))
    told_why = refused(world, "resume", connection=world.connection)
    assert f"{world.connection}-second links" in told_why
    assert stored(world).status == "paused"
    world.ask("resume", connection=world.connection, beside=[f"{world.connection}-second"])
    assert stored(world).status == "active"


# --- deleted, and revived ---------------------------------------------------------------------------------------


def test_delete_says_what_stays_and_the_pair_stays_known(new_world: NewWorld) -> None:
    world = known(new_world, maps=NO_STATUS)
    bring_one(world)
    remarks = "\n".join(world.ask("delete", connection=world.connection)["remarks"])
    assert "stays known (1), so that none is created twice" in remarks
    assert f"under the id {world.connection} revives it" in remarks
    assert "Waiting for you were 1 of them" in remarks
    told_why = refused(world, "create", **under(world, "second"))
    assert f"{world.connection} linked until it was deleted on 2026-01-31" in told_why
    assert "create it anew under that id" in told_why


def bring_one(world: World) -> str:
    order_id = unannounced(world, an_order())
    world.poll()
    world.settle()
    return order_id


@pytest.mark.parametrize("operation", ["held", "story", "resend", "skip", "show", "runs", "poll_now"])
def test_what_a_deleted_connection_left_is_listed_nowhere_and_the_error_says_so(
    new_world: NewWorld, operation: str
) -> None:
    world = known(new_world)
    world.ask("delete", connection=world.connection)
    fields: dict[str, Any] = {"connection": world.connection}
    fields |= {"order": "10001"} if operation in ("story", "resend", "skip") else {}
    fields |= {"remark": "x"} if operation == "skip" else {}
    told_why = refused(world, operation, **fields)
    assert "it was deleted on 2026-01-31" in told_why
    assert "created anew under this id" in told_why


def test_a_revived_connection_has_its_ledger_its_cursor_and_its_waiting_orders(new_world: NewWorld) -> None:
    world = known(new_world)
    imported_before = bring_one(world)
    waiting = unannounced(world, an_order(payments=()))
    first = stored(world)
    cursor = world.container.bridge.cursors.load(world.connection, "orders")
    world.ask("delete", connection=world.connection)
    world.clock.advance(3600)
    world.ask("create", settings=world.settings(), secrets=world.secrets())
    assert events(world, "connection_revived")
    again = stored(world)
    assert (again.created_at, again.revived_at, again.accounts) == (first.created_at, world.clock(), first.accounts)
    assert world.container.bridge.cursors.load(world.connection, "orders") == cursor
    if again.status != "active":
        world.ask("resume", connection=world.connection)
    world.poll()
    world.ask("start_run", connection=world.connection, job="orders")
    world.settle()
    imported(world, imported_before)
    assert len(copies(world, imported_before)) == 1
    assert world.record(waiting).state == "SKIPPED"


@pytest.mark.parametrize("start", [True, False])
def test_an_order_that_was_queued_when_its_connection_was_deleted_comes_in_once_it_is_revived(
    new_world: NewWorld, start: bool
) -> None:
    """The poll that found it has moved the cursor, so no other one would."""
    world = known(new_world)
    order_id = unannounced(world, an_order())
    world.poll()
    world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
    world.ask("delete", connection=world.connection)
    world.settle()
    held(world, order_id, "connection_deleted")
    world.clock.advance(3600)
    world.ask("create", settings=world.settings(), secrets=world.secrets(), start=start)
    if not start:
        world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


def test_nothing_of_a_connection_that_is_being_forgotten_is_kept(new_world: NewWorld) -> None:
    world = known(new_world)
    order_id = unannounced(world, an_order())
    world.poll()
    world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
    world.ask("delete", connection=world.connection)
    world.clock.advance(3600)
    world.ask("forget", connection=world.connection, confirm=world.connection)
    world.settle()
    key = EffectKey(connection=world.connection, kind="order", id=order_id)
    assert world.container.bridge.ledger.get(key) is None


def test_held_orders_are_listed_and_resent_again_once_the_connection_is_revived(new_world: NewWorld) -> None:
    world = known(new_world, maps=NO_STATUS)
    order_id = bring_one(world)
    held(world, order_id, "unmapped_status")
    world.ask("delete", connection=world.connection)
    world.changes = {}
    world.ask("create", settings=world.settings(), secrets=world.secrets())
    if stored(world).status != "active":
        world.ask("resume", connection=world.connection)
    assert [each["id"] for each in world.ask("held", connection=world.connection)] == [order_id]
    world.ask("resend", connection=world.connection, code="unmapped_status")
    world.settle()
    imported(world, order_id)
    assert "Found in the back office" not in told(world.record(order_id))


def test_a_revived_connector_is_built_anew_though_its_version_is_the_same(new_world: NewWorld) -> None:
    world = new_world(app=False)
    bring(world)
    platforms = world.container.bridge.platforms
    before = platforms.parts(stored(world), "office")
    world.ask("change", settings=world.settings())
    world.ask("delete", connection=world.connection)
    world.clock.advance(60)
    world.ask("create", settings=world.settings(), secrets=world.secrets())
    assert platforms.parts(stored(world), "office") is not before


def test_an_id_is_not_revived_for_other_accounts(new_world: NewWorld) -> None:
    world, other = known(new_world), new_world(app=False)
    bring_one(world)
    world.ask("delete", connection=world.connection)
    settings = {**other.settings(), "id": world.connection}
    told_why = refused(other, "create", settings=settings, secrets=other.secrets())
    assert "belonged to a connection between other accounts until 2026-01-31" in told_why


def test_a_plan_tells_what_another_connection_has_brought_already(new_world: NewWorld) -> None:
    world = known(new_world)
    bring_one(world)
    world.clock.advance(3600)
    unannounced(world, an_order())
    world.clock.advance(3600)
    planned = world.ask("create", **under(world, "second"), beside=[world.connection])["plan"]
    assert (planned["imported_already"], planned["to_import"], planned["held"]) == (1, 1, [])


# --- numbers of sales channels ----------------------------------------------------------------------------------


def remarks_of(world: World) -> str:
    return "\n".join(world.ask("verify", connection=world.connection)["remarks"])


def test_verify_warns_of_channels_whose_orders_may_have_the_same_number(new_world: NewWorld) -> None:
    world = new_world(app=False)
    assert "may have the same number" not in remarks_of(world)
    world.shop.add_number_range("Germany", "Austria")
    shown = remarks_of(world)
    assert "Storefront and " in shown or " and Storefront" in shown
    assert "two of their orders may have the same number. If they may, set orders.reference" in shown
    world.changes = {"reference": "channel_number"}
    world.ask("change", settings=world.settings())
    assert "may have the same number" not in remarks_of(world)


def test_ranges_whose_patterns_differ_need_no_warning(new_world: NewWorld) -> None:
    world = new_world(app=False)
    world.shop.add_number_range("Germany", pattern="DE{n}")
    assert "may have the same number" not in remarks_of(world)


def test_a_channel_that_is_not_taken_needs_no_warning(new_world: NewWorld) -> None:
    world = new_world(app=False)
    world.shop.add_number_range("Germany")
    (first, *_) = world.shop.shop.store.tables["sales_channel"]
    settings = world.settings()
    settings["shop"]["settings"]["sales_channels"] = [first]
    world.ask("change", settings=settings)
    assert "may have the same number" not in remarks_of(world)


def test_without_the_right_to_see_ranges_verify_says_so(new_world: NewWorld) -> None:
    world = new_world(app=False)
    world.shop.add_number_range("Germany")
    rights = [name for name in world.shop.shop.store.tables if not name.startswith("number_range")]
    few = world.shop.add_integration(f"{name}:{do}" for name in rights for do in ("read", "update", "create"))
    keys = {"client_id": few.access_key, "client_secret": few.secret_key}
    world.ask("change", settings=world.settings(), secrets={"shop": keys})
    assert "cannot be seen: the integration may not read number_range" in remarks_of(world)


def test_orders_of_two_ranges_get_the_same_numbers(new_world: NewWorld) -> None:
    world = new_world(app=False)
    world.shop.add_number_range("Germany")
    placed = [world.place(an_order(sales_channel=name)) for name in ("Storefront", "Germany", "Germany")]
    assert [world.shop.order(order_id)["orderNumber"] for order_id in placed] == ["10001", "10001", "10002"]
