"""What an answer of SalesAutopilot means. Writes answer a bare number: 0 and below is a failure, though under HTTP 200.

Some calls answer plain text (client S7), so what an answer is goes by its body, not by the type that it names.
"""

from collections.abc import Mapping
from typing import Any

from shopbridge.connectors.salesautopilot.api import TITLE
from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer, judge_by_status
from shopbridge.mapping.identity import is_sound

OK, UNAUTHORIZED = 200, 401
LATER = 300.0
"""Seconds until something is read again that SalesAutopilot would not tell."""
LONGEST_SAID = 300
_LONGEST_NUMBER = 18
_REFUSALS: Mapping[int, str] = {
    404: "has nothing at this address",
    405: "does not know this call there",
    406: "does not take the fields",
}
"""What it refuses a call with (doc S1)."""
_REFUSED = frozenset(range(400, 500)) - {UNAUTHORIZED, 403, 408, 425, 429}
"""Likewise, and whatever else means that nothing was done."""


def judge(answer: Answer) -> None:
    """Check that the answer may be a good one; whether it holds what was asked for, the caller sees.

    Raises:
        NeedsAttention: 401 in any form.
        Obstructed: Another page or a redirect.
        Throttled: 429.
        Rejected: A write is answered with 0 or below, or SalesAutopilot refuses the call by its status.
        RetryLater, OutcomeUnknown: It broke down, or a page stands in its place.
    """
    if answer.status == UNAUTHORIZED:
        raise _not_let_in(answer)
    if answer.status in _REFUSED and not _is_page(answer):
        raise _refused(answer)
    if answer.status != OK or _is_page(answer):
        judge_by_status(answer)
    number = number_of(answer)
    if answer.call.method != "GET" and number is not None and number <= 0:
        raise _failed(answer, number)


def number_of(answer: Answer) -> int | None:
    """Return the number that an answer is, as a number or a text; None when it is none."""
    body = answer.json()
    text = str(body).strip() if isinstance(body, int | str) and not isinstance(body, bool) else ""
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER
    return int(text) if is_whole else None


def is_failure(error: Rejected) -> bool:
    """Tell whether the body refused it, not the status: what the number means is not told for every call."""
    return error.code.removeprefix("-").isdigit() and int(error.code) <= 0


def odd(answer: Answer, what: str) -> BridgeError:
    """Return the error for an answer that does not hold what was asked for."""
    told = f"{TITLE}'s answer ({answer.status}) {what}"
    if answer.call.repeatable:
        return RetryLater(told, after=LATER, where=answer.where)
    return OutcomeUnknown(told, where=answer.where)


def _is_page(answer: Answer) -> bool:
    """Tell a page of something in front of SalesAutopilot from a text of its own."""
    return not answer.is_data and answer.body.lstrip()[:1] == b"<"


def _not_let_in(answer: Answer) -> BridgeError:
    return NeedsAttention(
        f"{TITLE} does not let us in (401): user or password of the API key is wrong",
        where=answer.where,
        fix="Compare them with Settings, Integrations, API keys in SalesAutopilot (they are not what people log in "
        "with), then verify the connection.",
    )


def _refused(answer: Answer) -> BridgeError:
    said, what = _said(answer.json()), _REFUSALS.get(answer.status, "refuses the call")
    return Rejected(
        f"{TITLE} {what} ({answer.status}{f': {said}' if said else ''})",
        code=str(answer.status),
        where=answer.where,
        fix="Compare the ids of list and forms in the connection's settings with SalesAutopilot, and look at the "
        "connection's own rules; then resend.",
    )


def _failed(answer: Answer, number: int) -> BridgeError:
    return Rejected(
        f"{TITLE} does not do it: it answers {number}, which is a failure, without saying why",
        code=str(number),
        where=answer.where,
        fix="Look at the record in SalesAutopilot, and whether list and form are there and switched on; then resend.",
    )


def _said(body: Any) -> str:
    """What a refusal says, as people may read it.

    [inferred] Bodies of the classic API's refusals are not known; the second generation words them so (doc S12, S14).
    """
    text = body.get("errorMessage") if isinstance(body, dict) else body
    shown = " ".join(text.split()) if isinstance(text, str) else ""
    return "".join(letter for letter in shown if is_sound(letter))[:LONGEST_SAID]
