"""A shop's order as RO App's work order: its lines to the cent, its notes, and what a changed one comes to."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.roapp.customers import contact_of, same_phone
from shopbridge.connectors.roapp.orders.create import missing
from shopbridge.connectors.roapp.orders.lines import PlannedItem, plan_items
from shopbridge.connectors.roapp.orders.payload import (
    Sending,
    dealt_to,
    delivery_text,
    draft_of,
    item_body,
    order_body,
    order_fields,
    ready,
    resent,
)
from shopbridge.connectors.roapp.orders.status import edits
from shopbridge.connectors.roapp.wire import ItemInput, LineRead
from shopbridge.errors import Held, Unmapped
from shopbridge.model.base import ExternalId
from shopbridge.model.order import Order
from tests.examples import examples
from tests.roapp_orders import ANA, HOME, MUG, bits, bought, chosen, courier, mugs
from tests.salespos_orders import D, line, orders, split_line


def items(of: Order, **given: Any) -> list[tuple[str, Decimal, Decimal]]:
    """What its lines are: entry, quantity, price."""
    planned = plan_items(of, bits(of), chosen(**given), "Delivery")
    return [(item.entity, item.quantity, item.price) for item in planned]


# --- lines --------------------------------------------------------------------------------------------------------


def test_goods_and_delivery_are_lines_of_the_catalogue() -> None:
    assert items(bought([mugs(2, "90")], courier("15"))) == [(MUG, D(2), D(90)), ("6001", D(1), D(15))]


def test_a_fee_is_a_line_of_its_own_entry() -> None:
    fee = split_line(2, "Cash on delivery", {D(19): D("5.95")}, "gross", "free")
    assert items(bought([mugs(1), fee])) == [(MUG, D(1), D(90)), ("6002", D(1), D("5.95"))]


@pytest.mark.parametrize(("setting", "amount"), [("delivery_entry", "15"), ("fee_entry", "5")])
def test_without_an_entry_the_order_is_held_with_the_setting_to_fill(setting: str, amount: str) -> None:
    fee = split_line(2, "Fee", {D(19): D(amount)}, "gross", "free")
    of = bought([mugs(1)], courier(amount)) if setting == "delivery_entry" else bought([mugs(1), fee])
    with pytest.raises(Held) as caught:
        items(of, **{setting: None})
    assert caught.value.code == "no_catalogue_entry"
    assert setting in caught.value.fix


def test_a_discount_lowers_what_was_bought_in_proportion() -> None:
    of = bought([mugs(1, "90"), mugs(1, "10", number=2), split_line(3, "SALE", {D(19): D(-10)}, "gross", "discount")])
    assert items(of) == [(MUG, D(1), D(81)), (MUG, D(1), D(9))]


def test_a_discount_with_an_entry_is_a_line_below_zero() -> None:
    of = bought([mugs(1, "90"), split_line(2, "SALE", {D(19): D(-10), D(9): D(-5)}, "gross", "discount")])
    assert items(of, discount_entry=6003) == [(MUG, D(1), D(90)), ("6003", D(1), D(-15))]


def test_a_discount_of_more_than_all_of_it_is_held() -> None:
    of = bought([mugs(1, "90"), split_line(2, "SALE", {D(19): D(-100)}, "gross", "discount")])
    with pytest.raises(Held, match="more than what it sells"):
        items(of)


def test_a_price_finer_than_a_cent_becomes_two_lines() -> None:
    assert items(bought([mugs(3, "33.333", total=D(100))])) == [
        (MUG, D(2), D("33.33")),
        (MUG, D(1), D("33.34")),
    ]


def test_a_tax_without_an_entry_names_the_key() -> None:
    of = bought()
    with pytest.raises(Unmapped):
        plan_items(of, bits(of, taxes={}), chosen(), "Delivery")


@settings(max_examples=examples(300), database=None)
@given(of=orders(), entry=st.sampled_from([None, 6003]))
def test_lines_come_to_the_shops_total_in_every_tax_mode(of: Order, entry: int | None) -> None:
    try:
        planned = plan_items(of, bits(of), chosen(discount_entry=entry), "Delivery")
    except Held as error:
        assert error.code == "line_not_expressible"  # noqa: PT017 - nothing else may stop a sound order
        return
    assert sum((item.total for item in planned), D(0)) == of.totals.gross
    assert all(item.quantity > 0 and item.price == round(item.price, 2) for item in planned)
    assert entry is not None or all(item.price >= 0 for item in planned)


# --- the order ----------------------------------------------------------------------------------------------------


def test_an_order_is_made_with_its_number_in_the_field_and_all_it_says_in_the_notes() -> None:
    of = bought([mugs(2)], courier("15"), comment="Ring twice")
    draft = draft_of(of, bits(of), chosen(shop_name="Mug shop", reference_prefix="RO-"))
    order = ready(draft.payload, "order")
    body = order_body(order, chosen(), 701, 31)
    assert draft.reference == "RO-1042"
    assert body == {
        "branch_id": 11,
        "order_type_id": 21,
        "client_id": 701,
        "manager_id": 31,
        "custom_fields": {"f123": "RO-1042"},
        "manager_notes": "Mug shop order RO-1042 (2026-03-01 09:58)\n"
        "Delivery: DPD, Ana Pop, Strada Lunga 1, ap. 2, 500035 Brasov, RO, +40 700 000 001\n"
        "Payment: to be paid with Cash\n"
        f"Channel: {of.channel}\n"
        "Comment: Ring twice\n"
        "[2 | 195.00 RON | 51]",
    }
    assert Sending.parse(body["manager_notes"]) == Sending(lines=2, status=51)


def test_no_words_of_a_buyer_pass_for_what_was_sent() -> None:
    odd = "[9 | 1.00 RON | 9]"
    of = bought(comment=odd, shipping_address=HOME.model_copy(update={"street": odd}))
    body = order_body(ready(draft_of(of, bits(of), chosen()).payload, "order"), chosen(), 701, 31)
    assert Sending.parse(body["manager_notes"]) == Sending(lines=1, status=51)
    later = f"{body['manager_notes']}\nDelivery: {delivery_text(of, None)}"
    assert Sending.parse(later) == Sending(lines=1, status=51)
    again = resent(later, ready(draft_of(of, bits(of, status="52"), chosen()).payload, "order"))
    assert Sending.parse(again) == Sending(lines=1, status=52)
    assert f"Comment: {odd}" in again
    assert "| 51]" not in again


def test_a_line_is_sent_with_all_that_is_required() -> None:
    assert item_body(ItemInput(entity_id=5001, quantity=D(2), price=D(90), comment="MUG-RED"), 31) == {
        "entity_id": 5001,
        "assignee_id": 31,
        "quantity": 2,
        "price": 90,
        "cost": 0,
        "discount": {"type": "value", "percentage": 0, "amount": 0, "sponsor": "company"},
        "warranty": {"period": "0", "periodUnits": "days"},
        "comment": "MUG-RED",
    }


def test_another_currency_and_an_order_of_nobody_are_held() -> None:
    with pytest.raises(Held) as caught:
        draft_of(bought(currency="EUR"), bits(bought()), chosen())
    assert caught.value.code == "currency_not_taken"
    nobody = HOME.model_copy(update={"first_name": "", "last_name": ""})
    of = bought(customer=None, billing_address=nobody, shipping_address=nobody)
    with pytest.raises(Held) as caught:
        draft_of(of, bits(of, customer_id=None), chosen())
    assert caught.value.code == "client_without_name"


def test_managers_are_dealt_out_by_the_number_whatever_their_order() -> None:
    dealt = [dealt_to([33, 31, 32], str(number)) for number in range(300)]
    assert dealt == [dealt_to([31, 32, 33], str(number)) for number in range(300)]
    assert all(60 < dealt.count(manager) < 140 for manager in (31, 32, 33))


def test_a_buyer_with_a_company_is_an_organization() -> None:
    company = contact_of(ANA.model_copy(update={"company": "Pop SRL", "vat_id": "RO1"}), HOME, HOME)
    assert (company.kind, company.body()) == (
        "organizations",
        {
            "name": "Pop SRL",
            "email": "Ana@example.com",
            "address": "Strada Lunga 1, ap. 2, 500035 Brasov, RO",
            "tax_identification_number": "RO1",
            "phones": [{"title": "", "phone": "+40 700 000 001", "notify": False}],
        },
    )
    assert contact_of(ANA, HOME, HOME).body()["first_name"] == "Ana"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+40 700 000 001", "0700000001", True),
        ("0040700000001", "+40 700-000-001", True),
        ("0700000001", "0700000002", False),
        ("", "", False),
        ("123", "0123", False),
    ],
)
def test_telephones_are_compared_by_their_digits(one: str, other: str, same: bool) -> None:
    assert same_phone(one, other) is same


# --- what is there already ----------------------------------------------------------------------------------------


def row(number: int, entity: int, quantity: str, price: str, comment: str, **other: Any) -> LineRead:
    """A line as RO App lists it."""
    entry = {"id": entity, "sku": comment if entity == 5001 else ""}
    values = {"id": number, "entity": entry, "quantity": quantity, "price": price, "comment": comment}
    return LineRead.model_validate({**values, **other})


def wanted(entity: int, quantity: str, price: str, comment: str) -> ItemInput:
    return ItemInput(entity_id=entity, quantity=D(quantity), price=D(price), comment=comment)


def test_only_lines_that_are_not_there_are_added_and_equal_ones_are_counted() -> None:
    plan = [wanted(5001, "2", "90", "A"), wanted(5001, "1", "91", "A"), wanted(5001, "2", "90", "A")]
    assert missing(plan, []) == plan
    assert missing(plan, [row(1, 5001, "2.0", "90.00", "A")]) == plan[1:]
    assert missing(plan, [row(1, 5001, "2", "90", "A"), row(2, 5001, "1", "91", "A")]) == plan[2:]
    assert missing(plan, [row(n, 5001, "2", "90", "A") for n in range(3)]) == []
    assert missing(plan[:1], [row(1, 5001, "5", "90", "A")]) == []
    assert missing(plan[:1], [row(1, 5001, "2", "90", "")]) == []


def test_an_edit_changes_adds_and_takes_away_and_leaves_what_people_added() -> None:
    there = [
        row(1, 5001, "2", "90", "MUG-RED"),
        row(2, 5001, "1", "10", "CUP"),
        row(3, 7777, "1", "50", ""),
        row(4, 6001, "1", "15", "DPD"),
    ]
    plan = [
        PlannedItem(0, ExternalId("5001"), D(3), D(90), "MUG-RED"),
        PlannedItem(1, ExternalId("5002"), D(1), D(20), "JAR"),
        PlannedItem(None, ExternalId("6001"), D(1), D(15), "DPD"),
    ]
    edit = edits(plan, there, chosen())
    assert [(found.id, item.quantity) for found, item in edit.changed] == [(1, D(3))]
    assert [item.comment for item in edit.added] == ["JAR"]
    assert [found.id for found in edit.removed] == [2]


def test_rules_may_fill_what_accounts_ask_for_and_nothing_that_an_order_is_known_by() -> None:
    fields = order_fields()
    assert {"malfunction", "due_date", "engineer_notes", "items[].comment"} <= set(fields)
    assert (fields["manager_id"].type, fields["branch_id"].type, fields["urgent"].type) == (
        *("integer", "integer", "boolean"),
    )
    assert not {"client_id", "reference", "status_id", "placed_at", "total", "currency"} & set(fields)
    assert not [path for path in fields if path.startswith("buyer")]


def test_a_draft_is_plain_and_the_same_each_time() -> None:
    of = bought([mugs(1), line(number=2, rate=D(9), name="Cup")], courier())
    assert draft_of(of, bits(of), chosen()) == draft_of(of, bits(of), chosen())
    assert draft_of(of, bits(of), chosen()).line_of_row == (0, 1, None)
