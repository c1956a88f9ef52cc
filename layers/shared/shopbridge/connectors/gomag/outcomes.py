"""What an answer of Gomag means: refusals travel inside answers that look good (platform file, "Error envelope").

A write that was done carries ``error`` too, with the value 200; so it is the number that counts, not its presence.
"""

from collections.abc import Mapping
from typing import Any, Final

from shopbridge.connectors.gomag.api import NO_DATA, bucket_of
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status, retry_after
from shopbridge.mapping.json_data import JsonError, read_json

GOOD: Final = frozenset({0, 200})
"""[inferred] from the two successes that were seen: ``error`` absent, and 200."""
MISSING_USER, DENIED, WRONG_KEY, FORBIDDEN, BUSY = 100, 331, 401, 403, 429
AWAY = range(500, 600)
REFUSING = frozenset(range(400, 500)) - {408, 425}
"""Statuses of HTTP that refuse; the two others pass by themselves."""
FULL = 5.0
"""Seconds to wait when the bucket is full: nothing tells how long (platform file, G2 and G6 wait as long)."""
PAGE_AGAIN = 60.0
LARGEST_REFUSAL = 2_000
"""Bytes: a longer answer is a list, which nobody needs to read twice."""

AREAS: Final[Mapping[str, str]] = {
    "order/status": "order statuses",
    "order/note": "order notes",
    "order": "orders",
    "payment": "orders (payment methods)",
    "product": "products",
    "category": "categories",
    "customer": "customers",
}
"""What the methods of the API belong to, the longest path first."""

OTHER_FORMS = (
    "Copy the API key anew, and try the setting shop in its other forms: https://www.shop.example, "
    "https://shop.example, shop.example, or the value that Gomag's admin calls Api_shop_pagina."
)


def area_of(path: str) -> str:
    """Return which permission a method belongs to."""
    return next((name for start, name in AREAS.items() if path.lstrip("/").startswith(start)), path.strip("/"))


def error_number(body: Any) -> int | None:
    """Return the number of a refusal; None when the body is none.

    A number that cannot be read is a refusal, too: -1.
    """
    error = body.get("error") if isinstance(body, dict) else None
    if error is None:
        return None
    try:
        number = int(str(error).strip() or "0") if not isinstance(error, bool) else int(error)
    except ValueError:
        number = -1
    return None if number in GOOD else number


def refuses_key(status: int, body: bytes) -> bool:
    """Tell whether an answer turns the credentials down, so that another look at them is worth it."""
    return status == WRONG_KEY or (len(body) < LARGEST_REFUSAL and _number_in(body) in (MISSING_USER, WRONG_KEY))


def _number_in(body: bytes) -> int | None:
    try:
        return error_number(read_json(body))
    except JsonError:
        return None


def judge(answer: Answer) -> None:
    """Check that the answer is a good one.

    Raises:
        Throttled: The bucket is full; surely nothing was done.
        RetryLater: Away, or JSON that is cut; OutcomeUnknown instead on a call that must not be repeated.
        Obstructed: A page, a redirect, or an address without the API.
        NeedsAttention: Key, shop or a permission are wrong.
        Rejected: Anything else; ``code`` is Gomag's number.
    """
    if answer.status == BUSY:
        raise _throttled(answer)
    if answer.status in (WRONG_KEY, FORBIDDEN) and isinstance(body := answer.json(), dict):
        raise _key_refused(answer, f"{answer.status}: {message_of(body)}")
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own class of success
        _judge_http(answer)
        return
    body = answer.json()
    if not isinstance(body, dict | list):
        raise _no_json(answer)
    number = error_number(body)
    if number is not None:
        raise _refusal(answer, number, message_of(body))


def message_of(body: Any) -> str:
    """Return what Gomag says: a text, or a list of them."""
    message = body.get("message") if isinstance(body, dict) else None
    texts = message if isinstance(message, list) else [message]
    return "; ".join(str(text).strip() for text in texts if text) or "no reason given"


def _judge_http(answer: Answer) -> None:
    """Gomag refuses inside good answers, so a 404 means that the address is another one's."""
    if answer.status == int(NO_DATA):
        raise Obstructed(
            "There is no Gomag API at this address",
            after=PAGE_AGAIN,
            where=answer.where,
            fix="Enter https://api.gomag.ro as the address, then verify the connection.",
        )
    body = answer.json()
    if answer.status in REFUSING and isinstance(body, dict):
        raise _refusal(answer, error_number(body) or answer.status, message_of(body))
    judge_by_status(answer)


def _refusal(answer: Answer, number: int, message: str) -> BridgeError:
    if number in (MISSING_USER, WRONG_KEY, FORBIDDEN):
        return _key_refused(answer, f"{number}: {message}")
    if number == DENIED:
        return _denied(answer, message)
    if number == BUSY:
        return _throttled(answer)
    if number in AWAY:
        return _away(answer, f"Gomag has a fault at the moment ({number}: {message})")
    return Rejected(
        f"Gomag refuses the call: {message}",
        code=str(number),
        where=answer.where,
        fix="Read Gomag's reason; a record that was deleted or a field it does not take are the usual causes.",
    )


def _throttled(answer: Answer) -> Throttled:
    return Throttled(
        "All apps of the shop together call Gomag too often",
        after=retry_after(answer, default=FULL),
        buckets=(bucket_of(answer.call),),
        where=answer.where,
        fix="Try again in a while; if it lasts, lower limit_factor or make another app call less.",
    )


def _key_refused(answer: Answer, said: str) -> NeedsAttention:
    return NeedsAttention(f"Gomag refuses our key or shop ({said})", where=answer.where, fix=OTHER_FORMS)


def _denied(answer: Answer, message: str) -> NeedsAttention:
    kind = "read" if answer.call.method == "GET" else "write"
    return NeedsAttention(
        f"The API key has no permission to {kind} {area_of(answer.call.path)} ({DENIED}: {message})",
        where=answer.where,
        fix=f"In Gomag's admin give the key the permission for {answer.call.path.strip('/')}, then verify again.",
    )


def _no_json(answer: Answer) -> BridgeError:
    if answer.call.repeatable:
        judge_by_status(answer)  # knows pages
    return _away(answer, "Gomag answers with something that is no JSON", after=PAGE_AGAIN)


def _away(answer: Answer, what: str, *, after: float = 30.0) -> BridgeError:
    if not answer.call.repeatable:
        return OutcomeUnknown(what, where=answer.where)
    fix = "Try again in a while; if it lasts, check the address and Gomag's own status."
    return RetryLater(what, after=after, where=answer.where, fix=fix)
