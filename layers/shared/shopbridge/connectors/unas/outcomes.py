"""What an answer of UNAS means (platform file, "Error shapes and texts").

A refusal is a lone ``Error``, mostly with HTTP 400; texts are told apart by their beginning, and no further: the others
are not public. A write has a word for each of its records, so a 200 may hide one that failed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import AnyRow, Row, odd_form, read_rows
from shopbridge.connectors.unas.limits import EVERYTHING
from shopbridge.connectors.unas.wire import Text, Wire
from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, judge_by_status
from shopbridge.mapping.json_data import BodyError
from shopbridge.mapping.xml_data import listed, read_xml

TITLE: Final = "UNAS"
BANNED: Final = "Too much"
LOGIN: Final = ("Login Error", "Authentication Error")
BAN = 65 * 60.0
"""Seconds: a ban lasts an hour, and the zone of the moment that its text names is not known (open question 5)."""
REFUSED: Final = "refused"
"""Code of what UNAS refuses with a text of its own."""
OK, UNAUTHORIZED, FORBIDDEN, FAULTS = 200, 401, 403, 500
ROOTS: Final = frozenset(
    ("Orders", "Products", "Categories", "OrderStatuses", "Methods", "Warehouses", "Login"),
)
"""What good answers begin with."""
LARGEST_REFUSAL = 2_000
"""Bytes: a longer answer is a list, which nobody needs to read twice."""
_ROWS = TypeAdapter(list[AnyRow])


class WireDone(Wire):
    """What became of one record of a write; an error may hold its text in elements of its own (platform file, C3)."""

    key: Text = ""
    id: Text = ""
    sku: Text = ""
    status: Text = ""
    error: Any = ""

    @property
    def is_ok(self) -> bool:
        """It was written."""
        return self.status == "ok"

    @property
    def said(self) -> str:
        """Why it was not."""
        return error_text(self.error)


def error_text(error: Any) -> str:
    """Return what an ``Error`` element says, in one line."""
    if isinstance(error, Mapping):
        return ", ".join(filter(None, map(error_text, error.values())))
    if isinstance(error, list):
        return ", ".join(filter(None, map(error_text, error)))
    return " ".join(error.split()) if isinstance(error, str) else ""


_DONE = TypeAdapter(list[WireDone])


def refusal_in(body: bytes) -> str | None:
    """Return the text of a lone ``Error``; None when the body is none."""
    if len(body) > LARGEST_REFUSAL:
        return None
    try:
        found = read_xml(body)
    except BodyError:
        return None
    return error_text(found["Error"]) or "no reason given" if "Error" in found else None


def judge(answer: Answer) -> None:
    """Raise what an answer means, unless it is good.

    Raises:
        Throttled: A ban, of all functions; or UNAS, or something before it, asks to slow down.
        RetryLater: Away; OutcomeUnknown instead on a call that must not be repeated.
        Obstructed: A page, a redirect, or an address without the API.
        NeedsAttention: Key, plan or a permission are wrong.
        Rejected: Anything else that UNAS refuses.
    """
    said = refusal_in(answer.body)
    if said is None and _is_listing(answer):
        return
    if said is None or answer.status >= FAULTS:
        judge_by_status(answer)
        return
    raise _refusal(answer, said)


def _is_listing(answer: Answer) -> bool:
    """[inferred] What it lists counts, whatever type the answer says it has: nobody tells which UNAS gives."""
    body = answer.xml() if answer.status == OK else None
    return isinstance(body, dict) and not ROOTS.isdisjoint(body)


def _refusal(answer: Answer, said: str) -> BridgeError:
    if said.startswith(BANNED):
        return Throttled(
            f"UNAS has banned us for making too many calls ({said})",
            after=BAN,
            buckets=(EVERYTHING,),
            where=answer.where,
            fix="Nothing needs doing: we go on after the hour. If it comes again, lower limit_factor, check plan, and "
            "look which other program calls UNAS for this shop.",
        )
    if said.startswith(LOGIN):
        return NeedsAttention(f"UNAS refuses our key ({said})", where=answer.where, fix=_key_fix(said))
    if answer.status in (UNAUTHORIZED, FORBIDDEN):
        return NeedsAttention(f"UNAS refuses the call ({said})", where=answer.where, fix=_permission(answer))
    return Rejected(
        f"UNAS refuses the call: {said}",
        code=REFUSED,
        where=answer.where,
        fix=f"Read UNAS' reason. {_permission(answer)}",
    )


def _key_fix(said: str) -> str:
    if "package" in said:
        return "The API comes with the PREMIUM and VIP plans only: ask UNAS for one of them."
    return "Copy the API key anew from UNAS' admin: Beállítások, Külső kapcsolatok, API kapcsolat."


def _permission(answer: Answer) -> str:
    function = answer.call.path.strip("/")
    return f"If it is a missing right, tick {function} for the API key in UNAS' admin, then verify the connection."


# --- what the body of a good answer lists -----------------------------------------------------------------------------


def rows_in(answer: Answer, root: str, element: str) -> list[Row]:
    """Return the records that an answer lists; one that is no record is one without any field.

    Raises:
        RetryLater: It is no such list, so nothing may be concluded from it; OutcomeUnknown on a call that must not be
            repeated.
    """
    body = answer.xml()
    content = body.get(root) if isinstance(body, dict) else None
    if content == "":
        return []
    if not isinstance(content, dict) or element not in content:
        raise _odd(answer)
    return read_rows(_ROWS, listed(content[element]), TITLE, root)


def _odd(answer: Answer) -> BridgeError:
    if answer.call.repeatable:
        return odd_form(TITLE, answer.call.path.strip("/"))
    return OutcomeUnknown("The platform's answer has an unexpected form", where=answer.where)


def done_in(answer: Answer, root: str, element: str) -> Sequence[WireDone]:
    """Return what became of each record of a write, as far as UNAS came. Raises as ``rows_in``."""
    try:
        return read_rows(_DONE, rows_in(answer, root, element), TITLE, root)
    except RetryLater as error:
        if answer.call.repeatable:
            raise
        raise OutcomeUnknown(error.what, where=answer.where) from error


def refused_record(done: WireDone, what: str) -> Rejected:
    """Return the error for a record that was not written."""
    return Rejected(
        f"UNAS refuses {what}: {done.said or 'no reason given'}",
        code=REFUSED,
        where=what,
        fix="Read UNAS' reason, and correct the record there or at the source.",
    )
