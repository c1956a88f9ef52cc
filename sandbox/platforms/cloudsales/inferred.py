"""Everything the platform file leaves open or tags [inferred]: the day the vendor answers, one edit here.

No other module of this emulator decides such a thing. Where two answers are likely and a caller must live with
either, it is a field of ``Assumed`` and a test can turn it; the rest are constants and small functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

NOT_FOUND_STATUS, METHOD_STATUS, THROTTLED_STATUS = 404, 405, 429
"""Of an address nobody knows (also one without its last slash), of a wrong method, of too many calls."""
CALLED_TYPES = ("BOCP REST API", "DropShip")
"""Types of connectors that take orders from outside; the others fetch theirs, and refuse to be called."""
CHANGED = frozenset({"id", "modifiedafter"})
DATED = CHANGED | {"datefrom", "datethrough"}
FILTERS: Mapping[str, frozenset[str]] = {
    "product/list": CHANGED,
    "marketplace/orders/list": DATED,
    "marketplace/connectors/list": frozenset(),
    "invoices/list": DATED,
    "proformas/list": DATED,
    "contacts/list": CHANGED,
}
"""What each list takes beside ``page``; the client sends some of these to some lists. Others are refused."""
IMAGES = "images"
"""The field that ``include:images`` adds: a list of addresses."""
CONNECTOR_ID, CONNECTOR_NAME = "id", "name"
"""Fields of a connector beside ``type``."""
LIVE_STATUS = "NEW"
"""``status`` of an order that is not cancelled."""
VOIDED_STATUS = "VOIDED - CANCELLED"
"""``status`` of a cancelled order; only that it begins so is known."""
SERIES = {"proforma": "PRF", "invoice": "DEM", "receipt": "BF"}
DAYS_TO_PAY = 15

UNAUTHORISED = "Unauthorized"
"""The same words for bad credentials, a forbidden address and a locked user: a caller cannot tell them apart."""
FORBIDDEN = "No right to call this method"
THROTTLED = "Too many requests"
EXISTS = "order already exists"
"""The real words contain some form of "exist"; more is not known."""


def unknown_code(code: str) -> str:
    """The refusal of an order line whose product nobody knows."""
    return f"unknown product code {code}"


def no_such_order(reference: str) -> str:
    """The refusal of a PUT for an order that was never created; it contains "exist" too."""
    return f"order {reference} does not exist"


MANDATORY_ON_CREATION = None
"""Of a POST: all fields, as the client sends them."""
MANDATORY_ON_UPDATE = frozenset(
    {
        "order_unique_id",
        "order_reference",
        "order_date",
        "order_updated_at",
        "order_status",
        "order_cancelled",
    }
)
"""A PUT may be partial, but "some fields stay mandatory" (B1): the list is not readable."""

NET_TOLERANCE = Decimal("0.02")
"""Between a gross unit price and its net one with VAT: both are rounded to 2 decimals."""
LINE_TOLERANCE = Decimal("0.01")
"""Between the line's value and what one of its two unit prices makes of the quantity."""


def invoice_link(number: int) -> str:
    """Where an invoice can be fetched; only the host is known."""
    return f"https://secure.bocp.eu/app/invoice/{number}/pdf/"


def proforma_link(number: int) -> str:
    """Where a proforma can be looked at; only the host and the end are known."""
    return f"https://secure.bocp.eu/app/proforma/{number}/html/"


def client_code(number: int) -> str:
    """A contact's own code."""
    return f"C{number}"


def same_client(codes: tuple[str, str], persons: tuple[tuple[str, str], tuple[str, str]]) -> bool:
    """Whether an order's client is a contact on file: a company by fiscal code, a person by name and e-mail.

    Args:
        codes: Fiscal codes of both, without ``RO``.
        persons: Name and e-mail of both.
    """
    return codes[0] == codes[1] if any(codes) else persons[0] == persons[1]


def company_place(country: str) -> tuple[str, ...]:
    """What a company's address needs; only in Romania there are counties."""
    return ("street", "city", "county") if country == "Romania" else ("street", "city")


def unit_fits(net: Decimal, percent: Decimal, gross: Decimal) -> bool:
    """Whether net and gross unit price belong together."""
    return abs(gross - net * (1 + percent / 100)) <= NET_TOLERANCE


def line_fits(net: Decimal, percent: Decimal, gross: Decimal, quantity: Decimal, value: Decimal) -> bool:
    """Whether the line's value is one of its unit prices times its quantity, to the cent."""
    made = (gross * quantity, net * quantity * (1 + percent / 100))
    return any(abs(value - round(each, 2)) <= LINE_TOLERANCE for each in made)


@dataclass(frozen=True)
class Assumed:
    """How this account behaves where nobody knows.

    Args:
        page_size: Rows of a page of every list.
        calls_per_minute: Of one user; the platform publishes no limit.
        retry_after: Seconds named in ``Retry-After`` of a 429; 0 is no such header.
        refusal_status: HTTP status of a refusal inside the envelope.
        exists_status: HTTP status of the "exists" answer.
        missing_right_status: HTTP status when the user may not call a module.
        lock_out_after: Refused log-ins in a row that lock a user; 0 is never.
        addresses_bind_connectors: Whether a connector's own user is bound to the account's addresses too.
        order_readable: Whether ``GET`` on a connector's order answers; else it is a 405.
        payment_methods: Values taken; only these two have been seen.
        shipping_methods: Values taken; only this one has been seen.
        item_types: Values taken; only this one has been seen.
        fiscal_code_required: Whether a client with a registration number is refused without a fiscal code.
        company_address_required: Whether a business order needs what ``company_place`` names of the invoice address.
        documents_freeze: Whether lines and cancellation are refused once an invoice or a receipt was issued.
        stock_moves_modified: Whether a change of nothing but stock is found by ``modifiedafter``.
        modified_after_inclusive: Whether ``modifiedafter`` finds what changed in that very second.
        ignored_filters: Names of filters that are taken and have no effect.
        inactive_listed: Whether ``product/list`` shows deleted and archived products, with their flags.
        count_is_total: ``data_count`` counts all rows found, else those of the page.
        receipt_counts_from_order_date: An order gets its receipt when its own date has reached the connector's
            ``receipts_from``, else when the day of its import has.
    """

    page_size: int = 50
    calls_per_minute: int = 60
    retry_after: int = 0
    refusal_status: int = 200
    exists_status: int = 200
    missing_right_status: int = 403
    lock_out_after: int = 10
    addresses_bind_connectors: bool = False
    order_readable: bool = False
    payment_methods: frozenset[str] = frozenset({"bank_transfer", "credit"})
    shipping_methods: frozenset[str] = frozenset({"personal_pickup"})
    item_types: frozenset[str] = frozenset({"product"})
    fiscal_code_required: bool = True
    company_address_required: bool = True
    documents_freeze: bool = True
    stock_moves_modified: bool = True
    modified_after_inclusive: bool = False
    ignored_filters: frozenset[str] = frozenset()
    inactive_listed: bool = True
    count_is_total: bool = False
    receipt_counts_from_order_date: bool = True
