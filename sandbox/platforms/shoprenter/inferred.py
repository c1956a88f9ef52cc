"""Everything the platform file leaves open or tags [inferred]: the day Shoprenter answers, one edit here.

Where two answers are likely and a caller must live with either, it is a field of ``Assumed`` and a test can turn it;
other values are constants. Shapes that nobody has seen are written by one function each, whose docstring repeats it:

- the links of a page name ``full``, ``page`` and ``limit`` and no filter, as in the file's example: ``paging``
- fields of customer groups beyond those the file names, and of ``shippingModes`` beside ``…Extend``: ``reference``
- the envelope of refusals but for ``error`` and ``message``, and the texts: ``errors``
- an unknown field is refused with 40005, a method that a resource does not have with 405: ``service``, ``fields``
- which special price counts, what a group's percentage is taken off, when days begin and end: ``prices``
- which attributes a product class has: ``attributes``
- rows inside ``productExtend`` are written without ids and whole, what they leave out is empty: ``product_parts``
- a deleted category's or product's dependants stay: ``categories``, ``state``
- that ``orderStatuses`` can be searched by ``innerId``: ``order_parts``
- which fields a write must have: the shapes beside each write
- carts keep their lines with nothing taken from any warehouse; addons are part of the goods: ``placing``, ``totals``
- the XML form of an answer: ``wire``; ids of the resources in ``ID_KEYS_ASSUMED``
- names of the fields an automation may send: ``order_`` and the like before the payload's own name: ``payload``
- what an automation sends when its type is ``xml``: ``webhooks``
- that nobody repeats a call that was not answered: ``webhooks``
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

UNAUTHORIZED_TEXT = "Unauthorized"
"""The text beside the 401 of a token that is missing, wrong or too old."""
FORBIDDEN_TEXT = "Forbidden"
BAD_TOKEN_ERROR = 401
"""The inner number of that 401; 40101 is "no permission for this operation"."""
METHOD_NOT_ALLOWED = 405
DEFAULT_LIMIT = 25
"""Rows a page has when ``limit`` is left out: what samples and clients show."""
LARGEST_BATCH = 200
"""More requests are refused; the file says that 200 are recommended."""
LARGEST_BODY = 32_000_000
"""Bytes of a body: the documented 32 MB."""
CART_DISCOUNT_TYPE = "COUPON"
"""The ``type`` of the total row whose ``key`` is CART_AMOUNT_DISCOUNT."""
ID_KEYS_ASSUMED: Mapping[str, tuple[str, ...]] = {
    "setting": ("setting_id",),
    "stockStatusDescription": ("stock_status_id", "language_id"),
}
"""Keys inside the ids of resources whose pattern the file does not show."""


@dataclass(frozen=True)
class Assumed:
    """How this shop behaves where nobody knows.

    Args:
        zone: Whose wall clock dates show and filters mean.
        sliding_window: The limit's second slides, else it is the clock's.
        batch_items_count: Each request of a batch counts against the limit, else the batch as one.
        missing_scope: The status that says so.
        basic_status: How the old credentials are refused.
        old_hrefs: Links name the old host, else the one that was called.
        page_count: When ``pageCount`` is there.
        numbers_as_text: ``page``, ``limit`` and ``pageCount`` are texts.
        created: The status of a creation.
        wrapped_single: A single resource comes in an object ``response``.
        collapse_single: A list of one comes as that one.
        nothing: What an empty relation or text is read as.
        empty_is_40008: A search without a hit is refused as a page out of range, else its page is empty.
        newest_first: Orders and products come with the highest id first.
        inclusive_bounds: ``…Min``, ``…Max``, ``…After`` and ``…Before`` take their own second in.
        rounding: Gross prices are rounded for each piece or only in the total, to the currency's decimals.
        totals_in_base: Totals of an order in another currency are in the shop's.
        api_status_announced: A status that is written over the API fires the automation.
        api_status_history: It writes a history row.
        api_writes_move_updated: A write over the API moves ``dateUpdated`` of its order.
        sale_moves_product: An order moves ``dateUpdated`` of what it takes.
        storno_returns_stock: A cancelled order gives its goods back.
        duplicate_invoice_refused: The same number for the same order is a 409.
        batch_status_as_text: ``statusCode`` of a batch's item is a text.
        status_texts: How a status holds its names, which one client is prepared for in several forms.
        taken_is_told: Lines of an order say what each warehouse gave; else all say 0, as carts do.
        webhook_encoding: How an automation sends its payload.
        webhook_lists: Parameters and delay of an automation are read as lists, else as the one object.
        sku_any_case: SKUs that differ in case only are the same.
        sku_prefix: The filter ``sku`` finds what begins so, too.
        encoded_texts: HTML in descriptions is read entity-encoded.
        parent_among_children: The filter ``parentProductId`` finds the parent, too.
        products_at_most: The limit of the shop's plan.
        price_multiplier: What the bands make of every price that is written, unless the product locks its own.
        deleted_product_href: The line of a deleted product still links it, else its ``product`` is empty.
    """

    zone: str = "Europe/Budapest"
    sliding_window: bool = True
    batch_items_count: bool = False
    missing_scope: Literal[401, 403] = 403
    basic_status: Literal[401, 403] = 403
    old_hrefs: bool = True
    page_count: Literal["always", "full", "never"] = "full"
    numbers_as_text: bool = False
    created: Literal[200, 201] = 201
    wrapped_single: bool = False
    collapse_single: bool = False
    nothing: Literal["sample", "null", "text", "object", "list"] = "sample"
    empty_is_40008: bool = False
    newest_first: bool = False
    inclusive_bounds: bool = True
    rounding: Literal["unit", "total"] = "unit"
    totals_in_base: bool = True
    api_status_announced: bool = True
    api_status_history: bool = True
    api_writes_move_updated: bool = True
    sale_moves_product: bool = False
    storno_returns_stock: bool = True
    duplicate_invoice_refused: bool = False
    batch_status_as_text: bool = True
    status_texts: Literal["link", "list", "items"] = "link"
    taken_is_told: bool = True
    webhook_encoding: Literal["multipart", "urlencoded", "json"] = "multipart"
    webhook_lists: bool = True
    sku_any_case: bool = False
    sku_prefix: bool = False
    encoded_texts: bool = True
    deleted_product_href: bool = True
    parent_among_children: bool = False
    products_at_most: int = 1_000_000
    price_multiplier: Decimal = Decimal(1)
