"""What an answer of InnVoice means. Good is only what holds what was asked for; an error may come under any status.

How errors look is known from one client's own test data (client S1), so they are looked for wherever they may stand.
"""

from typing import Any

from shopbridge.connectors.innvoice.api import BOOKS, PRODUCTS
from shopbridge.connectors.innvoice.wire import LONGEST_ID, LONGEST_SAID, collapsed, elements, listed, text_of
from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer, judge_by_status
from shopbridge.mapping.identity import is_sound

OK, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, SLOW_DOWN, BROKEN = 200, 401, 403, 404, 429, 500
REFUSED = "refused"
"""Code of a refusal that has none."""
_ROWS = ("product", "stock")
"""Elements of lists, and of answers to the stand-in."""
LATER = 300.0
"""Seconds until something is read again that InnVoice would not tell."""


def judge(answer: Answer) -> None:
    """Check that the answer may be a good one; whether it holds what was asked for, the caller sees.

    Raises:
        NeedsAttention: 401 in any form, InnVoice's own 403, and a company that it does not know.
        Obstructed: Another page or a redirect.
        Throttled: 429.
        Rejected: InnVoice refuses a write, by an error in its body or by the status.
        RetryLater, OutcomeUnknown: It broke down, or would not tell what was asked for.
    """
    if answer.status == UNAUTHORIZED or (answer.status == FORBIDDEN and _is_own(answer)):
        raise _not_let_in(answer)
    if answer.status == NOT_FOUND and answer.call.path in (BOOKS, PRODUCTS) and _is_own(answer):
        raise _not_there(answer)
    refusal = refusal_of(answer.xml()) if answer.status < BROKEN and answer.status != SLOW_DOWN else None
    if refusal is not None:
        raise _refused(answer, *refusal)
    if answer.status != OK or not _is_own(answer):
        judge_by_status(answer)


def refusal_of(body: Any) -> tuple[str, str] | None:
    """Return code and message of an error, wherever it stands; None where there is none.

    An answer that holds what was asked for is none, and an error within a row is that row's only.
    """
    if any(listed(body, name) for name in _ROWS) or next(elements(body, "techid"), None) is not None:
        return None
    found = next(elements(body, "error"), None)
    return None if found is None else (text_of(found, "error"), said(found))


def said(element: dict[str, Any]) -> str:
    """Return the message beside an error, as people may read it."""
    text = collapsed(element.get("message", ""))
    shown = text if isinstance(text, str) else ""
    return "".join(letter for letter in shown if is_sound(letter))[:LONGEST_SAID]


def odd(answer: Answer, what: str) -> BridgeError:
    """Return the error for an answer that does not hold what was asked for."""
    told = f"InnVoice's answer ({answer.status}) {what}"
    if answer.call.repeatable:
        return RetryLater(told, after=LATER, where=answer.where)
    return OutcomeUnknown(told, where=answer.where)


def _is_own(answer: Answer) -> bool:
    """A page of something in front of InnVoice is judged by its status alone.

    [inferred] What type its answers name, no client tells: XML is its own, unless it is a page.
    """
    root = next(iter(answer.xml() or ()), "html")
    return answer.is_data or not answer.body or root.casefold() != "html"


def _refused(answer: Answer, code: str, message: str) -> BridgeError:
    what = f"InnVoice refuses this ({message or code or 'without saying why'})"
    if answer.call.method == "GET":
        return RetryLater(what, after=LATER, where=answer.where)
    status = str(answer.status) if answer.status != OK else REFUSED
    return Rejected(
        what,
        code=code[:LONGEST_ID] or status,
        where=answer.where,
        fix="The message names what it does not like; change that, then resend.",
    )


def _not_let_in(answer: Answer) -> BridgeError:
    return NeedsAttention(
        f"InnVoice does not let the API user in ({answer.status})",
        where=answer.where,
        fix="Compare registration name, API user and password with what InnVoice's support gave out, and have API "
        "access switched on for the company; then verify the connection.",
    )


def _not_there(answer: Answer) -> BridgeError:
    return NeedsAttention(
        "InnVoice has nothing at this address (404): it does not know the company, or not this call",
        where=answer.where,
        fix="Compare the registration name (company) with InnVoice, then verify the connection.",
    )
