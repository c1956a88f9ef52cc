"""What an answer of SalesPOS means: decided by the dotted ``code`` in its body, whatever the HTTP status.

Business errors arrive as HTTP 5xx (SDK S1), so the status alone says little. A creation whose answer does not
surely say "not created" is OutcomeUnknown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shopbridge.errors import (
    AlreadyDone,
    BridgeError,
    Held,
    NeedsAttention,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
)
from shopbridge.http.answer import Answer, Call, Judge, judge_by_status, parse_http_date, retry_after
from shopbridge.http.client import Limit
from shopbridge.ports import Clock

GONE = "404"
"""How the code of an absent record begins; the platform publishes none for it [inferred]."""
SKEW = timedelta(minutes=5)
"""How far apart the clocks may be (vendor reference S2)."""
_CODE = re.compile(r"[1-5]\d\d\.\d+")
READS, WRITES = 150, 100
"""Calls a minute for GET, and for each of POST, PATCH, PUT and DELETE, on one resource."""
_OUR_RESOURCES = {
    "GET": "orders ordernotes orderrows users products attributecombinations packages attributes attributevalues "
    "productattributevalues categorytree productpropertygroups productproperties producttopropertygroups",
    "POST": "orders ordernotes users products attributes attributevalues productattributevalues categories "
    "producttocategories productproperties producttopropertygroups productpropertyvalues",
    "PATCH": "users products attributecombinations productattributevalues categories productpropertyvalues",
    "DELETE": "producttocategories",
}
OUR_BUCKETS = tuple(f"{name}:{method}" for method, names in _OUR_RESOURCES.items() for name in names.split())
"""What the flows draw from. The vendor keeps the figure of the total limit (429.11) to itself, so no bucket counts
all calls: that would cost a reservation for every one of them. When SalesPOS names it, all of these are paused."""


def bucket_of(call: Call) -> str:
    """Return the bucket of a call's method and resource, such as ``orders:POST``."""
    names = [part for part in call.path.split("/") if part and not part.isdigit()]
    return f"{names[-1] if names else 'root'}:{call.method}"


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the bucket a call draws from, with the connection's share of the limit."""

    def limits(call: Call) -> Sequence[Limit]:
        own = READS if call.method == "GET" else WRITES
        return (Limit(bucket_of(call), max(1, int(own * factor))),)

    return limits


@dataclass(frozen=True)
class RefusedAnswer:
    """An answer that says no, taken apart.

    Attributes:
        code: The dotted code; empty when the answer has none.
        message: What the platform says about it, for developers.
        now: Our clock.
    """

    answer: Answer
    code: str
    message: str
    now: datetime

    @property
    def said(self) -> str:
        """Code, or else status, and message, for messages to people."""
        return ": ".join(part for part in (self.code or str(self.answer.status), self.message) if part)


Outcome = Callable[[RefusedAnswer], BridgeError]


def judge_with(clock: Clock) -> Judge:
    """Return the judge of a connection's answers; ``clock`` tells the minute's end and whether our time is off."""

    def judge(answer: Answer) -> None:
        refusal = _refusal(answer, clock())
        if refusal is None:
            judge_by_status(answer)
        else:
            raise outcome(refusal)

    return judge


def outcome(refusal: RefusedAnswer) -> BridgeError:
    """Return the error a refusal stands for."""
    by_code = OUTCOMES.get(refusal.code)
    if by_code is not None:
        return by_code(refusal)
    by_class: Mapping[str, Outcome] = {
        "401": _credentials,
        "403": _credentials,
        "408": _away,
        "429": _slow_down,
        "5": _away,
    }
    start = refusal.code or str(refusal.answer.status)
    return next((make(refusal) for prefix, make in by_class.items() if start.startswith(prefix)), _refused(refusal))


def _refusal(answer: Answer, now: datetime) -> RefusedAnswer | None:
    """The refusal in an answer; None leaves it to the default table, which knows pages and redirects."""
    body = answer.json() if answer.status >= 400 or b'"developermessage"' in answer.body else None  # noqa: PLR2004
    fields = body if isinstance(body, dict) else {}
    code = str(fields.get("code", ""))
    refusal = RefusedAnswer(answer, code if _CODE.fullmatch(code) else "", str(fields.get("developermessage", "")), now)
    page = bool(answer.body) and not answer.is_data
    ours = answer.status >= 500 or answer.status == 408 or (answer.status in (401, 403) and not page)  # noqa: PLR2004
    return refusal if refusal.code or ours else None


def _slow_down(refusal: RefusedAnswer) -> BridgeError:
    return _throttled("with this kind of call", refusal, (bucket_of(refusal.answer.call),))


def _slow_down_all(refusal: RefusedAnswer) -> BridgeError:
    return _throttled("altogether", refusal, OUR_BUCKETS)


def _throttled(how: str, refusal: RefusedAnswer, buckets: tuple[str, ...]) -> Throttled:
    """Until the next minute."""
    what, after = f"SalesPOS asks us to slow down {how}", float(61 - refusal.now.second)
    return Throttled(what, after=after, buckets=buckets, where=refusal.answer.where)


def _away(refusal: RefusedAnswer) -> BridgeError:
    said = f" ({refusal.said})"
    if refusal.answer.call.repeatable:
        wait = retry_after(refusal.answer, default=30)
        return RetryLater(f"SalesPOS has a fault at the moment{said}", after=wait, where=refusal.answer.where)
    return OutcomeUnknown(f"SalesPOS had a fault{said}, so the call may have taken effect", where=refusal.answer.where)


def _garbled(refusal: RefusedAnswer) -> BridgeError:
    """The record failed the platform's own check on its way out: what was asked for may well have happened."""
    if not refusal.answer.call.repeatable:
        return _away(refusal)
    return RetryLater(
        f"SalesPOS cannot put this record into words ({refusal.said})",
        after=2,
        where=refusal.answer.where,
        fix="Try again in a while; if it lasts, give this message to CCV's support.",
    )


def _clash(refusal: RefusedAnswer) -> BridgeError:
    """A value that may exist only once: what we create is there already, what we change cannot take it."""
    return _exists(refusal) if refusal.answer.call.method == "POST" else _refused(refusal)


def _exists(refusal: RefusedAnswer) -> BridgeError:
    return AlreadyDone(f"SalesPOS has this already ({refusal.said})", where=refusal.answer.where)


def _credentials(refusal: RefusedAnswer) -> BridgeError:
    """A wrong key, or a clock that is off: the answer's date tells, or else the message [inferred]."""
    skew = _skew(refusal)
    if abs(skew) > SKEW or "x-date" in refusal.message:
        return NeedsAttention(
            f"SalesPOS refuses our signature because {_apart(skew)}",
            where=refusal.answer.where,
            fix="Set the clock that is wrong, then verify the connection: up to 5 minutes are allowed.",
        )
    return NeedsAttention(
        f"SalesPOS refuses our key ({refusal.said})",
        where=refusal.answer.where,
        fix="Compare public key and secret with My web shop, Settings, API settings, and look at the key's rights.",
    )


def _apart(skew: timedelta) -> str:
    if not skew:
        return "our clock and its own are too far apart"
    way = "behind" if skew > timedelta(0) else "ahead of"
    return f"our clock is {abs(skew).total_seconds() / 60:.0f} minutes {way} its own"


def _skew(refusal: RefusedAnswer) -> timedelta:
    """How far SalesPOS' clock is ahead of ours, as far as the answer tells."""
    theirs = _iso(refusal.answer.headers.get("x-date", "")) or parse_http_date(refusal.answer.headers.get("date", ""))
    return theirs - refusal.now if theirs else timedelta(0)


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refused(refusal: RefusedAnswer) -> BridgeError:
    return Rejected(
        f"SalesPOS refuses this ({refusal.said})",
        code=refusal.code or str(refusal.answer.status),
        where=refusal.answer.where,
        fix="The message names what it does not like; change that, then resend.",
    )


def _rejects(what: str, fix: str) -> Outcome:
    def make(refusal: RefusedAnswer) -> BridgeError:
        return Rejected(f"{what} ({refusal.said})", code=refusal.code, where=refusal.answer.where, fix=fix)

    return make


def _stops(what: str, fix: str) -> Outcome:
    def make(refusal: RefusedAnswer) -> BridgeError:
        return NeedsAttention(f"{what} ({refusal.said})", where=refusal.answer.where, fix=fix)

    return make


def _product_limit(refusal: RefusedAnswer) -> BridgeError:
    return Held(
        f"The SalesPOS subscription holds no more products ({refusal.said})",
        code="product_limit",
        where=refusal.answer.where,
        fix="Enlarge the subscription or remove products in SalesPOS, then resend the order.",
    )


def _no_schema(refusal: RefusedAnswer) -> BridgeError:
    """[inferred] It may be the answer that has no schema, and then a creation has happened already."""
    return _NOT_OFFERED(refusal) if refusal.answer.call.repeatable else _away(refusal)


_NOT_OFFERED = _stops(
    "This SalesPOS account does not offer what we call", "Check the address, and ask CCV to enable the API for it."
)
_NEVER = _rejects("SalesPOS does not allow this call", "Repeating it does not help: give this message to our support.")
_FILE = _rejects("SalesPOS could not keep a file", "Use another file, then resend.")
OUTCOMES: Mapping[str, Outcome] = {
    **dict.fromkeys(("500.21", "500.22", "500.23", "500.24"), _FILE),
    **dict.fromkeys(("500.70", "501.10", "501.20", "501.30"), _NEVER),
    "404.20": _NOT_OFFERED,
    "405.10": _NOT_OFFERED,
    "429.10": _slow_down,
    "429.11": _slow_down_all,
    "500.10": _away,
    "500.20": _garbled,
    "500.25": _no_schema,
    "500.40": _clash,
    "500.50": _exists,
    "500.60": _product_limit,
    "500.80": _rejects("The order is too long for SalesPOS", "Split it in the shop, or enter it by hand."),
    "500.90": _stops("An app is missing in SalesPOS", "Install the API app from its App Store, then verify again."),
}
"""The codes of the SDK's exception table (S1). Held instead of stopping for 500.60: other orders can go on."""


def is_gone(error: Rejected) -> bool:
    """Tell whether the record that was asked for is not there."""
    return error.code.startswith(GONE)
