"""Everything the platform file leaves open or tags [inferred]: the day the vendor answers, one edit here.

No other module of this emulator decides such a thing. Where two answers are likely and a caller must live with
either, it is a field of ``Assumed`` and a test can turn it; the rest are constants and small functions, or the
"minimal contract proposed" of the platform file:

- ``processWebshopOrder`` answers the record's id; products and categories that are not known are made of what is
  sent, known ones keep their name and price, and the line keeps what was sent: ``orders``
- a category of an order is known by the shop's key, else by its name: ``orders``
- a form of any kind is taken by any write to its list, and what hangs on it runs; a list that takes no orders is
  unknown to the calls about orders: ``state``
- whatever is not of the documented shape is a 406, and what points to nothing is a 0: everywhere
- changing lines of an order is answered with 1 and names no form, so nothing runs: ``order_lines``
- a product or an entry that is read by an id nobody has is ``missing``
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Budapest")
"""Moments carry no zone; this is whose wall clock they are taken to show."""
REFUSED_BODY = b""
"""Of every answer that is not 200."""
THROTTLED_STATUS, NOT_EMULATED_STATUS = 429, 501

WEBSHOP_FIELDS = {
    "order_id": "mssys_shoprenter_id",
    "payment_method": "mssys_online_payment_method",
    "shipping_method": "mssys_shipping_mode",
    "currency": "mssys_bill_currency",
    "order_status_id": "mssys_webshop_status",
    "netshippingcost": "mssys_netto_shipping_cost",
    "grossshippingcost": "mssys_shipping_cost",
}
"""Where the record shows what ``processWebshopOrder`` was sent; only the first is documented. ``payment_code`` is not
seen again."""
READ_ONLY = frozenset(
    {
        "id",
        "active",
        "subdate",
        "firstupdate",
        "lastupdate",
        "mssys_secure_id",
        "mssys_nsid",
        "mssys_order_netto_sum",
        "mssys_order_brutto_sum",
    }
)
"""Fields that SalesAutopilot fills by itself; an addition may send ``subdate``."""


def is_address(text: str) -> bool:
    """Whether an address is well formed; an empty one is not."""
    return re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text) is not None


def is_vat(percent: Decimal) -> bool:
    """Whether it can be a percentage: 27, and not 0.27."""
    return percent == 0 or 1 <= percent <= 100  # noqa: PLR2004 - per cent


def vat_name(percent: str) -> str:
    """``oi_vat_name`` of a line."""
    return f"{percent}%"


def invoice_number(count: int) -> str:
    """What the attached invoicing provider calls its next invoice."""
    return f"E-SA-{count:05}"


def invoice_link(number: str) -> str:
    """Where that invoice can be fetched."""
    return f"https://invoices.example.test/{number}.pdf"


def secure_id(number: int) -> str:
    """``mssys_secure_id`` of a record."""
    return f"{number * 2_654_435_761 % 2**32:08x}"


@dataclass(frozen=True)
class Assumed:
    """How this account behaves where nobody knows.

    Args:
        repeated_order_is_found: ``processWebshopOrder`` with a number that the list has answers the record that is
            there and changes nothing; else it makes a second record.
        repeated_sku_is_made: ``createproduct`` with an SKU that is there makes a second product; else it is a 0.
        unchanged_counts: An update that says what is there already counts as a change, and its form runs.
        invoices_again: A form that starts invoicing does so for an order that has an invoice, too.
        encoded_slash_splits: ``%2F`` in an address is a slash like any other, so the address becomes another one.
        sums_with_shipping: Shipping is part of the two sums of an order.
        price_places: Decimals that a net price is kept with; the official plug-in sends two.
        whole_quantities: ``qty`` takes integers only.
        quoted_numbers: The bare number that a write answers is a JSON text.
        missing_is_404: One record or product that is not there; else it is an empty list under 200.
        unconfirmed_is_active: A record that waits for its confirmation has ``active`` 1.
        count_methods: What ``listtotalcount`` takes; one client met a 405 for GET.
        operators: What conditions of a list take; only this one has been seen.
        currencies: Of ``createproduct`` and ``modifyproduct``; only these three have been seen.
        delivery_points: Kinds of pick-up points; only these have been seen.
        quota_number: What an order is answered with when the plan's quota is used up.
        calls_per_second: Of the account; 0 is no limit, and none is published.
        retry_after: Seconds named by the ``Retry-After`` of a 429; 0 is no such header.
    """

    repeated_order_is_found: bool = True
    repeated_sku_is_made: bool = True
    unchanged_counts: bool = True
    invoices_again: bool = True
    encoded_slash_splits: bool = True
    sums_with_shipping: bool = True
    price_places: int = 2
    whole_quantities: bool = True
    quoted_numbers: bool = False
    missing_is_404: bool = True
    unconfirmed_is_active: bool = False
    count_methods: frozenset[str] = frozenset({"GET"})
    operators: frozenset[str] = frozenset({">"})
    currencies: frozenset[str] = frozenset({"HUF", "EUR", "USD"})
    delivery_points: frozenset[str] = frozenset({"PSD", "KH_CS", "KH_PP", "KH_PM"})
    quota_number: int = 0
    calls_per_second: int = 0
    retry_after: int = 1

    def answered(self, number: int) -> Any:
        """A bare number as a write answers it."""
        return str(number) if self.quoted_numbers else number
