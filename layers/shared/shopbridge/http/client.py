"""The one client every connector uses."""

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, RetryLater, Throttled, Unfinished
from shopbridge.http.answer import Answer, Call, Judge, judge_by_status
from shopbridge.http.auth import answer_of
from shopbridge.http.bodies import TooLarge
from shopbridge.http.exchange import Sender
from shopbridge.http.request import request_of
from shopbridge.mapping.validation import first_error
from shopbridge.ports import Deadline, Limiter

Wire = TypeVar("Wire")

ADDRESSES = 64
"""That are remembered: most calls go to a few, and to take one apart is a tenth of what a call costs us."""
TRIES = 3
PATIENCE = 2.0
"""Longer waits than these seconds are the queue's, not ours: a waiting Lambda costs money."""
MARGIN = 2.0
"""Seconds kept back for the ledger when the time-out of a call is chosen."""
CONNECT = 10.0
"""Seconds at most to connect."""
EXCHANGE = 40.0
"""Seconds at most for a call as a whole, logins included: less than the import waits before it looks for an order whose
answer was lost. A list that needs more patience has it."""
CREATION = 10.0
"""Seconds that the answer to a creation has at least: an answer lost for want of time costs a search."""


@lru_cache(ADDRESSES)
def parsed(address: str) -> httpx.URL:
    """Return an address taken apart. Raises httpx.InvalidURL, or UnicodeError, for what is none."""
    return httpx.URL(address)


@dataclass(frozen=True)
class Limit:
    """One bucket a call draws from; containers share it by ``bucket``.

    Attributes:
        calls: How many may be made in any ``seconds``.
    """

    bucket: str
    calls: int
    seconds: int = 60


def no_limits(_: Call) -> Sequence[Limit]:
    """Return no limit, for platforms that publish none."""
    return ()


@dataclass(frozen=True)
class Wiring:
    """What a container gives every client: one pool, the shared limits, the time left, and who counts calls."""

    http: Sender
    limiter: Limiter
    deadline: Deadline
    sleep: Callable[[float], None] = time.sleep
    observe: Callable[[Answer], None] = field(default=lambda _answer: None)


@dataclass(frozen=True)
class PlatformClient:
    """Speaks to one platform of one connection.

    Attributes:
        platform: The connector's title, for messages.
        base_url: Scheme and host, and the part of the path that every call shares; no slash at the end.
        judge: What an answer means on this platform.
        limits: The buckets a call draws from.
    """

    platform: str
    base_url: str
    auth: httpx.Auth
    wiring: Wiring
    judge: Judge = judge_by_status
    limits: Callable[[Call], Sequence[Limit]] = no_limits

    def send(self, call: Call) -> Answer:
        """Make the call and judge the answer; short waits and repeats happen here.

        Raises:
            RetryLater: The other side is busy or away and the call surely had no effect, or may be repeated.
            OutcomeUnknown: The answer was lost and the call must not be repeated blindly.
            Rejected, NeedsAttention, AlreadyDone: As the platform's judge says.
        """
        for left in reversed(range(TRIES)):
            try:
                return self._try(call)
            except RetryLater as error:
                if not left or error.after > PATIENCE or not self._time_for(error.after):
                    raise
                self.wiring.sleep(error.after)
        raise AssertionError("the last try returns or raises")

    def read(self, call: Call, shape: TypeAdapter[Wire]) -> Wire:
        """Make the call and read the answer into ``shape``.

        Raises:
            RetryLater, OutcomeUnknown: Also when the answer does not have the shape.
        """
        return shaped(self.send(call), shape)

    def read_xml(self, call: Call, shape: TypeAdapter[Wire]) -> Wire:
        """Make the call and read the XML of the answer, its root's name and content, into ``shape``.

        Raises:
            RetryLater, OutcomeUnknown: Also when the answer does not have the shape.
        """
        return shaped_xml(self.send(call), shape)

    def _try(self, call: Call) -> Answer:
        limits = self.limits(call)
        for limit in limits:
            self.wiring.limiter.take(limit.bucket, limit.calls, limit.seconds)
        answer = self._exchange(call)
        self.wiring.observe(answer)
        try:
            self.judge(answer)
        except Throttled as error:
            for bucket in error.buckets or [limit.bucket for limit in limits]:
                self.wiring.limiter.pause(bucket, error.after)
            raise
        return answer

    def _exchange(self, call: Call) -> Answer:
        try:
            response = self.wiring.http.send(self._request(call, self._timeout(call)), auth=self.auth)
        except httpx.RequestError as error:
            raise self._broken(call, error) from error
        return answer_of(self.platform, call, response)

    def _request(self, call: Call, timeout: httpx.Timeout) -> httpx.Request:
        extensions = {
            "timeout": timeout.as_dict(),
            "ends": time.monotonic() + _longest(call, timeout),
            "largest": call.largest,
        }
        return request_of(call, self._url(call), extensions)

    def _url(self, call: Call) -> httpx.URL:
        try:
            return parsed(self.base_url + call.path)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise NeedsAttention(
                f"{self.base_url!r} is no internet address",
                where=self.platform,
                fix="Enter the address as a browser shows it.",
            ) from error

    def _broken(self, call: Call, error: httpx.RequestError) -> BridgeError:
        where = f"{self.platform}, {call.title}"
        never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        if call.repeatable or never_sent:
            later = RetryLater if never_sent else Unfinished
            return later(
                _trouble(error),
                after=30,
                where=where,
                fix="Try again in a while; if it lasts, check the URL and the platform's status.",
            )
        return OutcomeUnknown("The answer was lost, so the call may have taken effect", where=where)

    def _time_for(self, wait: float) -> bool:
        return self.wiring.deadline.remaining() > wait + 2 * MARGIN

    def _timeout(self, call: Call) -> httpx.Timeout:
        """Bounds whose sum, for two connects, an answer's beginning and its end, is within the time left."""
        left = self.wiring.deadline.remaining() - MARGIN
        connect = min(CONNECT, left / 6)
        answer = min(call.patience, (left - 2 * connect) / 2)
        if answer <= (0 if call.repeatable else CREATION):
            raise RetryLater("The time of this invocation is used up", after=1, where=self.platform)
        return httpx.Timeout(answer, connect=connect)


def _longest(call: Call, timeout: httpx.Timeout) -> float:
    """The seconds that a call may take as a whole."""
    most = max(EXCHANGE, call.patience) if call.repeatable else EXCHANGE
    return min(most, 2 * (timeout.connect or 0) + 2 * (timeout.read or 0))


def _trouble(error: httpx.RequestError) -> str:
    if isinstance(error, TooLarge | httpx.DecodingError):
        return f"The platform's answer cannot be taken ({error})"
    return f"The platform cannot be reached ({_cause(error)})"


def _cause(error: httpx.RequestError) -> str:
    """What went wrong on the way; a bad certificate is told in the library's own words."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return f"its certificate: {cause.verify_message}" if cause else type(error).__name__


def shaped(answer: Answer, shape: TypeAdapter[Wire]) -> Wire:
    """Return what an answer says.

    Raises:
        RetryLater: It does not have the shape; OutcomeUnknown on a call that must not be repeated.
    """
    return _shaped(answer, answer.json(), shape)


def shaped_xml(answer: Answer, shape: TypeAdapter[Wire]) -> Wire:
    """Return what an answer in XML says. Raises as ``shaped``."""
    return _shaped(answer, answer.xml(), shape)


def _shaped(answer: Answer, data: object, shape: TypeAdapter[Wire]) -> Wire:
    try:
        return shape.validate_python(data)
    except ValidationError as error:
        raise _misshapen(answer, error) from error


def _misshapen(answer: Answer, error: ValidationError) -> BridgeError:
    what = f"The platform's answer has an unexpected form at {first_error(error)}"
    if answer.call.repeatable:
        return RetryLater(what, after=300, where=answer.where)
    return OutcomeUnknown(what, where=answer.where)
