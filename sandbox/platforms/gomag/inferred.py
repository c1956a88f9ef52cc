"""Everything the platform file leaves open or tags [inferred]: the day Gomag answers, one edit here.

Where two answers are likely and a caller must live with either, it is a field of ``Assumed`` and a test can turn it;
other values are constants. Shapes that nobody has seen are written by one function each, whose docstring repeats it:

- ``delivery`` with a price, ``invoice``, ``carrier``, ``discounts`` on read: ``order_view``
- where a special price stands, a parent's stock as the sum of its versions: ``product_view``
- names and records of ``customers``, ``attributes``, ``brands``, ``filters``, ``currencies``, ``payments``,
  ``carriers``, ``awbs``: ``reference``, ``documents``, ``customers``
- what ``customer/orderedproducts`` answers: ``customers``
- a write is answered with ``error`` "200" and nothing else, whatever it made: ``errors.SUCCESS``
- which fields of a write are required, and that one faulty row refuses the whole call: the shapes beside each write
- matching nothing is ``error`` "404" for every write, as it is for statuses: ``errors.no_data``
- a known path called with the other method is answered so too, an unknown path with HTTP 404: ``service``
- a created product is simple when it has one version; a parent made from several has no SKU: ``product_writes``
- categories and brands that a product names are made when they do not exist: ``products``, ``categories``
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Bucharest")
"""Dates carry no zone; this is whose wall clock they show."""

INVALID = "400"
"""The ``error`` of a body that breaks the contract; the real number is not known."""
WRONG_KEY = "401"
"""The ``error`` of a key or shop that is not known, when it comes inside a 2xx."""
DENIED_TEXT = "Missing permission for this method"
"""The wording beside ``error`` 331 is not known."""
POSTMAN_STATUS = 403
"""How a User-Agent of Postman is refused; one that is left out is refused alike."""
THROTTLED_PAGE = b"<html><body><h1>429 Too Many Requests</h1></body></html>"
"""The body of a 429 is not known, so it is none a JSON parser takes."""
LARGEST_BODY = 10_000_000
"""Bytes of a form; no limit is documented."""
DEFAULT_LIMIT = 20
"""Rows a page has when ``limit`` is left out."""
SOLD_OUT = "outofstock"
"""``stock_status`` at 0 and below; only ``instock`` has been seen."""
RELEASING = frozenset({"Anulata"})
"""Default statuses that give an order's stock back."""


@dataclass(frozen=True)
class Assumed:
    """How this shop behaves where nobody knows.

    Args:
        read_burst: Reads the bucket holds.
        write_burst: Writes the bucket holds.
        headers_when_throttled: Whether a 429 still carries the ``Api-RateLimit-*`` headers.
        wrong_key_is_401: A wrong key is an HTTP 401, else an ``error`` inside a 200.
        prices_include_vat: Of lines and products; delivery and discounts are always gross.
        default_vat: Percent of a product that names none.
        own_terms: The names under which a product tells its currency and whether its price includes VAT; that it keeps
            both is known, not what they are called, nor that they are told. None: they are not.
        lines_name_product: A line's ``id`` is its own and ``product`` the product's, else ``id`` is the product's
            or version's and there is no ``product``.
        discounts_below_zero: A discount's ``value`` is negative on read.
        newest_first: Orders come newest first.
        end_date_inclusive: ``endDate`` takes that day in.
        order_id_filter: ``order/read`` honours ``id``, as one source says and the others do not.
        sku_filter_finds_versions: ``product/read`` finds the parent by a version's SKU.
        stock_falls_at_placement: An order takes its goods from the stock; else the shop never touches it.
        cancelled_returns_stock: A status that releases gives them back.
        stock_moves_updated: A change of nothing but stock moves a product's ``updated``.
        unknown_sku_refuses_all: An inventory call with an unknown SKU writes nothing; else the row is passed over
            without a word.
        largest_inventory: Rows of an inventory call.
        duplicate_sku_refused: A product with an SKU that exists is refused; else it is made twice.
        patch_adds_versions: A version that a patch names and the product lacks is added; else it is passed over.
        negative_stock_refused: Of a stock written.
        snake_case_writes: Notes, files, AWB, invoices and inventory take the second source's field names.
        varied: Records take turns in the shapes clients have met; else all look like the file's examples.
    """

    read_burst: int = 50
    write_burst: int = 50
    headers_when_throttled: bool = False
    wrong_key_is_401: bool = True
    prices_include_vat: bool = True
    default_vat: Decimal = Decimal(21)
    own_terms: tuple[str, str] | None = None
    lines_name_product: bool = False
    discounts_below_zero: bool = False
    newest_first: bool = True
    end_date_inclusive: bool = False
    order_id_filter: bool = False
    sku_filter_finds_versions: bool = True
    stock_falls_at_placement: bool = True
    cancelled_returns_stock: bool = True
    stock_moves_updated: bool = True
    unknown_sku_refuses_all: bool = False
    largest_inventory: int = 100
    duplicate_sku_refused: bool = False
    patch_adds_versions: bool = True
    negative_stock_refused: bool = True
    snake_case_writes: bool = False
    varied: bool = True


def local(moment: datetime) -> datetime:
    """The shop's wall clock."""
    return moment.astimezone(ZONE)


def from_local(text: str) -> datetime:
    """A day or a time that a caller wrote, as the shop's wall clock; in UTC.

    Raises:
        ValueError: It is neither.
    """
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
