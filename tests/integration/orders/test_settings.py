"""Maps, filters, dates and the merchant's own rules decide what is taken and how it is booked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shopware import Line, OrderSpec, Payment, Shipping
from shopbridge.flows.operations.dispatch import operate
from tests.integration.stage import (
    BOOK,
    LAMP,
    MUG,
    NewWorld,
    an_order,
    bring,
    events,
    held,
    imported,
    not_imported,
    told,
    unannounced,
)
from tests.integration.world import World

STANDARD_MAPS: dict[str, Any] = {
    "status": {"entries": {"open": "1", "in_progress": "2", "completed": "7", "cancelled": "8"}},
    "payment": {"entries": {"Invoice": "Cash"}},
    "shipping": {"entries": {"Standard": "shipping"}},
    "tax": {"entries": {"19": "19", "7": "7"}},
}


def maps(**changed: dict[str, Any]) -> dict[str, Any]:
    return {**STANDARD_MAPS, **changed}


def change(world: World, **orders: Any) -> None:
    world.changes = {**world.changes, **orders}
    world.ask("change", settings=world.settings())


# --- maps -------------------------------------------------------------------------------------------------

UNMAPPED = [
    pytest.param("payment", {"payments": (Payment("iDEAL", "paid"),)}, "payment_demo_ideal", "Ideal", id="payment"),
    pytest.param("shipping", {"shipping": (Shipping(method="Pickup"),)}, "shipping_demo_pickup", "pickup", id="ship"),
    pytest.param("tax", {"lines": (Line("MUG", Decimal(21), tax=Decimal(21)),)}, "21", "=", id="tax"),
    pytest.param("status", {"state": "in_progress"}, "in_progress", "2", id="status"),
]


@pytest.mark.parametrize(("table", "fields", "key", "target"), UNMAPPED)
def test_an_unmapped_value_holds_the_order_until_its_key_is_added_and_the_orders_are_resent(
    new_world: NewWorld, table: str, fields: dict[str, Any], key: str, target: str
) -> None:
    entries = {name: value for name, value in STANDARD_MAPS[table]["entries"].items() if name != key}
    world = new_world(maps=maps(**{table: {"entries": entries}}))
    order_id = bring(world, **fields) if "lines" not in fields else bring(world, *fields["lines"])
    record = held(world, order_id, f"unmapped_{table}")
    assert record.reason
    assert record.reason.fix == f"Add the key '{key}' to orders.maps.{table} of the connection, then resend the order."
    change(world, maps=maps(**{table: {"entries": {**entries, key: target}}}))
    answer = world.ask("resend", connection=world.connection, code=f"unmapped_{table}")
    world.settle()
    assert answer["resent"] == 1
    imported(world, order_id)


def test_resend_by_code_takes_those_orders_and_no_others(new_world: NewWorld) -> None:
    world = new_world(maps=maps())
    ideal = bring(world, payments=(Payment("iDEAL", "paid"),))
    pickup = bring(world, shipping=(Shipping(method="Pickup"),))
    change(world, maps=maps(payment={"entries": {}, "fallback": "="}, shipping={"entries": {}, "fallback": "pickup"}))
    world.ask("resend", connection=world.connection, code="unmapped_payment")
    world.settle()
    imported(world, ideal)
    held(world, pickup, "unmapped_shipping")


def test_a_chosen_fallback_takes_what_has_no_entry(new_world: NewWorld) -> None:
    world = new_world(maps=maps(payment={"entries": {}, "fallback": "Pin"}))
    assert "paid with Pin" in imported(world, bring(world)).notes[0]["note"]


def test_an_equals_sign_keeps_the_shops_word(new_world: NewWorld) -> None:
    world = new_world(maps=maps(payment={"entries": {"iDEAL": "="}}))
    copy = imported(world, bring(world, payments=(Payment("iDEAL", "paid"),)))
    assert "paid with iDEAL" in copy.notes[0]["note"]


def test_statuses_and_shipping_methods_arrive_under_the_back_offices_names(new_world: NewWorld) -> None:
    world = new_world(maps=maps(shipping={"entries": {"PICKUP ": "pickup"}}, status={"entries": {"open": "10"}}))
    copy = imported(world, bring(world, shipping=(Shipping(method="Pickup"),)))
    assert (copy.fields["deliver_method"], copy.fields["status"]) == ("pickup", 10)


# --- which orders are taken ---------------------------------------------------------------------------------


def test_a_cancelled_order_is_skipped_unless_that_status_is_wanted(new_world: NewWorld) -> None:
    world = new_world(maps=maps())
    order_id = bring(world, state="cancelled")
    not_imported(world, order_id, "SKIPPED", "cancelled")
    change(world, statuses=["cancelled"])
    world.ask("resend", connection=world.connection, order=world.record(order_id).reference)
    world.settle()
    assert imported(world, order_id).fields["status"] == 8


def test_only_the_chosen_statuses_are_taken_and_a_later_change_is_judged_anew(new_world: NewWorld) -> None:
    world = new_world(maps=maps(), statuses=["in_progress"])
    order_id = bring(world)
    not_imported(world, order_id, "SKIPPED", "status_not_taken")
    world.shop.move(order_id, "process")
    world.poll()
    world.settle()
    imported(world, order_id)


def test_an_unpaid_order_is_skipped_and_imported_once_it_is_paid(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "open"),))
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    world.clock.advance(1)
    world.shop.pay(order_id)
    world.settle()
    copy = imported(world, order_id)
    assert copy.fields["paid"] is True
    assert "payment status 'open'" in told(world.record(order_id))


def test_a_payment_whose_webhook_is_lost_is_found_by_the_poll(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "open"),))
    world.poll()
    world.settle()
    world.shop.webhooks.hold()
    world.shop.pay(order_id)
    world.shop.webhooks.drop()
    world.poll()
    world.settle()
    imported(world, order_id)


def test_a_second_payment_attempt_counts_and_the_failed_first_does_not(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "failed"),))
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    world.clock.advance(1)
    world.shop.add_payment(order_id, Payment("Invoice", "paid"))
    world.poll()
    world.settle()
    imported(world, order_id)


def test_a_paid_order_is_imported_though_a_plugin_left_the_primary_payment_at_the_failed_one(
    new_world: NewWorld,
) -> None:
    world = new_world(version="6.7.1.0")
    payments = (Payment("iDEAL", "failed"), Payment("Invoice", "paid"), Payment("iDEAL", "open"))
    order_id = bring(world, payments=payments, primary_payment=0)
    copy = imported(world, order_id)
    assert copy.fields["paid"] is True
    assert "· paid with Invoice" in copy.notes[0]["note"]


def test_an_order_that_was_paid_twice_is_one_order_and_one_warning(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=(Payment("Invoice", "paid"), Payment("Invoice", "paid")))
    imported(world, order_id)
    world.poll()
    world.settle()
    (warning,) = events(world, "order_warning")
    assert warning["code"] == "overpaid"
    assert "57.58 EUR is paid or authorized" in told(world.record(order_id))
    assert told(world.record(order_id)).count("57.58") == 1


def test_an_order_that_was_raised_after_it_was_paid_is_held_until_the_rest_is_paid(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, LAMP, payments=(Payment("Invoice", "paid", Decimal("28.79")),))
    record = held(world, order_id, "paid_in_part")
    assert record.reason
    assert "28.79 EUR is paid or authorized, but the order's total is 64.49" in record.reason.text
    world.clock.advance(1)
    world.shop.add_payment(order_id, Payment("Invoice", "paid", Decimal("35.70")))
    world.poll()
    world.settle()
    assert imported(world, order_id).fields["paid"] is True


def test_an_order_that_is_paid_in_part_is_made_as_unpaid_where_such_orders_are_taken(new_world: NewWorld) -> None:
    world = new_world(payment_statuses=["paid", "paid_partially"])
    copy = imported(world, bring(world, LAMP, payments=(Payment("Invoice", "paid", Decimal("28.79")),)))
    assert copy.fields["paid"] is False
    assert "paid in part with Invoice (28.79)" in copy.notes[0]["note"]
    assert [line["code"] for line in events(world, "order_warning")] == ["paid_in_part"]


def test_an_order_with_nothing_to_pay_is_imported_though_its_payment_stays_open(new_world: NewWorld) -> None:
    world = new_world()
    voucher = Line(type="promotion", label="All free", price=Decimal("-16.89"))
    copy = imported(world, bring(world, MUG, voucher, payments=(Payment("Invoice", "open"),)))
    assert (copy.fields["paid"], copy.totals.price) == (True, Decimal(0))


@pytest.mark.parametrize("state", ["refunded_partially", "refunded"])
def test_what_was_paid_and_given_back_is_not_called_unpaid(new_world: NewWorld, state: str) -> None:
    world = new_world(payment_statuses=["paid", state])
    copy = imported(world, bring(world, payments=(Payment("Invoice", state),)))
    assert copy.fields["paid"] is True
    assert "was paid with Invoice" in copy.notes[0]["note"]
    assert "given back" in copy.notes[0]["note"]
    assert [line["code"] for line in events(world, "order_warning")] == ["given_back"]


def test_orders_before_the_start_date_are_left_out_and_the_day_itself_counts(new_world: NewWorld) -> None:
    world = new_world(from_date="2026-01-20")
    day = world.clock().replace(day=20, hour=0, minute=0)
    before = unannounced(world, an_order(placed_at=day - timedelta(seconds=1)))
    on_the_day = unannounced(world, an_order(placed_at=day))
    world.shop.touch(before)
    world.poll()
    world.settle()
    record = not_imported(world, before, "SKIPPED", "before_start_date")
    assert record.reason
    assert "20 January 2026" in record.reason.text
    imported(world, on_the_day)


def test_the_first_import_reaches_two_months_back_and_no_further(new_world: NewWorld) -> None:
    world = new_world()
    now = world.clock()
    near = unannounced(world, an_order(placed_at=now - timedelta(days=60)))
    far = unannounced(world, an_order(placed_at=now - timedelta(days=62)))
    for order_id in (near, far):
        backdate(world, order_id)
    world.poll()
    world.settle()
    imported(world, near)
    assert world.record(near).origin == "first_import"
    assert world.ask("show", connection=world.connection)["orders"] == {"DONE": 1}


def backdate(world: World, order_id: str) -> None:
    """Let the order's parts be as old as the order."""
    store = world.shop.shop.store
    moment = store.tables["order"][order_id].values["createdAt"]
    for entity in ("order_transaction", "order_delivery", "order_line_item", "order_customer", "order_address"):
        for row in store.children(entity, "orderId", order_id):
            store.write(row, {"createdAt": moment, "updatedAt": None})


def test_statuses_left_out_of_the_first_import_are_taken_when_they_change_later(new_world: NewWorld) -> None:
    world = new_world(maps=maps(), first_import_without=["completed"])
    old, fresh = (unannounced(world, an_order(state=state)) for state in ("completed", "open"))
    world.poll()
    world.settle()
    not_imported(world, old, "SKIPPED", "status_not_in_first_import")
    imported(world, fresh)
    world.shop.touch(old)
    world.poll()
    world.settle()
    imported(world, old)


# --- own rules ----------------------------------------------------------------------------------------------


def rules(*given: dict[str, Any]) -> dict[str, Any]:
    return {"rules": list(given)}


def test_rules_fill_fields_of_the_order_and_of_its_rows(new_world: NewWorld) -> None:
    world = new_world(
        **rules(
            {"target": "track_and_trace_code", "source": "order.number", "convert": ["upper"]},
            {"target": "orderrows[].memo", "source": "join(' ', ['Line', line.sku])", "when": "line.sku == 'MUG'"},
            {"target": "orderedinlng", "source": "'de'", "when": "order.billing_address.country == 'DE'"},
            {"target": "orderedinlng", "source": "order.comment", "default": "en"},
        )
    )
    copy = imported(world, bring(world, MUG, BOOK))
    assert copy.fields["track_and_trace_code"] == copy.reservationnumber
    assert copy.fields["orderedinlng"] == "en"
    assert [row.memo for row in copy.rows[:2]] == ["Line MUG", ""]


def test_a_rule_that_finds_nothing_it_needs_holds_the_order_with_the_rule_named(new_world: NewWorld) -> None:
    world = new_world(
        **rules(
            {
                "target": "customer.billingaddress.telephone",
                "source": "order.billing_address.street",
                "convert": "house_number",
            }
        )
    )
    bring(world)
    order_id = bring(world, billing=replace(an_order().billing, street="Postbus"))
    record = world.record(order_id)
    assert record.state == "HELD"
    assert record.reason
    assert "customer.billingaddress.telephone" in record.reason.text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"target": "orderrows[].colour", "source": "line.sku"}, ["field rule 1", "orderrows[].colour"]),
        ({"target": "customer.billingaddress.telephone", "source": "order.["}, ["field rule 1", "source"]),
        ({"target": "customer.billingaddress.telephone", "source": "line.sku"}, ["field rule 1", "line"]),
        ({"target": "reservationnumber", "source": "order.number"}, ["field rule 1", "reservationnumber"]),
        ({"target": "customer.billingaddress.telephone", "source": "order.number", "convert": "explode"}, ["convert"]),
        ({"target": "paid", "source": "order.comment"}, ["field rule 1", "paid"]),
    ],
)
def test_a_rule_that_cannot_work_is_refused_on_save_in_words(
    new_world: NewWorld, rule: dict[str, Any], words: list[str]
) -> None:
    world = new_world(app=False)
    world.changes = rules(rule)
    answer = operate(world.container.bridge, {"operation": "change", "settings": world.settings(), "version": 1})
    assert answer["ok"] is False
    told_all = " ".join(answer["problems"])
    assert all(word in told_all for word in words), told_all
    assert all(problem.endswith((".", "?")) for problem in answer["problems"])


# --- sales channels -----------------------------------------------------------------------------------------


def test_only_the_chosen_sales_channels_are_taken(new_world: NewWorld) -> None:
    world = new_world()
    theirs = bring_from(world, "Outlet")
    settings = world.settings()
    channel = world.shop.shop.store.find("sales_channel", name="Storefront")
    assert channel
    settings["shop"]["settings"]["sales_channels"] = [channel.id]
    world.ask("change", settings=settings)
    ours, other = bring_from(world, "Storefront"), bring_from(world, "Outlet")
    world.poll()
    world.settle()
    imported(world, theirs)
    imported(world, ours)
    assert world.ask("show", connection=world.connection)["orders"] == {"DONE": 2}
    assert world.office.orders_by_reference(world.shop.order(other)["orderNumber"]) == []


def bring_from(world: World, channel: str) -> str:
    spec: OrderSpec = replace(an_order(), sales_channel=channel)
    order_id = world.place(spec)
    world.settle()
    return order_id
