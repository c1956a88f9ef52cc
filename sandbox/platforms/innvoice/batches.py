"""Writes of many records: each is done or named with what is wrong, and stops no other one."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.innvoice.errors import invalid
from sandbox.platforms.innvoice.fields import check
from sandbox.platforms.innvoice.inferred import REFUSED_CODE
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.wire import Record, read, rows
from sandbox.platforms.kit.fields import Shape

Outcome = Mapping[str, str]
"""``techid``, or ``error`` and ``message``."""


def refused(message: str) -> Outcome:
    """One record was not written."""
    return {"error": REFUSED_CODE, "message": message}


def each(
    company: Company,
    body: bytes,
    names: tuple[str, str],
    shape: Callable[[Record], Shape],
    put: Callable[[Company, Record], Outcome],
) -> Record:
    """Write record by record; the answer has a line for each, with its SKU where it has one.

    Args:
        names: Of the root and of a record.
        shape: What a record may hold.

    Raises:
        ApiError: The body as a whole is refused, and nothing was written.
    """
    root, name = names
    sent = rows(read(body, root), name)
    if 0 < company.assumed.rows_per_call < len(sent):
        raise invalid(f"at most {company.assumed.rows_per_call} {name} a call")
    for record in sent:
        check(record, shape(record) if isinstance(record, dict) else {}, name)
    return {name: [_told(record, put(company, record)) for record in sent]}


def _told(record: Record, outcome: Outcome) -> dict[str, Any]:
    sku = {"CikkSzam": record["CikkSzam"]} if "CikkSzam" in record else {}
    return {**sku, **outcome}
