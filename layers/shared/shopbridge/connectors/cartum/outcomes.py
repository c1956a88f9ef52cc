"""What an answer of Cartum means (platform file, "Limits and errors").

Errors often come with HTTP 200 and good news sometimes with another code: so the word in the envelope decides, and the
code of HTTP only where there is no envelope.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status
from shopbridge.mapping.json_data import JsonError, read_json

TITLE: Final = "Cartum"
GOOD: Final = frozenset({"OK", "WARNING", "EMPTY"})
"""Everything else, known or not, is an error (platform file, K1)."""
EMPTY: Final = "EMPTY"
EXPIRED: Final = frozenset({"UNAUTHORIZED", "AUTHORIZATION_ERROR"})
"""Two spellings of a token that is over; the third is the code 401."""
UNDEFINED: Final = "UNDEFINED_FUNCTION"
"""The shop's version does not know the function."""
WRONG: Final = "ERROR"
UNAUTHORIZED, MISSING, BUSY, FAULTS, NO_FAULT = 401, 404, 429, 500, 600
LARGEST_REFUSAL = 2_000
"""Bytes: a longer answer is a list, which nobody needs to read twice."""
UNTOLD = 600.0
"""Seconds to wait where the quota is used up and the text does not say for how long."""
LONGEST_WAIT = 3600.0
"""The quota is one of an hour."""
_WAIT = re.compile(r"after\s+([0-9]{1,6})\s*s", re.IGNORECASE)
USER_FIX = (
    "In the shop's admin look up the user under Settings, Users (or Admins): enter its user name, which is not its "
    "e-mail address, and its password. A user of its own for the bridge keeps working when a person changes theirs."
)
PLAN_FIX = (
    "The API comes with some of Cartum's tariff plans only: ask Cartum's support to switch it on for the shop. If it "
    "is on, check the shop's URL."
)


def word_of(body: Any) -> str:
    """Return the status in an envelope; empty where there is none."""
    word = body.get("status") if isinstance(body, Mapping) else None
    return word.strip().upper() if isinstance(word, str) else ""


def code_of(body: Any) -> int:
    """Return the number that an envelope tells beside its text; 0 for none."""
    told = _told(body).get("code")
    return int(told) if isinstance(told, int | str) and re.fullmatch("[0-9]{1,6}", str(told)) else 0


def message_of(body: Any) -> str:
    """Return what an envelope says, in one line, under either of its two names (platform file, "Known quirks")."""
    return text_in(_told(body)) or "no reason given"


def text_in(told: Mapping[str, Any]) -> str:
    """Return the text of a refusal or of a line of a log: ``message`` or ``messages``, one or several."""
    found = told.get("message") or told.get("messages") or ""
    texts = found if isinstance(found, list) else list(found.values()) if isinstance(found, Mapping) else [found]
    return " ".join("; ".join(str(text) for text in texts if isinstance(text, str | int)).split())[:500]


def _told(body: Any) -> Mapping[str, Any]:
    told = body.get("response") if isinstance(body, Mapping) else None
    return told if isinstance(told, Mapping) else {}


def refuses_user(status: int, body: bytes) -> bool:
    """Tell whether an answer turns token or login down, so that another login is worth it."""
    found = _small(body)
    return UNAUTHORIZED in (status, code_of(found)) or word_of(found) in EXPIRED or is_wrong_login(found)


def is_wrong_login(body: Any) -> bool:
    """[inferred] Tell whether a login is refused: the text names both, in whatever words."""
    said = message_of(body).casefold()
    return word_of(body) == WRONG and "login" in said and "password" in said


def _small(body: bytes) -> Any:
    if len(body) > LARGEST_REFUSAL:
        return None
    try:
        return read_json(body)
    except JsonError:
        return None


def judge(answer: Answer) -> None:
    """Check that the answer is a good one.

    Raises:
        Throttled: The hour's calls are used up; after the seconds that the text names.
        RetryLater: Away; OutcomeUnknown instead on a call that must not be repeated.
        Obstructed: A page or a redirect.
        NeedsAttention: User, password or the tariff plan are wrong.
        Rejected: Anything else that Cartum refuses; ``code`` is the envelope's word.
    """
    body = answer.json()
    word = word_of(body)
    if word in GOOD:
        return
    if not word:
        _judge_without_envelope(answer)
        return
    raise _refusal(answer, body, word)


def _judge_without_envelope(answer: Answer) -> None:
    if answer.status == MISSING:
        raise NeedsAttention("There is no API at the shop's address (404)", where=answer.where, fix=PLAN_FIX)
    judge_by_status(answer)


def _refusal(answer: Answer, body: Any, word: str) -> BridgeError:
    code, said = code_of(body), message_of(body)
    if BUSY in (code, answer.status):
        return throttled(answer, said)
    if UNAUTHORIZED in (code, answer.status) or word in EXPIRED or is_wrong_login(body):
        return NeedsAttention(f"Cartum refuses our user ({said})", where=answer.where, fix=USER_FIX)
    if word == UNDEFINED:
        return undefined(answer)
    if FAULTS <= code < NO_FAULT:
        return _away(answer, f"Cartum has a fault at the moment ({code}: {said})")
    return Rejected(
        f"Cartum refuses the call ({word}): {said}",
        code=word,
        where=answer.where,
        fix="Read Cartum's reason; a record that was deleted or a value it does not know are the usual causes.",
    )


def throttled(answer: Answer, said: str) -> Throttled:
    """Return the error for an hour whose calls are used up."""
    told = _WAIT.search(said)
    return Throttled(
        f"The shop's calls for this hour are used up ({said})",
        after=min(max(float(told[1]), 1.0), LONGEST_WAIT) if told else UNTOLD,
        where=answer.where,
        fix="Nothing needs doing: we go on then. If it comes often, look which other programs call the shop's API.",
    )


def undefined(answer: Answer) -> Rejected:
    """Return the error for a function that the shop does not have: that is not an empty list (platform file, K1)."""
    function = answer.call.path.removeprefix("/api").strip("/")
    return Rejected(
        f"The shop's version of Cartum has no function {function}",
        code=UNDEFINED,
        where=answer.where,
        fix="Ask Cartum's support for the newest version, or switch off what needs this function.",
    )


def _away(answer: Answer, what: str) -> BridgeError:
    if not answer.call.repeatable:
        return OutcomeUnknown(what, where=answer.where)
    return RetryLater(what, after=60, where=answer.where, fix="Try again in a while.")
