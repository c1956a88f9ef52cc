"""Everything the platform file leaves open or tags [inferred]: the day UNAS answers, one edit here.

Where two answers are likely and a caller must live with either, it is a field of ``Assumed`` and a test can turn it;
other values are constants. What one function each decides, and its docstring repeats:

- a node of ``Params`` that is not documented refuses the call, for a real shop would answer with everything:
  ``routing``
- which nodes tell rows of a list apart when only some are sent: ``fields.Node.same``
- an action that is missing: ``batch``
- mandatory nodes of a new order: ``order_writes``
- a deleted order gives its goods back: ``placing``
- who takes the goods (the main stock): ``stock``
- a category that still holds products, or has others below it, is not deleted: ``categories``
- titles of a product file beside ``Cikkszám``: ``product_files``
- the bodies of ``order_delete`` and ``successful_payment`` are those of other order topics: ``hook_bodies``
- an automation with rules of an entity other than ``source_of_order`` is refused: ``webhooks``
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Budapest")
"""Texts carry no zone; clients assume this wall clock."""
LARGEST_BODY = 128 * 1024 * 1024
LARGEST_ORDER_PAGE = 500
TOKEN_LIFE = timedelta(seconds=7200)
FAILURES_IN_A_ROW = 20
STRANGE_CALLS = 10
STRANGE_CALLS_WITHIN = timedelta(minutes=10)
SILENCE = timedelta(hours=2)
HOOK_TRIES = 5
HOOK_PAUSE = timedelta(seconds=300)
KEPT_AFTER_DELETION = timedelta(days=31)
"""Deleted products are listed "one month back"."""
FILE_LIFE = timedelta(hours=1)
INVOICE_TEXTS = {"0": "Nem számlázható", "1": "Számlázható", "2": "Számlázva"}
"""Only the second has been seen."""
SIGNS = {"HUF": "Ft", "EUR": "€", "RON": "lei"}
"""How a webhook shows a currency; only the first has been seen."""


@dataclass(frozen=True)
class Assumed:
    """How this shop behaves where nobody knows.

    Args:
        token_refusal: The HTTP status of an expired or unknown token, and of a function that a key may not call.
        expire_time_shown: The login tells ``ExpireTime``.
        any_root_reads: A read takes any root, as one client was seen to send.
        answers_only_the_failing: The answer of a batch that stopped holds nothing but the failing entity.
        failed_entity_counts: A failed entity in a 200 counts as a failed call.
        unchanged_is_refused: An entity that changes nothing is ``No modifiable data``, not only one without a known
            node.
        missing_action_adds: A missing ``Action`` is always ``add``; else only where nothing identifies a record.
        keys_are_reissued: A new order takes the number behind the highest one that is there, so that of a deleted
            order may come again.
        invoice_moves_date_mod: Writing an invoice moves ``DateMod``, as every other write does.
        stock_moves_last_mod: A change of nothing but stock moves a product's ``LastModTime``.
        comments_replace: Comments that are written replace all; else they are added.
        bounds_inclusive: ``TimeModStart`` and the like take that very second in.
        newest_first: Orders come newest first without ``Order``.
        status_type_shown: Orders carry ``StatusType``.
        vat_with_percent: A line's ``Vat`` is ``27%``; else a bare ``27``.
        api_changes_are_announced: A status that was written through the API raises ``order_status_modify``.
        no_discount: What stands in a webhook's ``discountPercent`` without one.
        hook_delay: Seconds from an event to its webhook, up to 300.
        rolling_hour: The hour of a limit is the last one; else that of the clock.
    """

    token_refusal: int = 400
    expire_time_shown: bool = True
    any_root_reads: bool = False
    answers_only_the_failing: bool = False
    failed_entity_counts: bool = False
    unchanged_is_refused: bool = False
    missing_action_adds: bool = False
    keys_are_reissued: bool = True
    invoice_moves_date_mod: bool = True
    stock_moves_last_mod: bool = False
    comments_replace: bool = True
    bounds_inclusive: bool = True
    newest_first: bool = True
    status_type_shown: bool = True
    vat_with_percent: bool = True
    api_changes_are_announced: bool = True
    no_discount: Literal["absent", "null", "zero"] = "absent"
    hook_delay: int = 0
    rolling_hour: bool = True


def local(moment: datetime) -> datetime:
    """The shop's wall clock."""
    return moment.astimezone(ZONE)


def from_local(wall: datetime) -> datetime:
    """A moment of the shop's wall clock; in UTC."""
    return wall.replace(tzinfo=ZONE).astimezone(UTC)


def ban_time(until: datetime) -> str:
    """How a ban names its end: month first, as documented; the shop's own zone."""
    return local(until).strftime("%m.%d.%Y %H:%M:%S")
