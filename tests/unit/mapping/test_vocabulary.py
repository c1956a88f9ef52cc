import pytest

from shopbridge.errors import Held, Unmapped
from shopbridge.mapping.names import translate

PAYMENTS = {"payment_invoice": "4", "Invoice": "5", "PayPal": "7", "card": "=", "Bank": "1", "BANK": "2"}


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ("PayPal", "7"),
        (" paypal ", "7"),
        (["payment_invoice", "Invoice"], "4"),
        (["PAYMENT_INVOICE", "Invoice"], "4"),
        (["payment_other", "Invoice"], "5"),
        (["", "Invoice"], "5"),
        (" CARD", "CARD"),
        ("BANK", "2"),
    ],
)
def test_the_first_name_with_an_entry_decides(candidates: str | list[str], expected: str) -> None:
    assert translate("payment", PAYMENTS, candidates) == expected


def test_a_fallback_is_taken_only_when_nothing_matches() -> None:
    assert translate("payment", PAYMENTS, "cash", fallback="9") == "9"
    assert translate("payment", PAYMENTS, ["cash", "Cash"], fallback="=") == "cash"
    assert translate("payment", PAYMENTS, "", fallback="9") == "9"
    assert translate("payment", PAYMENTS, "paypal", fallback="9") == "7"


def test_an_unknown_value_names_the_key_to_add() -> None:
    with pytest.raises(Unmapped) as caught:
        translate("payment", PAYMENTS, ["", " payment_cash ", "Cash"], where="order 10042")
    assert (caught.value.table, caught.value.value, caught.value.where) == ("payment", "payment_cash", "order 10042")


def test_keys_that_differ_only_in_capitals_and_disagree_match_nothing() -> None:
    with pytest.raises(Unmapped):
        translate("payment", PAYMENTS, "bank")


@pytest.mark.parametrize("fallback", [None, "="])
def test_no_value_at_all_holds_the_order_without_naming_a_key(fallback: str | None) -> None:
    with pytest.raises(Held) as caught:
        translate("payment", PAYMENTS, ["", " "], fallback=fallback)
    assert caught.value.code == "missing_payment"
    assert not isinstance(caught.value, Unmapped)
