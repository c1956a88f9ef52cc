"""Everything the platform file leaves open or tags [inferred]: the day Cartum answers, one edit here.

Where two answers are likely and a caller must live with either, it is a field of ``Assumed`` and a test can turn it;
other values are constants. What one function each decides, and its docstring repeats:

- a parameter that is not documented refuses the call, and so does an address without its closing slash: ``service``
- a token is looked at before a function's parameters, also for ``hooks``, whose refusals are not known: ``webhooks``
- every call counts towards the quota, a login too: ``service``
- list keys of ``payment/export`` and ``currency/export``: ``reference``
- only the direct children of ``parent`` are told by ``pages/export``: ``reference``
- a set's own line moves no stock, its parts do: ``stock``
- the manager may take a cancelled order up again, which takes its goods: ``placing``
- a deleted order is told nowhere any more: ``placing``
- texts of refusals: ``errors``, ``order_writes``, ``product_writes``, ``stock``
- rows of a write are independent: a refused one stops no other one: ``order_writes``, ``product_writes``, ``stock``
- fields that the catalogue's template lacks are passed over, and the rest of the row is written: ``product_writes``
- residues that are written leave other warehouses as they are: ``product_writes``
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Bucharest")
"""Times carry no zone; this is whose wall clock they show."""
PER_HOUR = 3600
"""Calls of a shop in an hour; neither the size of the quota nor its scope is published."""
LARGEST_BODY = 10_000_000
"""Bytes; no limit but that of imports is known."""
HOOK_REFUSED = 400
"""The HTTP status of a subscription that is refused; anything but 20x is known to be a failure."""
HOOK_UNKNOWN = 404
"""The HTTP status where there is nothing to unsubscribe."""
HOOK_PAUSE = timedelta(minutes=10)
HOOK_REPEATS = 10
"""How often a call is made again that was not answered with 20x; whether the first counts is not told."""
REFUSED_ROW = 1
"""The code in an import's log for refusals that nobody has seen."""
IN_STOCK, OUT_OF_STOCK = "In stock", "Out of stock"
"""A shop words its availability itself."""

Expired = Literal["UNAUTHORIZED", "AUTHORIZATION_ERROR", "HTTP_401"]
"""How a token is refused: two spellings in the envelope, or the first of them under HTTP 401."""


@dataclass(frozen=True)
class Assumed:
    """How this shop behaves where nobody knows.

    Args:
        expired: How a token is refused that is too old, or that nobody was given.
        wrong_login_status: The HTTP status of a wrong login; 200 and 500 have been seen.
        quota_status: The HTTP status of a used-up quota, whose envelope says 429 in any case.
        newest_login_only: A new token ends those that its user had before.
        orders_page: Orders that come without a ``limit``.
        largest_orders_page: Orders that come at most.
        sorting: How orders come; "mixed" follows no rule, but is the same every time.
        bare_end_is_midnight: A ``to`` without a time means the first second of its day, else all of the day.
        set_money: Which lines of a set tell its price: its own, those of its parts, or both. A total counts it once.
        comment_told: Orders tell their comment.
        varied: Orders and products take turns in the shapes clients have met; else all look like the file's examples.
        paid_names: How the paid flag is called in a write.
        paid_only: The flag can only be set.
        log_text: How the text of a log row is called, of orders.
        log_names_order: Log rows of orders tell ``order_id``.
        own_tracking_code: Orders take ``own_tracking_code``.
        locked_takes_same_status: A cancelled order that is to be cancelled again is no error.
        manager_locks: An order that the manager cancels is locked too.
        api_changes_are_announced: What is written through the API raises events too.
        statuses_as_list: ``statuses`` is a list, as in one mock.
        presence_as_map: Products tell ``presence`` as texts by language, else as one text.
        residues_as_map: Products tell ``residues`` by warehouse, else as rows.
        import_residues_works: ``catalog/importResidues`` moves stock; else it says so and nothing happens.
        useless_stock: Residues without stock accounting, and presence with it, are passed over or refused.
        unknown_path_is_made: Sections that a new product names by a path are made where they do not exist.
        flat_import_log: A log row of an import has ``code`` and ``message`` itself, else in ``info``.
        oversized: What becomes of an import above ``largest_import``: a gateway's page, or no answer at all.
        largest_import: Bytes of a body, as measured on one connection.
        stock_falls_at_placement: An order takes its goods from the stock.
        newer_events: The events that the vendor's page does not list can be subscribed.
        hooks_are_sent: Hooks are called; else they can be subscribed, and nothing comes, as in a smaller plan.
        hook_body: What an order's event carries: the order as ``orders/get`` tells it, or nothing but its number.
    """

    expired: Expired = "UNAUTHORIZED"
    wrong_login_status: int = 200
    quota_status: int = 200
    newest_login_only: bool = False
    orders_page: int = 500
    largest_orders_page: int = 1000
    sorting: Literal["newest", "oldest", "mixed"] = "newest"
    bare_end_is_midnight: bool = False
    set_money: Literal["main", "items", "both"] = "main"
    comment_told: bool = True
    varied: bool = True
    paid_names: Literal["both", "paid", "payed"] = "both"
    paid_only: bool = False
    log_text: Literal["message", "messages"] = "message"
    log_names_order: bool = True
    own_tracking_code: bool = False
    locked_takes_same_status: bool = True
    manager_locks: bool = True
    api_changes_are_announced: bool = True
    statuses_as_list: bool = False
    presence_as_map: bool = False
    residues_as_map: bool = False
    import_residues_works: bool = True
    useless_stock: Literal["passed over", "refused"] = "passed over"
    unknown_path_is_made: bool = False
    flat_import_log: bool = False
    oversized: Literal["page", "silence"] = "page"
    largest_import: int = 130_000
    stock_falls_at_placement: bool = True
    newer_events: bool = True
    hooks_are_sent: bool = True
    hook_body: Literal["order", "number"] = "order"


def local(moment: datetime) -> datetime:
    """The shop's wall clock, without a zone as the shop keeps it."""
    return moment.astimezone(ZONE).replace(tzinfo=None)
