"""What an answer of Vendure means (platform file, "Errors").

Refusals come with HTTP 200 in two ways: as ``errors`` beside the data, with a code, or as data of another type, an
error result with a code of its own. What stands in front of the server answers by its status.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shopbridge.connectors.kit.loose import writable
from shopbridge.connectors.kit.rows import odd_form
from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer, judge_by_status

TITLE: Final = "Vendure"
GONE: Final = "gone"
"""The code of Rejected for a record that is not in the shop (any more)."""
REFUSED = b'"code":"FORBIDDEN"'
BEGINNING = 2_000
"""Bytes: errors come before the data."""
RIGHTS_FIX = (
    "In Vendure's dashboard look up the key under Settings, API keys, and the rights of its role; a key that was lost "
    "or deleted is replaced by a new one, which is entered here."
)


def refuses_key(_status: int, body: bytes) -> bool:
    """Tell whether an answer turns the key down, or what it may do: both look alike (platform file, "Access")."""
    return REFUSED in body[:BEGINNING].replace(b" ", b"")


def judge(answer: Answer) -> None:
    """Check that the answer holds data and no error.

    Raises:
        NeedsAttention: Key, rights, channel or version are wrong.
        Rejected: A record is gone, or anything else a repeat cannot cure; ``code`` is Vendure's own.
        RetryLater: The server has a fault; OutcomeUnknown instead on a call that must not be repeated.
    """
    body = answer.json()
    errors = body.get("errors") if isinstance(body, Mapping) else None
    first = next((each for each in errors if isinstance(each, Mapping)), None) if isinstance(errors, list) else None
    if first is not None:
        raise _error(answer, first)
    judge_by_status(answer)
    if not isinstance(body, Mapping) or not isinstance(body.get("data"), Mapping):
        raise _without_data(answer)


def _without_data(answer: Answer) -> BridgeError:
    if not answer.call.repeatable:
        return OutcomeUnknown("The answer to a change holds no data", where=answer.where)
    return odd_form(TITLE, "an answer")


def _error(answer: Answer, error: Mapping[str, Any]) -> BridgeError:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, Mapping) else ""
    told = _OUTCOMES.get(code if isinstance(code, str) else "", _refused)
    return told(answer, error, str(code or "refused")[:60])


def message_of(error: Mapping[str, Any]) -> str:
    """Return what an error says, in one line."""
    text = error.get("message")
    return " ".join(writable(text).split())[:300] if isinstance(text, str) and text.strip() else "no reason given"


def _asked(error: Mapping[str, Any]) -> str:
    path = error.get("path")
    names = [each for each in path if isinstance(each, str)] if isinstance(path, list) else []
    return writable(names[0])[:60] if names else "this call"


def _forbidden(answer: Answer, error: Mapping[str, Any], _code: str) -> BridgeError:
    return NeedsAttention(
        f"Vendure refuses {_asked(error)}: the API key is not valid, or its role lacks the right",
        where=answer.where,
        fix=RIGHTS_FIX,
    )


def _no_channel(answer: Answer, _error: Mapping[str, Any], _code: str) -> BridgeError:
    return NeedsAttention(
        "The shop has no channel with this token",
        where=answer.where,
        setting="channel",
        fix="Copy the token from Settings, Channels of Vendure's dashboard, or leave the setting empty.",
    )


def _gone(answer: Answer, error: Mapping[str, Any], _code: str) -> BridgeError:
    return Rejected(
        f"The record is not in the shop any more ({message_of(error)})",
        code=GONE,
        where=answer.where,
        fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
    )


def _other_version(answer: Answer, error: Mapping[str, Any], _code: str) -> BridgeError:
    return NeedsAttention(
        f"This Vendure does not understand the call: {message_of(error)}",
        where=answer.where,
        fix="The connector was made for Vendure 3.6 and 3.7: look at the server's version, and at plugins that change "
        "its API.",
    )


def _fault(answer: Answer, error: Mapping[str, Any], _code: str) -> BridgeError:
    what = f"Vendure has a fault at the moment ({message_of(error)})"
    if not answer.call.repeatable:
        return OutcomeUnknown(what, where=answer.where)
    return RetryLater(what, after=60, where=answer.where, fix="If it lasts, the server's log tells what is wrong.")


def _refused(answer: Answer, error: Mapping[str, Any], code: str) -> BridgeError:
    return Rejected(
        f"Vendure refuses the call: {message_of(error)}",
        code=code,
        where=answer.where,
        fix="Read Vendure's reason; a plugin or a changed setting of the shop is the usual cause.",
    )


_OUTCOMES: Final[Mapping[str, Callable[[Answer, Mapping[str, Any], str], BridgeError]]] = {
    "FORBIDDEN": _forbidden,
    "UNAUTHORIZED": _forbidden,
    "CHANNEL_NOT_FOUND": _no_channel,
    "ENTITY_NOT_FOUND": _gone,
    "GRAPHQL_VALIDATION_FAILED": _other_version,
    "GRAPHQL_PARSE_FAILED": _other_version,
    "BAD_USER_INPUT": _other_version,
    "INTERNAL_SERVER_ERROR": _fault,
}
"""What an error's code means; every other one is a refusal for good."""

MOVED: Final = frozenset(
    {
        "ITEMS_ALREADY_FULFILLED_ERROR",
        "EMPTY_ORDER_LINE_SELECTION_ERROR",
        "QUANTITY_TOO_GREAT_ERROR",
        "PAYMENT_STATE_TRANSITION_ERROR",
    }
)
"""Error results that tell of an order which changed since it was looked at."""
FIXES: Final[Mapping[str, str]] = {
    "INSUFFICIENT_STOCK_ON_HAND_ERROR": "Correct the stock of the order's products in Vendure, then resend it.",
    "SETTLE_PAYMENT_ERROR": "Look at the payment in Vendure and at its provider, and settle it by hand.",
    "INVALID_FULFILLMENT_HANDLER_ERROR": "The server's configuration has no manual-fulfillment handler: add it again.",
    "CREATE_FULFILLMENT_ERROR": "Look at the order in Vendure and make its fulfillment by hand.",
}
LOOK = "Look at the order in Vendure: its state, or a rule of the shop's own, does not allow the change."


def check_result(result: Mapping[str, Any], good: str, where: str) -> None:
    """Check that a change's result is of the good type, and not an error result.

    Raises:
        RetryLater: The order changed meanwhile, or the result is of no type that can be read.
        Rejected: Vendure refuses the change; ``code`` is that of the error result.
    """
    if result.get("__typename") == good:
        return
    code = result.get("errorCode")
    if not isinstance(code, str):
        raise RetryLater("Vendure does not say what became of the change", after=30, where=where)
    if code in MOVED:
        raise RetryLater(f"The order changed meanwhile ({message_of(result)})", after=30, where=where)
    why = result.get("transitionError") or result.get("paymentErrorMessage") or result.get("fulfillmentHandlerError")
    said = message_of({"message": why or result.get("message")})
    raise Rejected(
        f"Vendure refuses the change: {said}", code=writable(code)[:60], where=where, fix=FIXES.get(code, LOOK)
    )
