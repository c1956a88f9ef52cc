"""Everything the platform file leaves open or tags [inferred]: the day RO App answers, one edit here.

Where two answers are likely and a caller must live with either, it is a field of ``Assumed`` and a test can turn it;
other values are constants. What one function each decides, and its docstring repeats:

- an unknown parameter or field refuses the call: ``query``, ``fields``
- a closing slash of an unversioned address may be left out: ``routing``
- refusals are worded like those of the older dialect: ``errors``
- another time that an order is planned for is told by an event beside that of the change: ``orders``
- lines of an order that were written off cannot be changed by a call: ``items``
- a line cannot be taken away; its quantity may become 0: ``items``
- postings and write-offs take the fields that are named, and no other: ``stock``
"""

from dataclasses import dataclass
from typing import Literal

PAGE = 50
"""Rows of a page, which nobody can change (D1)."""
PER_SECOND = 3
"""Calls of a key (D1); whether of the key or the account is not told."""
LARGEST_BODY = 5_000_000
"""Bytes; no limit is known."""
CLOSED_GROUP = 6
"""The group of statuses that end an order well (L1)."""
CANCELLED_GROUP = 7
"""The group of those that end it otherwise; no number but 6 is documented."""
FAILURES_UNTIL_OFF = 10
"""Webhook calls refused in a row after which the endpoint is switched off; the rule is not published (L14)."""
NOT_EMULATED = 501

Phones = Literal["part", "digits", "text"]
"""How a phone is searched: by digits of which a part suffices, by all its digits, or as it was written."""
Created = Literal["record", "id", "data", "list"]
"""What a creation answers: the record, its id alone, or ``{"data": ..}`` around the record or a list with it."""


@dataclass(frozen=True)
class Assumed:
    """What a test may turn.

    Attributes:
        created: What creations of v2 answer; the file proposes the record.
        created_before: What creations of the unversioned API answer: L1 has a list, L6 an object.
        prices: As a list of ``{id, price}`` (L9, L13b, L16), or a map by price type (L4).
        barcodes: As objects (L4) or as texts (L9).
        bare_categories: Categories come without an envelope (L4), or paged (L9).
        bare_employees: The same for employees.
        products_of_v2_are_made: ``POST /v2/catalog/products`` exists, which no source shows.
        one_product_of_v2: ``GET /v2/catalog/products/{id}`` exists, by analogy only.
        patches_products: ``PATCH /products/{id}`` is taken (L2) beside ``PUT`` (L1).
        comments: Under which name a comment is taken: ``comment`` (L2), ``message`` (L1); empty: no such address.
        notes_are_required: Fields of an order that the account made mandatory, by their names.
        transitions_are_checked: Closed and cancelled orders take no other status by a call.
        retry_after: Seconds that a 429 tells to wait; 0 tells none.
        invalid: The status of a refusal that names fields: both are proposed.
        phones: How contacts and orders are searched by phone.
        one_contact_a_phone: A contact with a phone that another has is refused, instead of being a second one.
        hooks_tell_their_id: A webhook has its id in a header too, and not in its body alone.
        hooks_are_sparse: A webhook tells nothing of its object but the id.
        quantities_are_text: Line quantities come as texts, as L4 has them; else as numbers.
    """

    created: Created = "record"
    created_before: Literal["object", "list"] = "list"
    prices: Literal["list", "map"] = "list"
    barcodes: Literal["objects", "texts"] = "objects"
    bare_categories: bool = False
    bare_employees: bool = False
    products_of_v2_are_made: bool = False
    one_product_of_v2: bool = False
    patches_products: bool = True
    comments: Literal["comment", "message", ""] = "comment"
    notes_are_required: tuple[str, ...] = ()
    transitions_are_checked: bool = False
    retry_after: int = 0
    invalid: Literal[400, 422] = 400
    phones: Phones = "part"
    one_contact_a_phone: bool = False
    hooks_tell_their_id: bool = True
    hooks_are_sparse: bool = False
    quantities_are_text: bool = True
