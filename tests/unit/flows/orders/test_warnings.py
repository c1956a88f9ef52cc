"""What is told of an order that is imported all the same; the sample's total is 53.24 EUR."""

from decimal import Decimal
from typing import Any

import pytest

from shopbridge.connectors.kit.order_lines import NOTES, payment_note
from shopbridge.flows.orders.filter import order_warnings
from shopbridge.model.order import Delivery, Payment
from tests.unit.flow_samples import an_order

TOTAL = an_order().totals.gross
NOTHING = Decimal(0)


def a_payment(standing: str, *, captured: Any = None, refunded: Any = None, **more: Any) -> Payment:
    facts = {"method": "Invoice", "method_keys": (), "status": standing, "paid": False, "standing": standing}
    figures = {"captured": captured, "refunded": refunded, "authorized": NOTHING}
    return Payment.model_validate({**facts, **figures, **more})


@pytest.mark.parametrize(
    ("payment", "code", "words"),
    [
        (None, None, ""),
        (a_payment("open", captured=NOTHING, refunded=NOTHING), None, ""),
        (a_payment("paid", captured=TOTAL, refunded=NOTHING), None, ""),
        (a_payment("paid"), None, ""),
        (a_payment("paid", captured=TOTAL * 2, refunded=TOTAL), None, ""),
        (a_payment("authorized", captured=NOTHING, refunded=NOTHING, authorized=TOTAL), None, ""),
        (a_payment("paid", captured=TOTAL * 2, refunded=NOTHING), "overpaid", f"{TOTAL * 2} EUR is paid"),
        (a_payment("paid", captured=TOTAL, refunded=NOTHING, authorized=TOTAL), "overpaid", f"of {TOTAL} EUR"),
        (a_payment("paid_in_part", captured=Decimal("28.79"), refunded=NOTHING), "paid_in_part", "28.79 EUR of the"),
        (a_payment("paid_in_part"), "paid_in_part", f"A part of the order's total of {TOTAL} EUR"),
        (a_payment("refunded_in_part", captured=TOTAL), "given_back", "a part of it was given back"),
        (a_payment("refunded", captured=TOTAL, refunded=TOTAL), "given_back", f"{TOTAL} EUR of it was given back"),
        (a_payment("charged_back", captured=TOTAL, refunded=TOTAL), "charged_back", "bank took the money back"),
    ],
)
def test_a_payment_that_is_not_just_paid_or_open_is_told_with_its_figures(
    payment: Payment | None, code: str | None, words: str
) -> None:
    found = order_warnings(an_order(payment=payment))
    assert [warning.code for warning in found] == ([code] if code else [])
    assert all(words in warning.text and warning.fix.endswith(".") for warning in found)


@pytest.mark.parametrize(
    ("methods", "words"),
    [([], ""), (["DHL"], ""), (["Express", "DHL", "Express", "Pallet"], "travel by Express, Pallet: "), ([""], "")],
)
def test_further_shipping_methods_are_told_once_each(methods: list[str], words: str) -> None:
    order = an_order()
    assert order.shipping
    told = order.shipping.model_copy(update={"method": "DHL"})
    parts = tuple(Delivery(method=method, address=order.shipping_address) for method in methods)
    found = order_warnings(an_order(shipping=told, further_deliveries=parts))
    assert [warning.code for warning in found] == (["several_shipping_methods"] if words else [])
    assert all(words in warning.text and "with DHL alone" in warning.text for warning in found)


@pytest.mark.parametrize(
    ("payment", "note"),
    [
        (a_payment("open"), "to be paid with PayPal"),
        (a_payment("authorized"), "authorized, to be paid with PayPal"),
        (a_payment("paid"), "paid with PayPal"),
        (a_payment("paid_in_part"), "paid in part with PayPal"),
        (a_payment("paid_in_part", captured=Decimal("28.79")), "paid in part with PayPal (28.79)"),
        (a_payment("refunded_in_part", captured=TOTAL), "was paid with PayPal, in part given back"),
        (a_payment("refunded_in_part", refunded=Decimal("5.00")), "was paid with PayPal, in part given back (5.00)"),
        (a_payment("refunded"), "was paid with PayPal, given back"),
        (a_payment("charged_back"), "was paid with PayPal, taken back by the buyer's bank"),
    ],
)
def test_the_note_for_the_office_says_how_it_stands(payment: Payment, note: str) -> None:
    assert payment_note(payment, "PayPal") == note


def test_every_standing_has_words() -> None:
    for standing in NOTES:
        assert "PayPal" in payment_note(a_payment(standing), "PayPal")


def test_a_payment_of_an_earlier_release_is_read_as_it_was_meant() -> None:
    earlier = {"method": "Invoice", "method_keys": [], "status": "x"}
    assert Payment.model_validate({**earlier, "paid": True}).standing == "paid"
    assert Payment.model_validate({**earlier, "paid": False}).standing == "open"
