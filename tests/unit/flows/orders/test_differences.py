"""What became of an order since its import; the sample's total is 53.24 EUR."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.orders.differences import (
    Difference,
    differences,
    edits,
    facts_after_write_back,
    facts_of,
    merged_facts,
)
from shopbridge.model.ledger import OrderFacts, PaymentFacts
from shopbridge.model.order import Delivery, Order, Payment, PaymentStanding
from tests.unit.flow_samples import an_order

MADE = "W-800001"
Change = Callable[[Order], dict[str, Any]]


def between(before: Order, after: Order) -> tuple[Difference, ...]:
    return differences(facts_of(before), facts_of(after), MADE)


def paid(standing: PaymentStanding, captured: str | None = None, refunded: str | None = None) -> Payment:
    def figure(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    given_figures = {"captured": figure(captured), "refunded": figure(refunded)}
    is_paid = standing in ("paid", "refunded", "refunded_in_part")
    return Payment(method="Invoice", method_keys=(), status="x", paid=is_paid, standing=standing, **given_figures)


def other_total(order: Order) -> dict[str, Any]:
    return {"totals": order.totals.model_copy(update={"gross": order.totals.gross + 1})}


def other_lines(order: Order) -> dict[str, Any]:
    first, *rest = order.lines
    return {"lines": (first.model_copy(update={"quantity": first.quantity + 1}), *rest)}


CHANGES: dict[str, Change] = {
    "total_changed": other_total,
    "payment_changed": lambda _: {"payment": paid("refunded", "53.24", "53.24")},
    "lines_changed": other_lines,
    "address_changed": lambda order: {
        "billing_address": order.billing_address.model_copy(update={"street": "Dorpsstraat 13"})
    },
    "buyer_changed": lambda order: {
        "customer": order.customer and order.customer.model_copy(update={"vat_id": "NL000099998B57"})
    },
    "delivery_changed": lambda order: {
        "further_deliveries": (Delivery(method="Express", address=order.shipping_address),)
    },
    "goods_returned": lambda _: {"returned": "in_part"},
}
"""For each fact a change of it, by its code."""


def changed(order: Order, codes: set[str]) -> Order:
    updates = {name: value for code in sorted(codes) for name, value in CHANGES[code](order).items()}
    return order.model_copy(update=updates)


@given(st.sets(st.sampled_from(sorted(CHANGES))))
def test_each_fact_that_changed_is_told_exactly_once_and_nothing_else(codes: set[str]) -> None:
    order = an_order()
    found = between(order, changed(order, codes))
    assert sorted(each.code for each in found) == sorted(codes)
    assert all(MADE in each.fix and each.fix.endswith(".") and each.text.endswith(".") for each in found)


@given(st.sets(st.sampled_from(sorted(CHANGES))), st.sets(st.sampled_from(sorted(CHANGES))))
def test_what_was_told_is_not_told_again_and_the_way_back_is(there: set[str], later: set[str]) -> None:
    order = an_order()
    first, second = changed(order, there), changed(order, later)
    known = merged_facts(facts_of(order), facts_of(first))
    assert differences(known, facts_of(first), MADE) == ()
    assert {each.code for each in differences(known, facts_of(second), MADE)} == there ^ later


@given(
    st.lists(st.sampled_from(["1", "1.0", "1.000", "1E+0", "01"]), min_size=2, max_size=2),
    st.text(max_size=30),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
def test_how_a_version_was_written_and_what_no_copy_shows_is_no_difference(
    written: list[str], comment: str, extras: dict[str, Any]
) -> None:
    def version(number: str, **more: Any) -> Order:
        order = an_order(**more)
        lines = [line.model_copy(update={"quantity": line.quantity * Decimal(number)}) for line in order.lines]
        totals = order.totals.model_copy(update={"gross": order.totals.gross * Decimal(number)})
        return order.model_copy(update={"lines": tuple(lines), "totals": totals})

    after = version(written[1], comment=comment, extras=extras, revision="9", status="completed")
    after = after.model_copy(update={"lines": after.lines[::-1]})
    assert between(version(written[0]), after) == ()


EDITED = {"total_changed", "lines_changed", "address_changed", "buyer_changed", "delivery_changed"}


def test_of_an_order_that_is_off_only_its_end_its_money_and_its_goods_are_told() -> None:
    """Vendure takes the lines of an order away with it, and its total."""
    order = an_order()
    off = changed(order, set(CHANGES)).model_copy(update={"cancelled": True})
    told = {each.code for each in between(order, off)}
    assert told == {"order_cancelled", "payment_changed", "goods_returned"} == {*CHANGES, "order_cancelled"} - EDITED
    assert edits(facts_of(order), facts_of(off)) == frozenset()


def test_an_order_that_is_taken_up_again_is_held_against_what_it_was_before_it_was_off() -> None:
    order = an_order()
    off = changed(order, EDITED).model_copy(update={"cancelled": True})
    known = merged_facts(facts_of(order), facts_of(off))
    assert {each.code for each in differences(known, facts_of(order), MADE)} == {"order_reopened"}
    assert {each.code for each in differences(known, facts_of(changed(order, EDITED)), MADE)} == {
        *EDITED,
        "order_reopened",
    }


def test_an_edit_tells_both_totals_and_what_to_do() -> None:
    order = an_order()
    totals = order.totals.model_copy(update={"gross": Decimal("88.29"), "net": Decimal("74.19")})
    (found,) = between(order, order.model_copy(update={"totals": totals}))
    assert found.text == "The order's total was 53.24 EUR (tax 9.24) and is 88.29 EUR (tax 14.10) now."
    assert found.fix == "Correct order W-800001 in the back office, or cancel it there and book it anew by hand."


@pytest.mark.parametrize(
    ("was", "now", "text", "fix"),
    [
        (paid("open", "0"), paid("paid", "53.24"), "not paid and is paid (53.24 EUR paid) now", "as paid in"),
        (paid("authorized", "0"), paid("paid", "53.24"), "not paid and is paid (53.24 EUR paid) now", "as paid in"),
        (None, paid("paid", "53.24"), "not paid and is paid (53.24 EUR paid) now", "as paid in"),
        (
            paid("paid", "53.24", "0"),
            paid("refunded_in_part", "53.24"),
            "paid (53.24 EUR paid) and is given back in part (53.24 EUR paid) now",
            "as a credit",
        ),
        (
            paid("paid", "53.24", "0"),
            paid("refunded", "53.24", "53.24"),
            "paid (53.24 EUR paid) and is given back (53.24 EUR paid, 53.24 EUR given back) now",
            "as a credit",
        ),
        (paid("paid", "53.24"), paid("paid_in_part", "53.24"), "is paid in part (53.24 EUR paid) now", "the rest"),
        (paid("paid", "53.24"), paid("paid", "106.48"), "is paid (106.48 EUR paid) now", "as paid in"),
        (paid("paid", "53.24"), paid("charged_back", "53.24"), "taken back by the buyer's bank", "as not paid"),
        (paid("paid", "53.24"), paid("open", "0"), "paid (53.24 EUR paid) and is not paid now", "as not paid"),
    ],
)
def test_a_payment_tells_what_it_was_and_is(was: Payment | None, now: Payment, text: str, fix: str) -> None:
    (found,) = between(an_order(payment=was), an_order(payment=now))
    assert found.code == "payment_changed"
    assert text in found.text
    assert fix in found.fix


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (paid("open", "0"), paid("authorized", "0")),
        (None, paid("open")),
        (paid("paid"), paid("paid", "53.24", "0")),
        (paid("paid"), paid("open")),
    ],
    ids=["promised", "recorded", "figures told at last", "read off a status that the order left"],
)
def test_a_payment_that_the_back_office_has_right_is_no_news(was: Payment | None, now: Payment) -> None:
    assert between(an_order(payment=was), an_order(payment=now)) == ()


def test_an_order_paid_by_its_status_stays_paid_whatever_status_follows() -> None:
    was, left, back = (facts_of(an_order(payment=paid(standing))) for standing in ("paid", "open", "paid"))
    known = merged_facts(was, left)
    assert known.payment == PaymentFacts(standing="paid")
    assert differences(known, back, MADE) == ()


@pytest.mark.parametrize(
    ("payment", "told"),
    [(paid("open"), []), (paid("open", "0"), ["payment_changed"])],
    ids=["by status", "by figures"],
)
def test_after_our_own_status_only_a_payment_of_figures_is_news(payment: Payment, told: list[str]) -> None:
    known = facts_after_write_back(facts_of(an_order(payment=payment)))
    now = facts_of(an_order(payment=paid("paid", "53.24" if payment.captured is not None else None)))
    assert [each.code for each in differences(known, now, MADE)] == told
    assert merged_facts(known, now).payment == now.payment


def test_other_lines_of_the_same_number_are_said_to_be_others() -> None:
    order = an_order()
    first, *rest = order.lines
    (found,) = between(order, order.model_copy(update={"lines": (first.model_copy(update={"sku": "OTHER"}), *rest)}))
    assert found.text.startswith("The order still has ")
    assert found.text.endswith(", but not the same.")


def test_both_addresses_are_told_together() -> None:
    order = an_order()
    moved = order.billing_address.model_copy(update={"city": "Amersfoort"})
    (found,) = between(order, order.model_copy(update={"billing_address": moved, "shipping_address": moved}))
    assert found.text == "The billing and the shipping address are not what the order was imported with."


def test_facts_are_small_and_tell_nobodys_data() -> None:
    order = an_order()
    kept = facts_of(order).model_dump_json(exclude_none=True)
    assert len(kept) < 500
    buyer = order.customer
    assert buyer
    address = order.billing_address
    for word in (buyer.email, buyer.last_name, address.street, address.postcode, address.city, order.lines[0].name):
        assert word not in kept


def test_equal_addresses_of_two_orders_cannot_be_told_by_their_digests() -> None:
    keyed, otherwise = (facts_of(an_order(id="a"), key * 32) for key in ("5a", "5b"))
    assert keyed == facts_of(an_order(id="a"), "5a" * 32)
    assert len({keyed.buyer, otherwise.buyer, facts_of(an_order(id="a")).buyer}) == 3
    one, other = (facts_of(an_order(id=order_id)) for order_id in ("a", "b"))
    assert one.billing == facts_of(an_order(id="a")).billing
    digests = ("billing", "shipping", "buyer", "lines", "deliveries")
    assert all(getattr(one, name) != getattr(other, name) for name in digests)


def test_facts_are_read_back_as_they_were_kept() -> None:
    facts = facts_of(an_order(payment=paid("refunded_in_part", "53.24")))
    assert OrderFacts.model_validate_json(facts.model_dump_json(exclude_none=True)) == facts
