"""Finding the back office's records: first in what we remember of it, then in what changed there, then by asking."""

from collections.abc import Callable, Mapping, Sequence

from shopbridge.errors import Conflict, Held, RetryLater
from shopbridge.flows.orders.hidden_names import KEYED, hidden_name, move_names
from shopbridge.flows.orders.job import Job
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryMark, DirectoryPage
from shopbridge.ports import CustomerTarget

SLICE_ENDS_WITH = 15.0
"""Seconds left at which reading a long directory stops; the next try goes on from the stored mark."""

ASKED_FOR = 10
"""Products at the most that are asked for one by one where many are looked up."""

Ids = tuple[ExternalId, ...]


def find_products(job: Job, keys: Sequence[str]) -> Mapping[str, ExternalId]:
    """The back office's products by the value they are matched by; missing ones are left out.

    Raises:
        Held: A value fits several products.
    """
    found = _products_by(job, job.settings.products.office_field, keys)
    missing = [key for key in keys if key not in found]
    found = {**found, **_asked_for(job, job.settings.products.office_field, missing)}
    return {key: _only(ids, key, "product") for key, ids in found.items()}


def product_ids(job: Job, keys: Sequence[str], field: str) -> Mapping[str, Ids]:
    """All that the back office has under each value of ``field``, for many at once; missing ones are left out.

    A few that are missing are asked for one by one; of many, the back office's list is believed.
    """
    found = _products_by(job, field, keys)
    missing = [key for key in keys if key not in found]
    return {**found, **(_asked_for(job, field, missing) if len(missing) <= ASKED_FOR else {})}


def _products_by(job: Job, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    return _look_up(job, product_kind(field), keys, lambda mark: job.office.order_products.changed(mark, field))


def _asked_for(job: Job, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    found: dict[str, Ids] = {}
    for key in keys:
        entries = job.office.order_products.find(field, key)
        job.bridge.directory.remember(job.connection.id, product_kind(field), entries)
        found.update({key: tuple(entry.id for entry in entries)} if entries else {})
    return found


def product_kind(field: str) -> str:
    """Products are remembered by the field they are found by: an EAN is no SKU after a change of the setting."""
    return f"product-{field}"


def find_customer(job: Job, customers: CustomerTarget, key: str, *, afresh: bool = False) -> ExternalId | None:
    """The back office's customer with this e-mail; ``afresh`` reads what changed there even if we remember one."""
    move_names(job)
    hidden, read = hidden_name(job.connection, key), _customers_hidden(job, customers)
    if afresh:
        refresh(job, KEYED, read)
    found = _look_up(job, KEYED, [hidden], read)
    return _only(found[hidden], "this e-mail", "customer") if hidden in found else None


def _customers_hidden(job: Job, customers: CustomerTarget) -> Callable[[str | None], DirectoryPage]:
    def read(mark: str | None) -> DirectoryPage:
        page = customers.changed(mark)
        names = (hidden_name(job.connection, entry.key) for entry in page.entries)
        hidden = tuple(DirectoryEntry(key=name, id=entry.id) for name, entry in zip(names, page.entries, strict=True))
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
        page = read(mark.value)
        directory.remember(connection, kind, page.entries)
        mark, complete = _moved(job, kind, mark, page)


def _moved(job: Job, kind: str, mark: DirectoryMark, page: DirectoryPage) -> tuple[DirectoryMark, bool]:
    """How far the list is read now, and whether to its end."""
    directory, connection = job.bridge.directory, job.connection.id
    if page.mark == mark.value:
        return mark, page.complete
    further = mark.moved_to(page.mark)
    try:
        directory.set_mark(connection, kind, further)
    except Conflict:
        return directory.mark(connection, kind), False  # go on from where others are, or from the beginning
    return further, page.complete


def _only(ids: Ids, key: str, kind: str) -> ExternalId:
    if len(ids) > 1:
        raise Held(
            f"Several {kind}s in the back office have {key!r}: {', '.join(sorted(ids))}",
            code=f"ambiguous_{kind}",
            where="back office",
            fix=f"Let only one {kind} keep it, then resend the order.",
        )
    return ids[0]
