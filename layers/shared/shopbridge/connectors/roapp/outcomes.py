"""What an answer of RO App means.

Bodies of failures are not published for v2; the older dialects' shape is expected, and anything else is told as it is
(platform file, "Limits and errors").
"""

from collections.abc import Iterator
from typing import Any, Final

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status, retry_after
from shopbridge.mapping.identity import is_sound

TITLE: Final = "RO App"
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
GONE = "404"
LATER = 300.0
"""Seconds until something is read again that RO App would not tell."""
PAUSE = 1.5
"""[inferred] Seconds to wait after a refusal for the limit, which is by the second; no ``Retry-After`` is known.

Short enough that the client waits by itself: two connections of one account meet, and verifying one must not fail.
"""
LONGEST_SAID = 300
_EXPIRED: Final = frozenset({"101", "111", "401"})
"""Codes of a key that is not taken, where the status does not say so (doc L1, client L6)."""
_REFUSED: Final = frozenset(range(400, 500)) - {UNAUTHORIZED, 408, 425, TOO_MANY}


def judge(answer: Answer) -> None:
    """Check that the answer may be a good one; whether it holds what was asked for, the caller sees.

    Raises:
        NeedsAttention: The key is not taken, or its employee may not read something.
        Obstructed: Another page or a redirect.
        Throttled: 429.
        Rejected: RO App refuses a record, by the status or in its body.
        RetryLater, OutcomeUnknown: It broke down, or a page stands in its place.
    """
    if answer.status == TOO_MANY:
        raise Throttled("RO App asks us to slow down", after=retry_after(answer, PAUSE), where=answer.where)
    is_own = answer.is_data or not answer.body
    if answer.status == UNAUTHORIZED and is_own:
        raise _not_let_in(answer)
    if answer.status == FORBIDDEN and is_own and answer.call.method == "GET":
        raise _may_not(answer)
    if answer.status in _REFUSED and is_own:
        raise _refused(answer)
    judge_by_status(answer)
    _judge_body(answer)


def _judge_body(answer: Answer) -> None:
    """The older dialects may fail under a good status."""
    body = answer.json()
    if not isinstance(body, dict) or body.get("success") is not False:
        return
    if str(body.get("code")) in _EXPIRED:
        raise _not_let_in(answer)
    if answer.call.method == "GET":
        raise RetryLater(f"RO App would not tell this ({said(body)})", after=LATER, where=answer.where)
    raise _refused(answer)


def odd(answer: Answer, what: str) -> BridgeError:
    """Return the error for an answer that does not hold what was asked for."""
    told = f"RO App's answer ({answer.status}) {what}"
    if answer.call.repeatable:
        return RetryLater(told, after=LATER, where=answer.where)
    return OutcomeUnknown(told, where=answer.where)


def is_gone(error: Rejected) -> bool:
    """Tell whether it says that there is no such record, or no such call."""
    return error.code == GONE


def said(body: Any) -> str:
    """Return what a refusal says, as people may read it: a text, or texts by the fields that they are about."""
    message = body.get("message") if isinstance(body, dict) else None
    text = "; ".join(_texts(message.get("validation", message) if isinstance(message, dict) else message))
    return "".join(letter for letter in " ".join(text.split()) if is_sound(letter))[:LONGEST_SAID]


def _texts(message: Any) -> Iterator[str]:
    if isinstance(message, dict):
        for name, each in message.items():
            yield f"{name}: {', '.join(_texts(each))}"
    elif isinstance(message, list):
        yield from (text for each in message for text in _texts(each))
    elif isinstance(message, str):
        yield message


def _refused(answer: Answer) -> BridgeError:
    reason = said(answer.json())
    status = str(answer.status) if answer.status in _REFUSED else "refused"
    return Rejected(
        f"RO App refuses this ({status}{f': {reason}' if reason else ''})",
        code=status,
        where=answer.where,
        fix="Fields that it names may be mandatory in the account: fill them by a rule of the connection, or make them "
        "optional in RO App. Look, too, whether what the settings name is still there, and whether the key's employee "
        "may do this; then resend.",
    )


def _not_let_in(answer: Answer) -> BridgeError:
    return NeedsAttention(
        f"RO App does not take the API key ({answer.status})",
        where=answer.where,
        fix="Copy the key once more from Settings > API in RO App, then verify the connection.",
    )


def _may_not(answer: Answer) -> BridgeError:
    return NeedsAttention(
        "The employee whose API key this is may not read this (403)",
        where=answer.where,
        fix="Give the employee the right in RO App, or use the key of one who has it; then verify the connection.",
    )
