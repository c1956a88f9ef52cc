"""What an answer of BOCP means. Good is HTTP 200 with ``is_error`` false; a refusal may have any status (client B3)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shopbridge.connectors.cloudsales.api import is_connectors, is_probe
from shopbridge.connectors.cloudsales.wire import flag_of
from shopbridge.errors import AlreadyDone, BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status, retry_after

OK, UNAUTHORIZED, FORBIDDEN, SLOW_DOWN, BROKEN = 200, 401, 403, 429, 500
REFUSED = "refused"
"""Code of a refusal: BOCP is not known to number its reasons."""
_EXISTS = re.compile("exist", re.IGNORECASE)
"""[inferred] The client looks for this much of the text; whole words and status of "already there" are not known."""
_LET_IN = frozenset({OK, *range(400, 500)} - {UNAUTHORIZED, 408, 425, SLOW_DOWN})
"""[inferred] Credentials are looked at before anything else. Whether orders can be read at all is an open question."""
_ITEM_BY_ITEM = ("/stock/", "/price/")
"""Our stand-in writes: each item is written or named among the errors, so an error there is no refusal of the call."""
LONGEST_SAID = 300
DEEPEST = 4
"""Lists within lists that are looked into for texts."""


@dataclass(frozen=True)
class Envelope:
    """An answer's outer part.

    Attributes:
        data: None where there is none.
    """

    is_error: bool
    messages: Any
    data: Any

    @property
    def errors(self) -> list[Any]:
        """What ``data`` lists as errors."""
        found = self.data.get("errors") if isinstance(self.data, dict) else None
        return found if isinstance(found, list) else [found] if found else []

    @property
    def said(self) -> str:
        """The details, wherever they are and of whatever form, as one text."""
        parts = dict.fromkeys(part for part in (*_texts(self.messages), *_texts(self.errors)) if part)
        return "; ".join(parts)[:LONGEST_SAID]


def envelope_of(body: Any) -> Envelope | None:
    """Return the envelope of an answer's parsed body; None when it is none."""
    is_error = flag_of(body.get("is_error")) if isinstance(body, dict) else None
    return None if is_error is None else Envelope(is_error, body.get("messages"), body.get("data"))


def _texts(value: Any, depth: int = DEEPEST) -> Iterator[str]:
    match value:
        case str() | int():
            yield str(value).strip()
        case list() if depth:
            for each in value:
                yield from _texts(each, depth - 1)
        case dict() if depth:
            for name in ("code", "message", "error", "text"):
                yield from _texts(value.get(name), depth - 1)
        case _:
            return


def judge(answer: Answer) -> None:
    """Check that the answer is a good one.

    Raises:
        NeedsAttention: 401 in any form, and BOCP's own 403: trying again may lock the user, so nothing is repeated.
        Obstructed: Another page or a redirect.
        Throttled: 429.
        AlreadyDone: The creation of an order is refused in words that may mean that it is there.
        Rejected: BOCP refuses the call, inside the envelope or by status.
        RetryLater, OutcomeUnknown: It broke down, or the answer is none of BOCP's.
    """
    if is_probe(answer.call) and answer.status in _LET_IN and (_is_api(answer) or answer.status != FORBIDDEN):
        return
    if answer.status in _BY_STATUS and (_is_api(answer) or answer.status == UNAUTHORIZED):
        raise _BY_STATUS[answer.status](answer)
    envelope = envelope_of(answer.json())
    if envelope and envelope.is_error and answer.status < BROKEN:
        _judge_refusal(answer, envelope)
        return
    if envelope and envelope.is_error and _is_creation(answer) and _EXISTS.search(envelope.said):
        raise _exists(answer, envelope)
    judge_by_status(answer)
    if envelope is None or answer.status != OK:
        raise _odd(answer)


def _judge_refusal(answer: Answer, envelope: Envelope) -> None:
    if _is_creation(answer) and _EXISTS.search(envelope.said):
        raise _exists(answer, envelope)
    if answer.call.path.endswith(_ITEM_BY_ITEM) and _names_items(envelope):
        return
    raise Rejected(
        f"BOCP refuses this ({envelope.said or 'without saying why'})",
        code=REFUSED if answer.status == OK else str(answer.status),
        where=answer.where,
        fix="The message names what it does not like; change that, then resend.",
    )


def _names_items(envelope: Envelope) -> bool:
    return bool(envelope.errors) and all(isinstance(each, dict) and each.get("code") for each in envelope.errors)


def _is_api(answer: Answer) -> bool:
    """An error page of something in front of BOCP is judged by its status alone."""
    return answer.is_data or not answer.body


def _is_creation(answer: Answer) -> bool:
    return answer.call.method == "POST"


def _exists(answer: Answer, envelope: Envelope) -> AlreadyDone:
    return AlreadyDone(f"BOCP says that the order is there ({envelope.said})", where=answer.where)


def _unauthorized(answer: Answer) -> BridgeError:
    """Bad credentials, a forbidden address and perhaps a locked user look the same (client B3)."""
    which = "order connector's user" if is_connectors(answer.call) else "REST API user"
    return NeedsAttention(
        f"BOCP does not let the {which} in (401): the user or password is wrong, or our address is not on the list of "
        "allowed addresses; BOCP does not say which",
        where=answer.where,
        fix="Compare user, password and account number with BOCP, and put the fixed outgoing address of this "
        "installation on the user's list of addresses; then verify the connection. Many refusals in a row may lock the "
        "user.",
    )


def _forbidden(answer: Answer) -> BridgeError:
    module = answer.call.path.strip("/").partition("/")[0]
    return NeedsAttention(
        f"The user may not call this part of BOCP ({module}[{answer.call.method}])",
        where=answer.where,
        fix=f"Give the user the right {module}[{answer.call.method}] in BOCP, then verify the connection.",
    )


def _slow_down(answer: Answer) -> BridgeError:
    return Throttled("BOCP asks us to slow down", after=retry_after(answer), where=answer.where)


def _odd(answer: Answer) -> BridgeError:
    what = f"BOCP's answer ({answer.status}) is not of the form that its answers have"
    if answer.call.repeatable:
        return RetryLater(what, after=60, where=answer.where)
    return OutcomeUnknown(what, where=answer.where)


_BY_STATUS: Mapping[int, Callable[[Answer], BridgeError]] = {
    UNAUTHORIZED: _unauthorized,
    FORBIDDEN: _forbidden,
    SLOW_DOWN: _slow_down,
}
