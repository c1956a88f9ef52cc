"""Requests and answers as values, and what an answer means."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from shopbridge.errors import NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled, Unfinished
from shopbridge.http.bodies import LARGEST_ANSWER
from shopbridge.mapping.json_data import BodyError, TooManyValues, read_json


@dataclass(frozen=True)
class Call:
    """One request to a platform.

    Attributes:
        path: Below the client's base URL, without query.
        params: The query; several values of one name repeat it.
        form: Fields of a body in the way of an HTML form, instead of ``json``.
        content: A body as it is, instead of ``json``; its type stands in ``headers``.
        repeatable: Sending it twice does no harm: reads, and writes whose effect is the same the second time.
        largest: Bytes that the answer may have, unpacked.
        shown: What messages call it, where its path is a secret; empty for the path.
        patience: Seconds that the answer may take to begin, and as many to end; more than usual for lists only, which
            some platforms hand out whole.
    """

    method: str
    path: str
    params: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    largest: int = LARGEST_ANSWER
    patience: float = 30.0
    shown: str = ""

    @property
    def title(self) -> str:
        """For messages: what is called."""
        return f"{self.method} {self.shown or self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back. ``platform`` and ``call`` are there for messages to people."""

    platform: str
    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_data(self) -> bool:
        """Platforms answer in the format that the call asks for; proxies and login pages answer HTML."""
        kind = self.headers.get("content-type", "")
        wanted = "xml" if "xml" in self.call.headers.get("Accept", "") else "json"
        return wanted in kind and "html" not in kind

    def json(self) -> Any:
        """Return the body as plain data as ``read_json`` gives it, the same each time; None when it is no JSON.

        Raises:
            Unfinished: It has more values than we take; OutcomeUnknown where the call must not be repeated.
        """
        return self._json

    def xml(self) -> Any:
        """Return the body as plain data as ``read_xml`` gives it, the same each time; None when it is no XML.

        Raises:
            Unfinished: It has more elements than we take; OutcomeUnknown where the call must not be repeated.
        """
        return self._xml

    @cached_property
    def _json(self) -> Any:
        return self._plain(read_json)

    @cached_property
    def _xml(self) -> Any:
        from shopbridge.mapping.xml_data import read_xml  # who meets no XML need not load its parser at a cold start

        return self._plain(read_xml)

    def _plain(self, read: Callable[[bytes], Any]) -> Any:
        try:
            return read(self.body)
        except TooManyValues as error:
            what = f"The platform's answer {error}"
            if self.call.repeatable:
                raise Unfinished(what, after=300, where=self.where) from error
            raise OutcomeUnknown(what, where=self.where) from error
        except BodyError:
            return None

    @property
    def where(self) -> str:
        """For messages: which call this answers."""
        return f"{self.platform}, {self.call.title}"


Judge = Callable[[Answer], None]
"""Returns when the answer is good; raises an error by consequence otherwise."""

_AWAY = frozenset({408, 425, *range(500, 600)} - {501, 505})
_BROKE_DOWN = frozenset({500, 502, 504})
_SENT_ON = frozenset({307, 308})
"""Redirects that leave the call to the new address; after the others it may have been done where it arrived."""


def judge_by_status(answer: Answer) -> None:
    """Judge by the default table: what a status means on a platform that uses HTTP as intended.

    Raises:
        Throttled: 429, after the seconds or date in ``Retry-After`` (60 without one).
        RetryLater: 408, 425 and the 5xx that pass by themselves; Unfinished where it broke down over the call.
        OutcomeUnknown: The same on a call that must not be repeated: a gateway gives up while the platform goes on.
            Also a redirect or a page that such a call is answered with: neither says that nothing happened.
        Obstructed: Pages that are no API, whatever their status, and redirects.
        NeedsAttention: 401 and 403 otherwise.
        Rejected: every other status of 400 and above.
    """
    if answer.status == 429:  # noqa: PLR2004 - the status codes are their own names here
        raise Throttled("The platform asks us to slow down", after=retry_after(answer), where=answer.where)
    if answer.status in _AWAY:
        what = f"The platform answers {answer.status} for the moment"
        if not answer.call.repeatable:
            raise OutcomeUnknown(what, where=answer.where)
        later = Unfinished if answer.status in _BROKE_DOWN else RetryLater
        raise later(what, after=retry_after(answer), where=answer.where)
    if not answer.call.repeatable and _leaves_open(answer):
        raise OutcomeUnknown(f"The platform answers a creation oddly ({answer.status})", where=answer.where)
    _refuse_wrong_address(answer)
    if answer.status >= 400:  # noqa: PLR2004
        raise Rejected(
            f"The platform refuses the call ({answer.status})",
            code=str(answer.status),
            where=answer.where,
            fix="It does not say why: compare the record on both sides and correct what differs, then resend it.",
        )


def _is_page(answer: Answer) -> bool:
    return bool(answer.body) and not answer.is_data and answer.status != 204  # noqa: PLR2004


def _leaves_open(answer: Answer) -> bool:
    """Whether something good may be behind an answer that is none of the platform's usual ones."""
    if 300 <= answer.status < 400:  # noqa: PLR2004
        return answer.status not in _SENT_ON
    return answer.status < 300 and _is_page(answer)  # noqa: PLR2004


def _refuse_wrong_address(answer: Answer) -> None:
    if answer.status in (401, 403) and _is_page(answer):
        raise _obstructed(
            answer,
            f"Something in front of the platform refuses our calls ({answer.status})",
            "Let calls to the API pass the firewall or the password page before it, then verify the connection.",
        )
    if answer.status in (401, 403):
        raise NeedsAttention(
            f"The platform refuses our credentials ({answer.status})",
            where=answer.where,
            fix="Check the connection's credentials and their rights, then verify it again.",
        )
    if 300 <= answer.status < 400:  # noqa: PLR2004
        what = f"The address redirects to {answer.headers.get('location', 'another one')}"
        raise _obstructed(answer, what, "Enter the final address: a redirected call loses its body or its credentials.")
    if _is_page(answer):
        what = "The address answers with something that is no API answer"
        raise _obstructed(answer, what, "Check the URL: it should be the shop's own address, without a path to a page.")


def _obstructed(answer: Answer, what: str, fix: str) -> Obstructed:
    return Obstructed(what, after=retry_after(answer), where=answer.where, fix=fix)


def retry_after(answer: Answer, default: float = 60) -> float:
    """Return the seconds a ``Retry-After`` header asks for (seconds or an HTTP date), within 1 s and 1 h."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, answer) or default
    return default if math.isnan(seconds) else min(max(seconds, 1.0), 3600.0)


def _seconds_until(text: str, answer: Answer) -> float | None:
    moment, now = parse_http_date(text), parse_http_date(answer.headers.get("date", ""))
    return (moment - now).total_seconds() if moment and now else None


def parse_http_date(text: str) -> datetime | None:
    """Return an HTTP date header as an aware moment, UTC where it names no zone; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
