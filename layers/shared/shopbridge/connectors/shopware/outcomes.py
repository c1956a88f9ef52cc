"""What Shopware's answers mean: one table of its error codes, then the statuses' own meaning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shopbridge.errors import BridgeError, NeedsAttention, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status
from shopbridge.mapping.json_data import JsonError, read_json

BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 400, 401, 404
LONGEST_PAUSE = 3600
"""Seconds; Shopware's own longest is a minute."""
LOCKED_AGAIN = 2.0
"""Seconds after which a call that lost a race for a database row is tried again."""

BASE_ADDRESS = "Enter the shop's base address, without /api, /admin or a language behind it."

MALFORMED = "malformed utf-8"
"""What a sync says when a record refers to one that is not there (I#6119)."""

GONE = "gone"
"""The code of Rejected when a record is not in the shop (any more)."""


@dataclass(frozen=True)
class ApiError:
    """One error of Shopware's envelope; ``detail``, ``parameters`` and ``pointer`` may be empty."""

    code: str
    title: str
    detail: str
    parameters: Mapping[str, Any]
    pointer: str = ""

    @property
    def text(self) -> str:
        """What the shop says, for a person."""
        return (self.detail or self.title).strip().rstrip(".") or "no reason given"


class PageTooLarge(Rejected):
    """The shop gives at most ``most`` rows a page."""

    def __init__(self, what: str, *, code: str, where: str, most: int) -> None:
        super().__init__(what, code=code, where=where)
        self.most = most


Outcome = Callable[[Answer, ApiError], BridgeError]


def judge(answer: Answer) -> None:
    """Check that the answer is a good one.

    Raises:
        NeedsAttention: A right is missing, the login is refused, or the address is no Shopware.
        Throttled, RetryLater: Busy, away, or lost a race in the database.
        Rejected: The record is gone, the transition is not allowed, or anything else a repeat cannot cure.
    """
    if answer.status >= BAD_REQUEST and (error := api_error(answer)):
        outcome = _OUTCOMES.get(error.code) or _by_text(answer, error)
        if outcome:
            raise outcome(answer, error)
        if BAD_REQUEST <= answer.status < 500 and answer.status not in _PASSING:  # noqa: PLR2004 - a status class
            raise _refused(answer, error)
    judge_by_status(answer)


def api_error(answer: Answer) -> ApiError | None:
    """Return the first error of the envelope, or None when the body is no such envelope."""
    body = answer.json()
    return next(iter(read_errors(body.get("errors") if isinstance(body, dict) else None)), None)


def read_errors(errors: Any) -> list[ApiError]:
    """Return all errors of an envelope's list; empty when it is no such list."""
    rows = errors if isinstance(errors, list) else []
    return [_read_error(row) for row in rows if isinstance(row, dict)]


def _read_error(row: Mapping[str, Any]) -> ApiError:
    meta, source = row.get("meta"), row.get("source")
    parameters = meta.get("parameters") if isinstance(meta, dict) else None
    return ApiError(
        code=str(row.get("code") or ""),
        title=str(row.get("title") or ""),
        detail=str(row.get("detail") or ""),
        parameters=parameters if isinstance(parameters, dict) else {},
        pointer=str(source.get("pointer") or "") if isinstance(source, dict) else "",
    )


def is_lost_race(error: ApiError) -> bool:
    """Tell whether another call held the same database rows; a repeat goes through."""
    text = error.text.lower()
    return error.code in _RACES or "deadlock" in text or "lock wait" in text


def missing_privileges(error: ApiError) -> tuple[str, ...]:
    """Return the rights a call lacks; ``detail`` is itself a JSON text (C17)."""
    try:
        detail = read_json(error.detail)
    except JsonError:
        return ()
    names = detail.get("missingPrivileges") if isinstance(detail, dict) else None
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _missing_right(answer: Answer, error: ApiError) -> NeedsAttention:
    names = ", ".join(missing_privileges(error)) or error.text
    return NeedsAttention(
        f"The integration lacks these rights: {names}",
        where=answer.where,
        fix="In the Shopware administration open Settings, System, Integrations (or the app's manifest) and add "
        f"a role with {names}; then verify the connection again.",
    )


def _throttled(answer: Answer, error: ApiError) -> Throttled:
    """Too many logins: core names the seconds in the body and sends no ``Retry-After`` (C16)."""
    seconds = error.parameters.get("seconds")
    after = float(min(max(seconds, 1), LONGEST_PAUSE)) if isinstance(seconds, int) else 60.0
    return Throttled(
        f"Shopware takes no further login for {after:.0f} s",
        after=after,
        where=answer.where,
        fix="Try again in a while; if it lasts, another program at the same address logs in too often.",
    )


def _page_too_large(answer: Answer, error: ApiError) -> Rejected:
    """``shopware.api.max_limit`` is a setting of the shop's, and told by this error alone."""
    most = error.parameters.get("maxLimit")
    if not isinstance(most, int) or most < 1:
        return _refused(answer, error)
    return PageTooLarge(error.text, code=error.code, where=answer.where, most=most)


def _no_such_transition(answer: Answer, error: ApiError) -> Rejected:
    possible = error.parameters.get("possibleTransitionsString") or "none"
    return Rejected(
        f"The order's state does not allow {error.parameters.get('transition', 'this change')!r}",
        code=error.code,
        where=answer.where,
        fix=f"Possible now: {possible}. Set the order's state in Shopware, or choose another status to write back.",
    )


def _gone(answer: Answer, _error: ApiError) -> Rejected:
    return Rejected(
        "The record is not in the shop any more",
        code=GONE,
        where=answer.where,
        fix="Nothing is left to change; skip the order if it was deleted on purpose.",
    )


def _unknown_association(answer: Answer, error: ApiError) -> NeedsAttention:
    name = error.parameters.get("association") or error.text
    return NeedsAttention(
        f"This Shopware does not know {name!r}, which orders are read with",
        where=answer.where,
        fix="Supported are the releases 6.4 to 6.7: check the shop's version and the plugins that change orders.",
    )


def _login_refused(answer: Answer, error: ApiError) -> NeedsAttention:
    return NeedsAttention(
        f"Shopware refuses the access token, and a fresh one too ({error.text})",
        where=answer.where,
        fix="Check that the integration still exists and that the app is active, then verify the connection again.",
    )


def _lost_race(answer: Answer, _error: ApiError) -> RetryLater:
    return RetryLater("The shop's database was busy with the same rows", after=LOCKED_AGAIN, where=answer.where)


def _refused(answer: Answer, error: ApiError) -> Rejected:
    return Rejected(
        f"Shopware refuses the call: {error.text}",
        code=error.code or str(answer.status),
        where=answer.where,
        fix="Read the shop's reason; a plugin or a changed setting of the shop is the usual cause.",
    )


def _no_api(answer: Answer, _error: ApiError) -> NeedsAttention:
    return NeedsAttention(
        "There is no Shopware Admin API at this address", where=answer.where, fix=BASE_ADDRESS, setting="url"
    )


_RACES = ("1205", "1213")
"""The database's own numbers of a lock wait and a deadlock."""

_PASSING = frozenset({401, 403, 408, 425, 429})
"""4xx whose status says enough when the code is unknown."""

_OUTCOMES: Mapping[str, Outcome] = {
    "FRAMEWORK__MISSING_PRIVILEGE_ERROR": _missing_right,
    "FRAMEWORK__AUTH_THROTTLED": _throttled,
    "FRAMEWORK__QUERY_LIMIT_EXCEEDED": _page_too_large,
    "SYSTEM__ILLEGAL_STATE_TRANSITION": _no_such_transition,
    "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID": _gone,
    "FRAMEWORK__RESOURCE_NOT_FOUND": _gone,
    "FRAMEWORK__WRITE_TYPE_INTEND_ERROR": _gone,
    "FRAMEWORK__ASSOCIATION_NOT_FOUND": _unknown_association,
    **dict.fromkeys(_RACES, _lost_race),
}


def _by_text(answer: Answer, error: ApiError) -> Outcome | None:
    """Errors that only their status or text tells apart: Shopware passes foreign ones on with code "0" (C15)."""
    text = error.text.lower()
    if answer.status == UNAUTHORIZED:
        return _login_refused
    if answer.status == NOT_FOUND and error.code == "0":
        return _no_api
    if is_lost_race(error):
        return _lost_race
    return _refused if MALFORMED in text else None
