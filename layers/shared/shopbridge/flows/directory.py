"""Finding the back office's records: first in what we remember of it, then in what changed there, then by asking."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from shopbridge.errors import Held, RetryLater
from shopbridge.flows.job import Job
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryPage

SLICE_ENDS_WITH = 15.0
"""Seconds left at which reading a long directory stops; the next try goes on from the stored mark."""

Ids = tuple[ExternalId, ...]


def find_products(job: Job, keys: Sequence[str]) -> Mapping[str, ExternalId]:
    """The back office's products by the value they are matched by; missing ones are left out.

    Raises:
        Held: A value fits several products.
    """
    field = job.settings.products.office_field
    kind = product_kind(field)
    found = dict(_look_up(job, kind, keys, lambda mark: job.office.changed_products(mark, field)))
    for key in keys:
        if key not in found:
            entries = job.office.find_product(field, key)
            job.bridge.directory.remember(job.connection.id, kind, entries)
            found.update({key: tuple(entry.id for entry in entries)} if entries else {})
    return {key: _only(ids, key, "product") for key, ids in found.items()}


def product_kind(field: str) -> str:
    """Products are remembered by the field they are found by: an EAN is no SKU after a change of the setting."""
    return f"product-{field}"


def find_customer(job: Job, key: str, *, afresh: bool = False) -> ExternalId | None:
    """The back office's customer with this e-mail; ``afresh`` reads what changed there even if we remember one."""
    hidden, read = digest(key), _customers_hidden(job)
    if afresh:
        refresh(job, "customer", read)
    found = _look_up(job, "customer", [hidden], read)
    return _only(found[hidden], "this e-mail", "customer") if hidden in found else None


def digest(key: str) -> str:
    """What stands for an e-mail in keys: we remember every customer of the back office, and need nobody's address."""
    return hashlib.sha256(key.encode()).hexdigest()


def _customers_hidden(job: Job) -> Callable[[str | None], DirectoryPage]:
    def read(mark: str | None) -> DirectoryPage:
        page = job.office.changed_customers(mark)
        hidden = tuple(entry.model_copy(update={"key": digest(entry.key)}) for entry in page.entries)
        return page.model_copy(update={"entries": hidden})

    return read


def _look_up(
    job: Job, kind: str, keys: Sequence[str], read: Callable[[str | None], DirectoryPage]
) -> Mapping[str, Ids]:
    directory, connection = job.bridge.directory, job.connection.id
    known = directory.lookup(connection, kind, keys)
    if all(key in known for key in keys):
        return known
    refresh(job, kind, read)
    missing = [key for key in keys if key not in known]
    return {**known, **directory.lookup(connection, kind, missing)}


def refresh(job: Job, kind: str, read: Callable[[str | None], DirectoryPage]) -> None:
    """Read what changed in the back office since last time.

    Raises:
        RetryLater: The list is long and the time is up; the mark is kept.
    """
    directory, connection = job.bridge.directory, job.connection.id
    mark = directory.mark(connection, kind)
    complete = False
    while not complete:
        if job.bridge.deadline.remaining() < SLICE_ENDS_WITH:
            raise RetryLater(f"The list of the back office ({kind}) is still being read", after=1, where=connection)
        page = read(mark)
        directory.remember(connection, kind, page.entries)
        if page.mark != mark:
            directory.set_mark(connection, kind, page.mark)
        mark, complete = page.mark, page.complete


def _only(ids: Ids, key: str, kind: str) -> ExternalId:
    if len(ids) > 1:
        raise Held(
            f"Several {kind}s in the back office have {key!r}: {', '.join(sorted(ids))}",
            code=f"ambiguous_{kind}",
            where="back office",
            fix=f"Let only one {kind} keep it, then resend the order.",
        )
    return ids[0]
