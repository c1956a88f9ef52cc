"""Reads the source's pages by rising rank: each product ready to be compared, and the SKUs that come twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbridge.errors import BridgeError, Held
from shopbridge.flows.failures import reason_of
from shopbridge.flows.products.change import content_hash
from shopbridge.flows.products.flat import REMARK
from shopbridge.flows.products.names import DesiredProduct, desired_product
from shopbridge.flows.products.run import LeftOut, ProductJob
from shopbridge.flows.shards import SweepMemory, load_memory, save_memory
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product, ProductPage, UnreadableProduct
from shopbridge.model.ledger import Reason


@dataclass(frozen=True)
class ProductItem:
    """One record of the source.

    Attributes:
        name: What people call it.
        left_out: Why it does not travel; None when it does.
        desired: None when it does not travel, or waits.
        hash: Of its content; empty without ``desired``.
        reason: Why it waits before anything was asked of the target.
        closes: It is the last of its record: with it, all up to its rank are there.
    """

    id: str
    rank: int
    name: str
    skus: tuple[str, ...]
    left_out: LeftOut | None = None
    desired: DesiredProduct | None = None
    hash: str = ""
    reason: Reason | None = None
    closes: bool = True


class Pages:
    """The source's pages from where the run stands, and where to go on if it ends early."""

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        self._read: list[tuple[str | None, int]] = []
        self._next: str | None = None

    def __iter__(self) -> Iterator[ProductPage]:
        position, rank = self._job.turn.run.position, self._job.turn.run.rank
        while True:
            page = self._job.source.page(position)
            rank = max([rank, *(record.rank for record in in_order(page))])
            self._read.append((position, rank))
            self._next = page.position
            yield page
            if page.position is None:
                return
            position = page.position

    def position_after(self, rank: int) -> str | None:
        """Return where the page stands that has what comes behind this rank; the last one once all was read."""
        while self._read[0][1] <= rank and (len(self._read) > 1 or self._next is not None):
            if len(self._read) == 1:
                return self._next
            self._read.pop(0)
        return self._read[0][0]


def in_order(page: ProductPage) -> list[Product | UnreadableProduct]:
    """Return all records of a page by rank."""
    return sorted((*page.products, *page.unreadable), key=lambda each: each.rank)


def items_of(
    job: ProductJob, record: Product | UnreadableProduct, categories: Mapping[ExternalId, ExternalId]
) -> list[ProductItem]:
    """Judge a record by the settings alone; several where the target takes each of its variants alone."""
    items = [_item(job, piece, categories, was_part=piece is not record) for piece in job.pieces(record)]
    return [*(replace(each, closes=False) for each in items[:-1]), items[-1]]


def _item(
    job: ProductJob,
    record: Product | UnreadableProduct,
    categories: Mapping[ExternalId, ExternalId],
    *,
    was_part: bool,
) -> ProductItem:
    name = next(iter(record.skus), record.id)
    if isinstance(record, UnreadableProduct):
        return ProductItem(record.id, record.rank, name, record.skus, reason=record.reason)
    left_out = job.selection.left_out(record)
    if left_out:
        return ProductItem(record.id, record.rank, name, (), left_out=left_out)
    try:
        desired = desired_product(record, job.settings, categories)
        digest = content_hash(desired, job.terms)
    except Held as error:
        return ProductItem(record.id, record.rank, name, record.skus, reason=reason_of(error))
    desired = replace(desired, remarks=(REMARK, *desired.remarks)) if was_part else desired
    return ProductItem(record.id, record.rank, name, record.skus, desired=desired, hash=digest)


def travelling_skus(job: ProductJob, record: Product | UnreadableProduct) -> Sequence[str]:
    """Return the SKUs it travels under; none when it is left out."""
    return () if isinstance(record, Product) and job.selection.left_out(record) else record.skus


def survey(job: ProductJob) -> set[str] | None:
    """Look through the whole source for SKUs that come twice; None when the time is up before the end.

    The run then says how many products there are.

    Raises:
        RetryLater: The source is busy or away.
        StopAskedError: Somebody wants the run to stop.
    """
    memory = load_memory(job.turn)
    if not memory.whole:
        job.turn.start_over("survey")
        memory = SweepMemory()
    try:
        for page in Pages(job):
            _look_at(job, memory, page)
            if page.position and job.turn.time_is_up:
                save_memory(job.turn, memory)
                return None
    except BridgeError:
        save_memory(job.turn, memory)
        raise
    return memory.seen.twice


def _look_at(job: ProductJob, memory: SweepMemory, page: ProductPage) -> None:
    rank, found = job.turn.run.rank, 0
    for record in in_order(page):
        for piece in job.pieces(record):
            skus = travelling_skus(job, piece)
            meet(memory, skus, piece.id)
            found += 1 if skus else 0
        rank = max(rank, record.rank)
    job.turn.count(found=found)
    job.turn.move("survey", page.position, rank)
    if job.turn.is_due:
        save_memory(job.turn, memory)
        job.turn.save()


def meet(memory: SweepMemory, skus: Iterable[str], product: str) -> None:
    """Note under which SKUs a product is sold; capitals make no difference to a shop."""
    for sku in skus:
        memory.seen.add(sku.casefold(), product)
