"""Orders of SalesAutopilot read back, and payments that are told later."""

from decimal import Decimal

import pytest

from shopbridge.errors import Rejected
from shopbridge.model.base import ExternalId
from tests.salesautopilot_orders import PAID, bits, bought, golden, talk
from tests.salespos_orders import D

THERE = golden("orders")


# --- reading back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "number", "whole"),
    [
        ("orders", "", None),  # the costs of shipping are not told
        ("orders_more_fields", "E-2030/9", D("5080.00")),
        ("orders_numbers", "", D("3810.5")),
    ],
)
def test_every_documented_shape_of_an_order_is_read(name: str, number: str, whole: Decimal | None) -> None:
    office, transport = talk(lambda _: golden(name))
    receipt = office.order_target.read(ExternalId("50123"))
    assert (receipt.id, receipt.number, receipt.total, receipt.tax) == ("50123", number, whole, None)
    assert len(transport.asked) == 1
    bare, _ = talk(lambda _: golden(name)[0])
    assert bare.order_target.read(ExternalId("50123")) == receipt


def test_an_order_that_is_gone_stops_no_connection() -> None:
    with pytest.raises(Rejected) as caught:
        talk(lambda _: golden("orders_none"))[0].order_target.read(ExternalId("50123"))
    assert (caught.value.code, bool(caught.value.fix)) == ("404", True)


def test_the_newest_of_several_counts_and_digits_are_the_same_with_zeros_before_them() -> None:
    older, other = {**THERE[0], "id": "99"}, {**THERE[0], "mssys_shoprenter_id": "50124"}
    office, _ = talk(lambda _: [older, *golden("orders_more_fields"), other])
    since = bought().placed_at
    assert [each.number for each in office.order_target.find("0050123", since, afresh=True)] == ["E-2030/9", ""]
    assert office.order_target.find("501230", since, afresh=True) == []


@pytest.mark.parametrize(("made", "counts"), [("2026-03-01 08:57:00", False), ("2026-03-01 09:59:00", True)])
def test_orders_of_before_are_not_found(made: str, counts: bool) -> None:
    office, _ = talk(lambda _: [{**THERE[0], "subdate": made}])
    assert bool(office.order_target.find("50123", bought().placed_at, afresh=False)) is counts


@pytest.mark.parametrize("made", ["", "0000-00-00 00:00:00", None, "soon"])
def test_an_order_that_does_not_tell_when_it_was_made_is_found(made: str | None) -> None:
    office, _ = talk(lambda _: [{**THERE[0], "subdate": made}])
    assert len(list(office.order_target.find("50123", bought().placed_at, afresh=False))) == 1


# --- paid already -------------------------------------------------------------------------------------------------


def test_a_payment_of_before_the_import_is_told_only_where_that_is_wanted() -> None:
    of = bought(payment=PAID)
    on, off = talk(lambda _: 1, paid_form=70003, paid_at_import=True)[0], talk(lambda _: 1, paid_form=70003)[0]
    assert on.order_target.plan_note(of, bits(of))
    assert on.order_target.plan_note(bought(), bits(of)) == ""
    assert off.order_target.plan_note(of, bits(of)) == ""
    refunded = PAID.model_copy(update={"standing": "refunded"})
    assert on.order_target.plan_note(bought(payment=refunded), bits(of)) == ""


def test_it_is_told_by_the_form_of_payments_as_of_today_in_hungary() -> None:
    office, transport = talk(lambda _: 1, paid_form=70003, paid_at_import=True)
    office.order_target.add_note(ExternalId("50 123"), "paid", first=True)
    assert transport.calls == ["POST /update/90001/form/70003/field/mssys_shoprenter_id/value/50%20123"]
    assert transport.body() == {"mssys_order_status": 2, "mssys_pay_date": "2026-03-02"}


def test_it_is_not_told_twice() -> None:
    office, transport = talk(lambda _: golden("orders_more_fields"), paid_form=70003, paid_at_import=True)
    office.order_target.add_note(ExternalId("50123"), "paid", first=False)
    assert [call.split()[0] for call in transport.calls] == ["GET"]
