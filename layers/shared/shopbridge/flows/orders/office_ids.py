"""Ids of a back office's products and customers: found in what is remembered, then in what changed, then by asking.

Its list is read on only for what nobody remembers, and once for all that is looked for within some seconds: ten orders
of new buyers come together, and each would read it again. That nobody is made twice meanwhile does not hang on it: each
is made under a ledger record of its own, which tells of all that this connection made, and an office of which others
may be making customers refuses a second one itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from shopbridge.errors import Conflict, Held, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.privacy import KEYED, hidden_name, move_names
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryMark, DirectoryPage
from shopbridge.ports import CustomerTarget, ProductTarget

SLICE_ENDS_WITH = 15.0
"""Seconds left at which reading a long directory stops; the next try goes on from the stored mark."""
ASKED_FOR = 10
"""Products at the most that are asked for one by one where many are looked up."""
BELIEVED = timedelta(seconds=30)
"""How long a list that was read to its end is believed of what it does not have. Shorter than a lost creation settles,
and far shorter than what was made is remembered by its record (``LISTED_WITHIN``)."""
Ids = tuple[ExternalId, ...]
Read = Callable[[str | None], DirectoryPage]
"""Reads a page of a list, from a mark on."""


def find_products(
    job: Job, products: ProductTarget, keys: Sequence[str], *, afresh: bool = False
) -> Mapping[str, ExternalId]:
    """Return the back office's products by the value they are matched by; missing ones are left out.

    Args:
        afresh: Reads what changed there even if that was read a moment ago.

    Raises:
        Held: A value fits several products.
    """
    field = job.settings.products.office_field
    if afresh:
        job.sight.read_at.pop(product_kind(field), None)
    found = _products_by(job, products, field, keys)
    missing = [key for key in keys if key not in found]
    found = {**found, **_asked_for(job, products, field, missing)}
    return {key: _only(ids, key, "product") for key, ids in found.items()}


def product_ids(job: Job, keys: Sequence[str], field: str) -> Mapping[str, Ids]:
    """Return all that the back office has under each value of ``field``, for many at once.

    Missing ones are left out.

    A few that are missing are asked for one by one; of many, the back office's list is believed.
    """
    products = job.office.order_products
    if products is None:
        return {}
    found = _products_by(job, products, field, keys)
    missing = [key for key in keys if key not in found]
    return {**found, **(_asked_for(job, products, field, missing) if len(missing) <= ASKED_FOR else {})}


def _products_by(job: Job, products: ProductTarget, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    return _look_up(job, product_kind(field), keys, lambda mark: products.changed(mark, field))


def _asked_for(job: Job, products: ProductTarget, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    found: dict[str, Ids] = {}
    for key in keys:
        entries = products.find(field, key)
        job.bridge.directory.remember(job.connection.id, product_kind(field), entries)
        if entries:
            found[key] = job.sight.known[product_kind(field), key] = tuple(entry.id for entry in entries)
    return found


def product_kind(field: str) -> str:
    """Name what products are remembered as, by the field: an EAN is no SKU after a change of the setting."""
    return f"product-{field}"


def find_customer(job: Job, customers: CustomerTarget, key: str, *, afresh: bool = False) -> ExternalId | None:
    """Return the back office's customer with this e-mail.

    ``afresh`` reads what changed there even if we remember one.
    """
    move_names(job)
    hidden, read = hidden_name(job.connection, key), _customers_hidden(job, customers)
    if afresh:
        refresh(job, KEYED, read)
        job.sight.known.pop((KEYED, hidden), None)
    found = _look_up(job, KEYED, [hidden], read)
    return _only(found[hidden], "this e-mail", "customer") if hidden in found else None


def _customers_hidden(job: Job, customers: CustomerTarget) -> Read:
    def read(mark: str | None) -> DirectoryPage:
        page = customers.changed(mark)
        names = (hidden_name(job.connection, entry.key) for entry in page.entries)
        hidden = tuple(DirectoryEntry(key=name, id=entry.id) for name, entry in zip(names, page.entries, strict=True))
        return page.model_copy(update={"entries": hidden})

    return read


def _look_up(job: Job, kind: str, keys: Sequence[str], read: Read) -> Mapping[str, Ids]:
    known = _seen(job, kind, keys)
    missing = [key for key in keys if key not in known]
    if not missing or _is_believed(job, kind):
        return known
    refresh(job, kind, read)
    others = [key for of, key in job.sight.unknown() if of == kind]
    found = job.bridge.directory.lookup(job.connection.id, kind, [*dict.fromkeys((*missing, *others))])
    job.sight.known.update({(kind, key): ids for key, ids in found.items()})
    return {**known, **{key: found[key] for key in missing if key in found}}


def _is_believed(job: Job, kind: str) -> bool:
    read_at = job.sight.read_at.get(kind)
    return read_at is not None and timedelta(0) <= job.bridge.clock() - read_at < BELIEVED


def _seen(job: Job, kind: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    """What is remembered, where the work's sight does not tell."""
    seen = {key: job.sight.known[kind, key] for key in keys if (kind, key) in job.sight.known}
    unseen = [key for key in keys if key not in seen]
    asked = job.bridge.directory.lookup(job.connection.id, kind, unseen) if unseen else {}
    return {**{key: ids for key, ids in seen.items() if ids}, **asked}


def refresh(job: Job, kind: str, read: Read) -> None:
    """Read what changed in the back office since last time.

    Raises:
        RetryLater: The list is long and the time is up; the mark is kept.
    """
    directory, connection, began_at = job.bridge.directory, job.connection.id, job.bridge.clock()
    mark, complete = _read_page(job, kind, directory.mark(connection, kind), read)
    with job.bridge.turns.aside(connection):  # a list of hundreds of pages is no order's usual need
        while not complete:
            mark, complete = _read_page(job, kind, mark, read)
    job.sight.read_at[kind] = began_at


def _read_page(job: Job, kind: str, mark: DirectoryMark, read: Read) -> tuple[DirectoryMark, bool]:
    if job.bridge.deadline.remaining() < SLICE_ENDS_WITH:
        where = job.connection.id
        raise RetryLater(f"The list of the back office ({kind}) is still being read", after=1, where=where)
    page = read(mark.value)
    job.bridge.directory.remember(job.connection.id, kind, page.entries)
    return _moved(job, kind, mark, page)


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


def remember_made(job: Job, kind: str, key: str, made: ExternalId) -> ExternalId:
    """Save the next order a read of the back office's list; returns the id."""
    job.bridge.directory.add(job.connection.id, kind, DirectoryEntry(key=key, id=made))
    job.sight.known[kind, key] = (made,)
    return made
