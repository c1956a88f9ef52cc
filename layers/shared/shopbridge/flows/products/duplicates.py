"""Finds the SKUs that a source has more than once, before the first product travels and then along the way."""

import json
from collections.abc import Iterable

from shopbridge.errors import BridgeError
from shopbridge.flows.products.read import Pages, in_order, travelling_skus
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.shards import SeenSkus
from shopbridge.model.catalogue import ProductPage


class SkuWatch:
    """The SKUs that a stage has met, carried from slice to slice.

    Attributes:
        has_gap: A slice broke down before it could hand over what it had met.
    """

    def __init__(self, job: ProductJob) -> None:
        self._job = job
        head, _, packed = self._carried().partition(b"\n")
        *place, gap = json.loads(head or b"[null]")
        fits = place == self._place()
        self.has_gap = bool(gap) if fits else job.turn.run.rank > 0
        self._seen = SeenSkus(packed) if fits else SeenSkus()

    def meet(self, skus: Iterable[str], product: str) -> None:
        """Note under which SKUs a product is sold; capitals make no difference to a shop."""
        for sku in skus:
            self._seen.add(sku.casefold(), product)

    @property
    def twice(self) -> set[str]:
        """Those that more than one product has, so far."""
        return self._seen.twice

    def hand_over(self) -> None:
        """Leave it to the next slice, which knows by the place whether anything is missing."""
        head = json.dumps([*self._place(), self.has_gap]).encode()
        luggage = head + b"\n" + self._seen.packed()
        self._job.turn.bridge.runs.leave_luggage(self._job.connection, "products", luggage)

    def _carried(self) -> bytes:
        runs, run = self._job.turn.bridge.runs, self._job.turn.run
        return runs.luggage(self._job.connection, "products") if run.rank else b""

    def _place(self) -> list[object]:
        run = self._job.turn.run
        return [run.id, run.stage, run.rank]


def survey(job: ProductJob) -> set[str] | None:
    """Look through the whole source for SKUs that come twice; None when the time is up before the end.

    Raises:
        RetryLater: The source is busy or away.
        StopAskedError: Somebody wants the run to stop.
    """
    watch = SkuWatch(job)
    if watch.has_gap:
        job.turn.move("survey")
        watch = SkuWatch(job)
    try:
        for page in Pages(job):
            _look_at(job, watch, page)
            if page.position and job.turn.time_is_up:
                watch.hand_over()
                return None
    except BridgeError:
        watch.hand_over()
        raise
    return watch.twice


def _look_at(job: ProductJob, watch: SkuWatch, page: ProductPage) -> None:
    rank = job.turn.run.rank
    for record in in_order(page):
        watch.meet(travelling_skus(job, record), record.id)
        rank = max(rank, record.rank)
    job.turn.move("survey", page.position, rank)
    if job.turn.is_due:
        watch.hand_over()
        job.turn.save()
