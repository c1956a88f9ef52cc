"""The HMAC that SalesPOS asks of every call and puts under every answer (vendor reference S2, SDK S1)."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from shopbridge.errors import BridgeError, OutcomeUnknown, RetryLater
from shopbridge.ports import Clock

log = logging.getLogger(__name__)

VerifyAnswers = Literal["refuse", "log"]
Sign = Callable[[Mapping[str, str], str, str, bytes], Mapping[str, str]]
Check = Callable[[Mapping[str, str], str, str, Mapping[str, str], bytes], None]


def signature(secrets: Mapping[str, str], method: str, target: str, body: bytes, date: str) -> str:
    """Lower-case hex HMAC-SHA512 over public key, method, path with query, body and date, joined by ``|``."""
    parts = (secrets["public_key"].encode(), method.encode(), target.encode(), body, date.encode())
    return hmac.new(secrets["secret_key"].encode(), b"|".join(parts), hashlib.sha512).hexdigest()


def moment_text(moment: datetime) -> str:
    """A moment as SalesPOS reads it: ISO-8601, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signer(clock: Clock) -> Sign:
    """Makes the three headers of a call, dated by ``clock``."""

    def sign(secrets: Mapping[str, str], method: str, target: str, body: bytes) -> Mapping[str, str]:
        date = moment_text(clock())
        return {
            "x-public": secrets["public_key"],
            "x-date": date,
            "x-hash": signature(secrets, method, target, body, date),
        }

    return sign


def checker(verify: VerifyAnswers) -> Check:
    """Checks the answers' signatures; with ``log`` a wrong one is only written to the log.

    A wrong signature on a read is worth another try (RetryLater); a creation may have happened all the same
    (OutcomeUnknown). Only good answers are checked, as the vendor's own client does: whether refusals are signed
    is not known (SDK S1), and a page from a proxy is none of the platform's answers.
    """

    def check(secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        if _is_page(headers, body) or _is_signed(secrets, method, target, headers, body):
            return
        if verify == "refuse":
            raise _unproven(method, target)
        log.warning("SalesPOS answer without a valid signature: %s %s", method, target.partition("?")[0])

    return check


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    return bool(body) and "json" not in headers.get("content-type", "")


def _is_signed(secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes) -> bool:
    expected = signature(secrets, method, target, body, headers.get("x-date", ""))
    return hmac.compare_digest(expected.encode(), headers.get("x-hash", "").encode())


def _unproven(method: str, target: str) -> BridgeError:
    what, where = "The answer's signature is wrong", f"SalesPOS, {method} {target.partition('?')[0]}"
    fix = "If it lasts, something between us changes answers: look for a proxy, or set verify_answers to log."
    if method == "POST":
        return OutcomeUnknown(what, where=where, fix=fix)
    return RetryLater(what, after=60, where=where, fix=fix)
