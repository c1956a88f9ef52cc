"""Everything the platform file leaves open or tags [inferred]: the day the vendor answers, one edit here.

No other module of this emulator decides such a thing. Where two answers are likely and a caller must live with
either, it is a field of ``Assumed`` and a test can turn it; calls and fields that nobody has ever seen are in
``StandIn``, and off; the rest are constants and small functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sandbox.platforms.innvoice.spelling import LineForm

NOT_FOUND_STATUS, METHOD_STATUS, THROTTLED_STATUS = 404, 405, 429
"""Of an unknown company or address, of a wrong method, of too many calls."""
REFUSED_CODE = "500"
"""The only ``error`` that was ever seen, and it looks invented (client S1)."""
UNAUTHORISED = "wrong user name or password"
THROTTLED = "too many requests"

DOCUMENTS_PER_CALL = 1
"""The client sends one document a call; more are refused."""
MANDATORY_HEADER = frozenset(
    {
        "VevoNev",
        "VevoIrsz",
        "VevoOrszag",
        "VevoTelep",
        "VevoUtcaHsz",
        "SzamlatombID",
        "SzamlaKelte",
        "TeljesitesKelte",
        "Hatarido",
        "Devizanem",
        "FizetesiMod",
        "Fizetve",
        "Eszamla",
        "Felretett",
        "Proforma",
    }
)
"""Of a document: what every published sample has. Of a line: every field."""

BOOK_NAME, GROUP_ITEM, GROUP_NAME = "Nev", "product_group", "TermekCsoport"
"""A book's name; an entry of the list of product groups; a product's group."""
PRICE_GROUP_NAME, WAREHOUSE_NAME, WAREHOUSE_ID = "Arcsoport_Nev", "Raktar_Nev", "RaktarID"
"""Names that the file adds to its example of a product, and the id that its stock write asks for."""
LINE_SKU, PRODUCT_VAT = "CikkSzam", "AfaSzoveg"
"""The product's own words, for a line's SKU and a product's VAT."""
NEW_PRODUCT_VAT = "27%"
"""Of a product that was made without one."""
CENT = Decimal("0.01")


def line_total(quantity: Decimal, price: Decimal, percent: Decimal, *, is_gross: bool) -> Decimal:
    """What a line costs with VAT; how InnVoice rounds is not known."""
    factor = Decimal(1) if is_gross else 1 + percent / 100
    return (quantity * price * factor).quantize(CENT, ROUND_HALF_UP)


def document_number(prefix: str, day: date, running: int) -> str:
    """In sequence per invoice book and year."""
    return f"{prefix}-{day.year}/{running:05}"


def same_partner(told: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether two partners are one: by tax number, else by e-mail, else by name and address."""
    for name in ("Adoszam", "Email"):
        if told.get(name) or known.get(name):
            return told.get(name) == known.get(name)
    place = ("Nev", "Orszag", "Irsz", "Telepules", "UtcaHsz")
    return all(told.get(name, "") == known.get(name, "") for name in place)


@dataclass(frozen=True)
class StandIn:
    """Which parts of the file's proposed contract this company answers: no client has ever been seen to use them.

    Args:
        products: ``POST product``, by SKU.
        stock: ``POST stock``, by SKU and warehouse; the list of products then shows ``RaktarID`` too.
        groups: ``TermekCsoport`` of products, and ``GET product_group``.
        customers: ``GET`` and ``POST customer``.
        line_sku: ``CikkSzam`` of a document's line: its stock is booked when the document closes.
        product_vat: ``AfaSzoveg`` of products.
    """

    products: bool = False
    stock: bool = False
    groups: bool = False
    customers: bool = False
    line_sku: bool = False
    product_vat: bool = False


@dataclass(frozen=True)
class Assumed:
    """How this company behaves where nobody knows.

    Args:
        refusal_status: HTTP status of a refusal with an error body.
        calls_per_minute: Of the company; the platform publishes no limit, and the file proposes one call a second.
        product_list_every: Seconds between two full lists of products; 0 is no such limit.
        rows_per_call: Products or stock figures in one write; 0 is no such limit.
        retry_after: Seconds named in ``Retry-After`` of a 429; 0 is no such header.
        line_forms: The forms of lines that are taken.
        currencies: Values of ``Devizanem`` that are taken; only these two have been seen.
        negative_prices: Whether a line may cost less than nothing, as a discount does.
        paid_drafts: Whether a document may be paid and set aside.
        book_names: Root and entries of the list of invoice books.
        names_listed: Whether products name price groups and warehouses; else there is only their position.
        empty_number: A document without a number is read with an empty ``SorszamFormatted``, else without it.
        excluded_listed: Whether the list of products shows those of excluded groups.
        files_buyers: Whether the buyer of a document becomes a partner.
        print_host: Scheme and host of printed documents; the file's example names another one than the API's. Empty for
            the API's own.
        print_url_on_reading: Whether reading a document tells ``PrintUrl`` as well; it is known of its making only.
        print_refuses_credentials: Whether a printed document is refused to a caller who sends credentials along.
    """

    refusal_status: int = 200
    calls_per_minute: int = 60
    product_list_every: int = 0
    rows_per_call: int = 0
    retry_after: int = 0
    line_forms: frozenset[LineForm] = frozenset(LineForm)
    currencies: frozenset[str] = frozenset({"Ft", "HUF"})
    negative_prices: bool = True
    paid_drafts: bool = True
    book_names: tuple[str, str] = ("response", "tomb_invoice")
    names_listed: bool = True
    empty_number: bool = False
    excluded_listed: bool = True
    files_buyers: bool = False
    print_host: str = ""
    print_url_on_reading: bool = True
    print_refuses_credentials: bool = True
