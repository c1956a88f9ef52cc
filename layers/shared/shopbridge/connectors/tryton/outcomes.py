"""What an answer of Tryton means: a 200 is no success, and errors have one of two shapes (platform file, "Errors")."""

from typing import Any, Final

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status, retry_after
from shopbridge.mapping.identity import is_sound

TITLE: Final = "Tryton"
UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED, TOO_MANY = 401, 404, 405, 429
LATER = 60.0
"""Seconds until something is read again that Tryton would not tell."""
PAUSE = 60.0
"""Seconds without calls after a 429: logins are counted for ``session.timeout``, five minutes by default."""
LONGEST_SAID = 300
USER_ERROR, USER_WARNING, CONCURRENCY = "UserError", "UserWarning", "ConcurrencyException"
LOGIN, RATE = "LoginException", "RateLimitException"
FAILED = "failed"
"""Code of an error that Tryton did not expect: it names no class then."""
_REFUSED: Final = frozenset(range(400, 500)) - {UNAUTHORIZED, 403, 408, 425, TOO_MANY}
PAIR = 2


def judge(answer: Answer) -> None:
    """Check that the answer holds a result.

    Raises:
        NeedsAttention: The session is not taken, there is no such database, or the user may not read something.
        Throttled: 429.
        Rejected: Tryton refuses to write something.
        RetryLater, OutcomeUnknown: It broke down, or somebody wrote at the same moment.
        Obstructed: Another page or a redirect.
    """
    if answer.status == UNAUTHORIZED:
        raise not_let_in(answer)
    if answer.status == TOO_MANY:
        raise slow_down(answer)
    is_page = bool(answer.body) and not answer.is_data
    if answer.status in (NOT_FOUND, NOT_ALLOWED) and is_page:
        raise _no_database(answer)
    if answer.status in _REFUSED and not is_page:
        raise _refused(answer, str(answer.status), said(answer.json()))
    judge_by_status(answer)
    _judge_body(answer)


def _judge_body(answer: Answer) -> None:
    body = answer.json()
    if not isinstance(body, dict) or not {"result", "error"} & body.keys():
        raise odd(answer, "holds no result")
    if "error" not in body:
        return
    error = body["error"]
    if not isinstance(error, list) or len(error) != PAIR or not isinstance(error[0], str):
        raise odd(answer, "holds an error of an unknown form")
    raise _by_class(answer, error[0], said(body))


def _by_class(answer: Answer, name: str, text: str) -> BridgeError:
    """Whatever error Tryton tells, it took back all that the call had done."""
    if name == CONCURRENCY:
        return RetryLater("Somebody changes the same in Tryton at this moment", after=5, where=answer.where)
    if name == LOGIN:
        return not_let_in(answer)
    if name == RATE:
        return slow_down(answer)
    known = name in (USER_ERROR, USER_WARNING)
    if is_write(answer):
        return _refused(answer, name if known else FAILED, text)
    if known:
        return _may_not(answer, text)
    return RetryLater(f"Tryton fails at this ({text})", after=LATER, where=answer.where)


def is_write(answer: Answer) -> bool:
    """Tell whether a call was to change something: every call is a POST, so only the method's name tells."""
    return not str(answer.call.json["method"]).endswith(READS) if isinstance(answer.call.json, dict) else True


READS = (".search_read", ".get_preferences", ".login")


def odd(answer: Answer, what: str) -> BridgeError:
    """Return the error for an answer that does not hold what was asked for."""
    told = f"Tryton's answer ({answer.status}) {what}"
    if answer.call.repeatable:
        return RetryLater(told, after=LATER, where=answer.where)
    return OutcomeUnknown(told, where=answer.where)


def said(body: Any) -> str:
    """Return what an error says: the message of a known class, or the text of one that Tryton did not expect."""
    error = body.get("error") if isinstance(body, dict) else None
    name, args = error if isinstance(error, list) and len(error) == PAIR else (None, body)
    parts = [each for each in args[-3:-1] if isinstance(each, str)] if isinstance(args, list) and args else [name]
    text = " ".join(" ".join(filter(None, parts)).split()) if all(isinstance(each, str) for each in parts) else ""
    return "".join(letter for letter in text if is_sound(letter))[:LONGEST_SAID]


def not_let_in(answer: Answer) -> NeedsAttention:
    """Return the error for name and password, or a session made of them, that Tryton does not take."""
    return NeedsAttention(
        f"Tryton does not let our user in ({answer.status})",
        where=answer.where,
        fix="Compare user name and password with Tryton, and whether the user is active; then verify the connection.",
    )


def slow_down(answer: Answer) -> Throttled:
    """Return the error for a 429."""
    return Throttled("Tryton asks us to slow down", after=retry_after(answer, PAUSE), where=answer.where)


def _refused(answer: Answer, code: str, text: str) -> Rejected:
    warned = " Such a warning is accepted in Tryton by hand." if code == USER_WARNING else ""
    return Rejected(
        f"Tryton refuses this ({code}{f': {text}' if text else ''})",
        code=code,
        where=answer.where,
        fix=f"Change in the shop, in Tryton or in the maps what the message names, then resend.{warned}",
    )


def _may_not(answer: Answer, text: str) -> NeedsAttention:
    return NeedsAttention(
        f"Tryton does not tell our user this ({text})",
        where=answer.where,
        fix="Give the user the groups Sales, Stock, Accounting, Party Administration and Product Administration, and "
        "the company; then verify the connection.",
    )


def _no_database(answer: Answer) -> NeedsAttention:
    return NeedsAttention(
        f"At this address Tryton has no such database, or it is no Tryton from 8.0 on ({answer.status})",
        where=answer.where,
        setting="database",
        fix="Compare address and database with the log-in window of Tryton, then verify the connection.",
    )
