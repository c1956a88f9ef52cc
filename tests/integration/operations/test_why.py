"""Why an order is where it is, or why it never came in: a sentence with what to do, and nothing is written."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from sandbox.platforms.shopware import OrderSpec, Payment
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import Reason
from shopbridge.model.run import OrderCursor
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.effects import DynamoLedger
from shopbridge.store.ledger.items import PREFIX
from tests.integration.stage import NewWorld, an_order, bring, check_log, held, imported, records, set_up, unannounced
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
UNPAID = (Payment("Invoice", "open"),)
FRESH = count()


@pytest.fixture
def world(environment: Environment) -> Iterator[World]:
    made = set_up(environment, ConnectionId(f"why-{next(FRESH)}"))
    yield made
    check_log(made)


def why(world: World, number: str) -> dict[str, Any]:
    """The answer, after which the ledger is as it was, and so is every order in the back office."""
    before = kept(world), len(world.office.orders)
    answer = world.ask("why", connection=world.connection, order=number)
    assert (kept(world), len(world.office.orders)) == before
    return dict(answer)


def kept(world: World) -> list[str]:
    """What the ledger has."""
    return [name for name in records(world, world.connection) if name.startswith(PREFIX)]


def one(world: World, number: str) -> dict[str, Any]:
    answer = why(world, number)
    (order,) = answer["orders"]
    assert (answer["answer"], answer["fix"]) == (order["answer"], order["fix"])
    assert order["answer"].endswith(".")
    return dict(order)


def number_of(world: World, order_id: str) -> str:
    return str(world.shop.order(order_id)["orderNumber"])


def missed(world: World, spec: OrderSpec) -> str:
    """An order that no webhook told of; its number."""
    return number_of(world, unannounced(world, spec))


def has_read(world: World) -> None:
    """The shop is read to this moment, and time goes on a little."""
    world.poll()
    world.settle()
    world.clock.advance(60)


# --- known orders -------------------------------------------------------------------------------------------------


def test_an_imported_order_tells_its_lines_its_document_and_where_both_are(world: World) -> None:
    order = bring(world)
    imported(world, order)
    record = world.record(order)
    told = one(world, record.reference)
    assert (told["group"], told["fix"]) == ("imported", "")
    assert told["answer"] == f"It is imported: the back office has it as {record.external_number}."
    assert [(line["sku"], line["quantity"], line["total"]) for line in told["shop"]["lines"]] == [
        ("MUG", Decimal(2), Decimal("23.80"))
    ]
    assert (told["shop"]["total"], told["shop"]["currency"]) == (Decimal("28.79"), "EUR")
    assert (told["document"]["number"], told["document"]["total"]) == (record.external_number, Decimal("28.79"))
    assert told["links"] == {"shop": f"https://shop.example/admin#/sw/order/detail/{order}"}
    assert (told["shop_says"], told["office_says"]) == ("", "")


def test_an_order_is_found_by_its_id_and_by_what_the_back_office_calls_it(world: World) -> None:
    order = bring(world)
    record = world.record(order)
    assert record.external_number
    for name in (order, record.external_number, str(record.external_id)):
        assert one(world, name)["id"] == order


def test_orders_are_found_without_reading_through_all_of_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def through_all(*_: object) -> None:
        raise AssertionError("this reads through every order of the connection")

    order = bring(world)
    lost = missed(world, an_order())
    with monkeypatch.context() as patched:
        patched.setattr(DynamoLedger, "find", through_all)
        assert one(world, number_of(world, order))["id"] == order
        assert one(world, lost)["group"] == "not_read"


def test_an_order_that_the_index_does_not_list_is_found_by_what_the_shop_says_or_by_reading_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bring(world)
    number = number_of(world, order)
    with monkeypatch.context() as patched:
        patched.setattr(DynamoLedger, "numbered", lambda *_: ())
        assert one(world, number)["group"] == "imported"
        world.shop.delete_order(order)
        assert one(world, number)["group"] == "imported"


def test_a_held_order_tells_its_reason_and_what_to_do(world: World) -> None:
    number = held(world, bring(world, payments=IDEAL), "unmapped_payment").reference
    told = one(world, number)
    assert (told["group"], told["code"]) == ("held", "unmapped_payment")
    assert "'payment_demo_ideal' has no entry in the map" in told["answer"]
    assert "orders.maps.payment" in told["fix"]
    assert told["document"] is None


def test_a_skipped_order_that_would_be_taken_by_now_says_so(world: World) -> None:
    order = bring(world, payments=UNPAID)
    number = number_of(world, order)
    told = one(world, number)
    assert (told["group"], told["code"]) == ("skipped", "payment_not_taken")
    assert "add 'open' there" in told["fix"]
    world.shop.webhooks.hold()
    world.shop.pay(order)
    world.shop.webhooks.drop()
    told = one(world, number)
    assert told["answer"].endswith("As it stands in the shop now, it would be taken.")
    assert f"`resend {number}`" in told["fix"]


def test_an_order_that_is_gone_on_either_side_says_so(world: World) -> None:
    order = bring(world)
    number = number_of(world, order)
    world.shop.delete_order(order)
    world.office.shop.orders.clear()
    told = one(world, number)
    assert told["shop"] is None
    assert "deleted there" in told["shop_says"]
    assert told["office_says"] == "The back office does not have it any more."
    assert told["document"]["total"] == Decimal("28.79")


def test_what_waits_for_a_limit_says_until_when(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    has_read(world)
    order = world.place(an_order())
    world.container.store.limiter(world.connection, "office").pause("orders:POST", 1500)
    for _ in range(4):
        world.work()
    told = one(world, number_of(world, order))
    assert told["group"] == "on_the_way"
    assert "The limit of CCV SalesPOS is used up: it can be called again in about 25 min." in told["answer"]


# --- orders that never came in ------------------------------------------------------------------------------------


def test_a_number_that_the_shop_does_not_have(world: World) -> None:
    answer = why(world, "4711")
    assert answer["orders"] == []
    assert answer["answer"] == "The shop (Shopware) has no order 4711, and none has come in."
    assert "deleted" in answer["fix"]


def test_an_order_that_is_not_read_yet_says_how_far_the_shop_was_read_and_when_it_goes_on(world: World) -> None:
    has_read(world)
    world.container.bridge.health.succeeded(world.connection, "poll")  # an order's turn may have come minutes later
    told = one(world, missed(world, an_order()))
    assert (told["group"], told["code"], told["fix"]) == ("not_read", "not_read_yet", "`poll` reads it now.")
    assert "the shop's orders were read up to 2026-01-31 12:0" in told["answer"]
    due = world.clock() + timedelta(minutes=5)
    assert f"The next poll is due at about {due:%H:%M} UTC." in told["answer"]


def test_before_the_first_poll_nothing_is_read(world: World) -> None:
    told = one(world, missed(world, an_order()))
    assert told["code"] == "not_read_yet"
    assert "have not been read at all. The next poll is due within 5 min." in told["answer"]


def test_a_poll_that_fails_is_told_with_it(world: World) -> None:
    has_read(world)
    reason = Reason(code="poll_refused", text="Shopware refuses the search.", fix="Look at its log.")
    world.container.bridge.health.failed(world.connection, "poll", reason)
    told = one(world, missed(world, an_order()))
    assert "The last one failed: Shopware refuses the search. Look at its log." in told["answer"]


@pytest.mark.parametrize(
    ("spec", "code", "said", "setting"),
    [
        (an_order(payments=UNPAID), "payment_not_taken", "payment status 'open'", "orders.payment_statuses"),
        (
            an_order(placed_at=datetime(2025, 10, 1, tzinfo=UTC)),
            "before_start_date",
            "is older than",
            "orders.from_date",
        ),
    ],
)
def test_an_order_that_is_left_out_names_the_setting(
    world: World, spec: OrderSpec, code: str, said: str, setting: str
) -> None:
    has_read(world)
    told = one(world, missed(world, spec))
    assert (told["group"], told["code"]) == ("left_out", code)
    assert said in told["answer"]
    assert setting in told["fix"]


def test_an_order_with_a_status_that_is_not_taken(new_world: NewWorld) -> None:
    world = new_world(statuses=("in_progress",))
    has_read(world)
    told = one(world, missed(world, an_order()))
    assert (told["group"], told["code"]) == ("left_out", "status_not_taken")
    assert "orders.statuses" in told["fix"]


def test_an_order_of_another_sales_channel(world: World) -> None:
    ours = bring(world)
    take_only(world, world.shop.order(ours)["salesChannelId"])
    told = one(world, missed(world, an_order(sales_channel="Outlet")))
    assert (told["group"], told["code"]) == ("left_out", "channel_not_taken")
    assert told["answer"] == "It is left out. Orders of the sales channel 'Outlet' are not read."
    assert "shop.settings.sales_channels" in told["fix"]


def take_only(world: World, channel: str) -> None:
    stored = world.container.bridge.connections.get(world.connection)
    assert stored
    shop = stored.settings.shop
    changed = shop.model_copy(update={"settings": {**shop.settings, "sales_channels": [channel]}})
    settings = stored.settings.model_copy(update={"shop": changed})
    world.container.bridge.connections.save(
        stored.model_copy(update={"settings": settings, "version": stored.version + 1}), expected_version=stored.version
    )


def test_a_number_that_two_orders_have_tells_each(world: World) -> None:
    known = bring(world, number="10042")
    has_read(world)
    unannounced(world, an_order(number="10042", sales_channel="Outlet"))
    answer = why(world, "10042")
    assert answer["answer"] == "2 orders have the number 10042."
    assert [(each["id"] == known, each["group"]) for each in answer["orders"]] == [
        (True, "imported"),
        (False, "not_read"),
    ]
    assert one(world, known)["group"] == "imported"
    assert one(world, world.record(known).external_number)["id"] == known


@pytest.mark.parametrize("status", ["paused", "stopped"])
def test_a_connection_that_rests_says_so_and_how_it_goes_on(world: World, status: str) -> None:
    has_read(world)
    number = missed(world, an_order())
    unpaid = missed(world, an_order(payments=UNPAID))
    if status == "paused":
        world.ask("pause", connection=world.connection, by="anna")
    else:
        world.container.bridge.connections.stop(world.connection, "SalesPOS refuses the key.")
    told = one(world, number)
    assert (told["group"], told["code"]) == ("not_read", f"connection_{status}")
    assert f"the connection is {status}: " in told["answer"]
    assert "`resume`" in told["fix"]
    assert one(world, unpaid)["answer"].endswith(f"Besides, the connection is {status}.")


def test_an_order_that_went_by_the_polls_can_be_reconciled(world: World) -> None:
    number = missed(world, an_order())
    world.clock.advance(3 * 86400)
    cursor_to_now(world)
    told = one(world, number)
    assert (told["group"], told["code"]) == ("missed", "missed")
    assert told["fix"].startswith("`reconcile --since 2026-01-31 --until 2026-01-31`")


def cursor_to_now(world: World) -> None:
    """As if everything before this moment had been read."""
    world.container.bridge.cursors.save(world.connection, "orders", OrderCursor(since=world.clock()))


def test_what_would_be_held_says_so_before_it_is_read(world: World) -> None:
    has_read(world)
    told = one(world, missed(world, an_order(payments=IDEAL)))
    assert "It would then wait for you (unmapped_payment)" in told["answer"]


def test_what_was_read_and_waits_in_the_queue(world: World) -> None:
    has_read(world)
    number = missed(world, an_order())
    world.poll()
    world._deliver(world.environment.poll_queue_url, "order_poll", twice=False)
    told = one(world, number)
    assert (told["group"], told["code"]) == ("on_the_way", "in_queue")


def test_a_shop_that_is_away_is_told_and_what_is_known_is_told_all_the_same(world: World) -> None:
    number = number_of(world, bring(world))
    world.shop.faults.plan("maintenance", times=99)
    told = one(world, number)
    assert told["group"] == "imported"
    assert told["shop_says"].startswith("The shop cannot be asked: ")
    answer = why(world, "4711")
    assert answer["orders"] == []
    assert answer["answer"].startswith("No order 4711 has come in. The shop cannot be asked: ")
    assert answer["fix"].startswith("Ask again in about")
