"""Personal data in sentences: masked whoever quotes it, while codes, SKUs and order numbers stay readable."""

import re
import sys
from collections.abc import Callable
from time import process_time
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.orders.privacy import hide_buyer, personal, without_buyer
from shopbridge.mapping.masking import LONGEST, MASK, SHORTEST, Personal, mask_patterns
from shopbridge.model.ledger import Reason
from shopbridge.model.order import Order
from tests.unit.flow_samples import an_order

CAPITALS: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower, str.casefold, str.title, str.swapcase)
DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
LETTERS = st.text("abcdeéghijklmnoprsßtuvwxyzĂÅÖ ", min_size=SHORTEST, max_size=20).filter(lambda x: len(x.strip()) > 3)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Mail to sanne@buyers.example bounced", f"Mail to {MASK} bounced"),
        ("Call +31 6 12345678 or 0612345678 or (030) 1234 5678.", f"Call {MASK} or {MASK} or {MASK}."),
        ("Call 0031 20 1234567 today", f"Call {MASK} today"),
        ("IBAN nl91abna0417164300 is wrong", f"IBAN {MASK} is wrong"),
        ("IBAN DE89 3704 0044 0532 0130 00 is wrong", f"IBAN {MASK} is wrong"),
    ],
)
def test_what_looks_like_personal_data_is_masked_whoever_it_belongs_to(said: str, kept: str) -> None:
    assert mask_patterns(said) == kept


@pytest.mark.parametrize("letter", ["x", "0", "a@", "DE12", "+491 "])
def test_a_platforms_megabyte_is_cut_before_it_is_looked_through(letter: str) -> None:
    began = process_time()
    assert len(mask_patterns(letter * 1_000_000)) <= LONGEST
    assert process_time() - began < 1


@pytest.mark.parametrize(
    "said",
    [
        "The order 10001 of 01-12-2026 10:15 was made on 2026-11-28 00:15:00.",
        "The target has no product '0612345678'",
        "EAN 8712345678906, total 0.25 EUR, tax 19 %, id 0189e8a1b2c3",
        "SKU AB12CDEF3456GHIJ7 is not known (422.10).",
        "Set orders.maps.payment to 'Invoice', 30 days.",
    ],
)
def test_numbers_dates_codes_and_skus_stay_readable(said: str) -> None:
    assert mask_patterns(said) == said


def called(name: str, street: str, company: str) -> Order:
    order = an_order()
    assert order.customer is not None
    address = order.billing_address.model_copy(
        update={"first_name": name, "street": f"{street} 12b", "company": company, "phone": "+49 151 23 45 67 89"}
    )
    customer = order.customer.model_copy(update={"last_name": name, "company": company, "vat_id": "DE999999999"})
    return order.model_copy(
        update={"customer": customer, "billing_address": address, "shipping_address": address, "number": "10001"}
    )


@given(LETTERS, LETTERS, LETTERS, st.sampled_from(CAPITALS), st.text(max_size=10), st.text(max_size=10))
def test_no_value_of_a_buyer_survives_in_any_capitals(
    name: str, street: str, company: str, capitals: Callable[[str], str], before: str, after: str
) -> None:
    hidden = personal(called(name, street, company))
    for value in (name, f"{street} 12b", company):
        quoted = capitals(value.strip())
        kept = hidden.mask(f"{before} 500 {quoted} | {after}")
        assert quoted not in kept, kept


@pytest.mark.parametrize("quoted", ["+49 151 23 45 67 89", "+4915123456789", "+49 (151) 2345-6789", "de 999 999 999"])
def test_a_number_is_masked_however_its_digits_are_grouped(quoted: str) -> None:
    assert personal(called("Erika", "Lange", "ACME")).mask(f"Bad value {quoted} there") == f"Bad value {MASK} there"


def test_a_street_is_masked_as_a_platform_quotes_the_part_that_we_sent() -> None:
    hidden = personal(called("Erika", "Lange Straße", "ACME"))
    assert hidden.mask("address_line_1 LANGE  STRASSE is too long") == f"address_line_1 {MASK} is too long"


def test_a_sku_and_the_orders_number_are_read_even_where_the_buyer_is_called_so() -> None:
    order = called("Lamp", "Mug Road", "ACME")
    line = order.lines[0].model_copy(update={"sku": "LAMP", "ean": "0012345678905"})
    hidden = personal(order.model_copy(update={"lines": (line,)}))
    assert hidden.mask("No LAMP, EAN 0012345678905, for order 10001") == "No LAMP, EAN 0012345678905, for order 10001"
    assert hidden.mask("Mrs Lampard") == f"Mrs {MASK}ard"


def test_the_orders_own_number_is_read_where_the_shop_counts_its_customers_alike() -> None:
    order = called("Erika", "Lange", "ACME")
    assert order.customer
    alike = order.model_copy(update={"customer": order.customer.model_copy(update={"number": order.number})})
    told = {"order": order.number, "name": "Erika", "number": "10002"}
    assert hide_buyer(alike, told) == {"order": order.number, "name": MASK, "number": "10002"}
    other = order.model_copy(update={"customer": order.customer.model_copy(update={"number": "10002"})})
    assert hide_buyer(other, told)["number"] == MASK


def test_short_values_stay_since_they_are_part_of_other_words() -> None:
    assert personal(called("Jan", "Kade", "Bos")).mask("January, Boston") == "January, Boston"


def test_code_and_fix_of_a_reason_stay_as_they_are() -> None:
    reason = Reason(code="erika", text="Erika is refused.", fix="Ask Erika.")
    assert without_buyer(called("Erika", "Lange", "ACME"), reason) == Reason(
        code="erika", text=f"{MASK} is refused.", fix="Ask Erika."
    )


def test_no_pattern_is_made_of_a_buyer_whom_no_sentence_names() -> None:
    hidden = personal(an_order())
    with patch.object(re, "compile", side_effect=AssertionError("a pattern was made")):
        assert hidden.mask("Created in the back office as 4711.") == "Created in the back office as 4711."


def test_whatever_a_pattern_takes_for_the_same_letter_is_found() -> None:
    """Also letters that have more than two forms, or a form of two letters: whoever writes them, they are masked."""
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        forms = {sign.lower(), sign.upper(), sign.title(), sign.casefold()} - {sign}
        if forms:
            pattern = re.compile(re.escape(sign * SHORTEST), re.IGNORECASE)
            same = [form * SHORTEST for form in (sign, DOTLESS, *forms) if pattern.fullmatch(form * SHORTEST)]
            assert [MASK] * len(same) == [Personal(frozenset({sign * SHORTEST})).mask(each) for each in same], sign


def test_a_reason_that_names_nobody_is_not_made_anew() -> None:
    reason = Reason(code="no_tax", text="The order has no tax.", fix="Look at it.")
    assert without_buyer(an_order(), reason) is reason
