"""What an answer of Shoprenter means: one table from its inner codes to errors by consequence (platform file)."""

from collections.abc import Mapping
from typing import Any, Final

from shopbridge.errors import AlreadyDone, BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status, retry_after
from shopbridge.mapping.names import folded

TITLE = "Shoprenter"
NO_CONTENT, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, EXISTS, BUSY = 204, 401, 403, 404, 409, 429
REFUSING: Final = frozenset(range(400, 500)) - {408, 425}
"""Statuses of HTTP that refuse; the two others pass by themselves."""
AGAIN = 2.0
"""Seconds until a call goes once more: after an empty answer, or one too many in a second (what clients do)."""
NO_PAGE = "40008"
"""There is no such page: the end of a list, or a search without a hit."""
UNKNOWN_IDS: Final = frozenset({"40006", "40007", "40033", "40401", "404"})
"""No record of this id, or of this SKU."""
FULL_PLAN: Final[Mapping[str, str]] = {
    "40015": "The shop's plan holds no more products: have it raised at Shoprenter, or delete some.",
    "40018": "A shop has at most 300 attributes: delete some in the shop's admin.",
}
GONE = "gone"
"""The code of Rejected when a record is not in the shop (any more)."""

ORDERS, STATUSES, PRODUCTS, CATEGORIES = "order.order", "order.status", "product.product", "product.category"
SCOPES: Final[Mapping[str, str]] = {
    "orders": ORDERS,
    "orderExtend": ORDERS,
    "orderInvoices": ORDERS,
    "orderStatuses": STATUSES,
    "orderStatusDescriptions": STATUSES,
    "productExtend": PRODUCTS,
    "productSpecials": PRODUCTS,
    "productCategoryRelations": CATEGORIES,
    "categoryExtend": CATEGORIES,
    "productClasses": "product.attribute",
    "listAttributeValues": "product.attribute",
    "customerGroups": "customer.customerGroup",
    "paymentModes": "payment.paymentMethod",
    "shippingModeExtend": "shipping.shippingMethod",
    "taxClassExtend": "taxClass.taxClass",
    "languages": "localization.language",
    "currencies": "localization.currency",
    "settings": "store.setting",
}
"""The right that each resource needs, without what is done (platform file, "Scopes")."""


def judge(answer: Answer) -> None:
    """Check that the answer is a good one.

    Raises:
        Throttled: More than three calls in a second; surely nothing was done.
        RetryLater: Away, or an empty answer; OutcomeUnknown instead on a call that must not be repeated.
        Obstructed: A page, or a redirect.
        NeedsAttention: A scope is missing, or the credentials were revoked.
        AlreadyDone: What was to be made is there, with its id.
        Rejected: Anything else; ``code`` is Shoprenter's inner number, else the status.
    """
    if answer.status in REFUSING and (answer.status == BUSY or not answer.body or isinstance(answer.json(), Mapping)):
        raise refusal(answer, answer.status, answer.json(), answer.call.path)
    judge_by_status(answer)
    if answer.status != NO_CONTENT and not isinstance(answer.json(), dict | list):
        raise _blank(answer)


def refusal(answer: Answer, status: int, body: Any, path: str) -> BridgeError:
    """Return what a refusal means: of a call, or of one of the requests in a batch.

    Args:
        answer: The call that it was told by.
        path: What was refused, below the API's address.
    """
    code, said = code_of(status, body), message_of(body)
    if str(BUSY) in (str(status), code):
        return throttled(answer)
    if status in (UNAUTHORIZED, FORBIDDEN):
        return denied(answer, path, f"{status}: {said}")
    if status == EXISTS:
        known = body.get("id") if isinstance(body, Mapping) else None
        return AlreadyDone(f"{TITLE} has it already: {said}", external_id=str(known or ""), where=answer.where)
    if status == NOT_FOUND or code in UNKNOWN_IDS:
        return _gone(answer, said)
    return Rejected(
        f"{TITLE} refuses the call: {said}",
        code=code,
        where=answer.where,
        fix=FULL_PLAN.get(code, "Read Shoprenter's reason; a field or a record that it does not know is the cause."),
    )


def code_of(status: int, body: Any) -> str:
    """Return the inner number of a refusal, else its status."""
    code = body.get("error") if isinstance(body, Mapping) else None
    text = str(code) if isinstance(code, int | str) else ""
    return text if text.isascii() and text.isdecimal() else str(status)


def message_of(body: Any) -> str:
    """Return what Shoprenter says."""
    message = body.get("message") if isinstance(body, Mapping) else body
    return message.strip().rstrip(".") if isinstance(message, str) and message.strip() else "no reason given"


def throttled(answer: Answer) -> Throttled:
    """Return that there were too many calls; nothing tells for how long to wait."""
    return Throttled(
        "The shop takes no more calls in this second",
        after=retry_after(answer, default=AGAIN),
        where=answer.where,
        fix="Try again in a while; if it lasts, lower limit_factor or look who else uses the API client.",
    )


def scope_of(path: str, *, writes: bool) -> str:
    """Return the scope that a call needs, such as ``order.order:read``; empty for one we do not know."""
    area = SCOPES.get(path.strip("/").partition("/")[0].partition("?")[0])
    return f"{area}:{'write' if writes else 'read'}" if area else ""


def denied(answer: Answer, path: str, said: str) -> NeedsAttention:
    """Return that a scope is missing: sources disagree whether 401 or 403 says so, and a token is fresh by now."""
    scope = scope_of(path, writes=answer.call.method != "GET")
    what = f"has no scope {scope}" if scope else "lacks a scope"
    return NeedsAttention(
        f"The API client {what}, or was revoked ({said})",
        where=answer.where,
        fix=f"In the shop's admin open Settings, API settings and give the API client the scope {scope}".rstrip()
        + "; then verify the connection again.",
    )


def is_denied(error: NeedsAttention) -> bool:
    """Tell whether a right was missing, and not the address or the credentials wrong."""
    return folded(error.what).startswith("the api client ")


def _gone(answer: Answer, said: str) -> Rejected:
    return Rejected(
        f"The record is not in the shop any more ({said})",
        code=GONE,
        where=answer.where,
        fix="If it was deleted there on purpose, nothing is left to do.",
    )


def _blank(answer: Answer) -> BridgeError:
    """An empty body, or one that is no JSON, comes now and then (platform file, "Limits and errors")."""
    what = f"{TITLE} answers with nothing that can be read"
    if not answer.call.repeatable:
        return OutcomeUnknown(what, where=answer.where)
    return RetryLater(what, after=AGAIN, where=answer.where, fix="Try again in a while.")
