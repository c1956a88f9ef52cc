"""Products go from one side to the other, in slices: an unchanged one costs nothing, one bad one stops nobody.

A run surveys the source for SKUs that come twice (the first time only), brings categories up to date, then reads the
products page by page. What changed since the last run is told by a snapshot: the hash of each product's content, and
a digest of each shard of products, so that an unchanged shard is not even read. Every product is looked up in the
target by its SKUs before it is written, so a run may break off anywhere and be repeated.
"""

from collections.abc import Sequence
from dataclasses import replace

from shopbridge.errors import BridgeError, Held, RetryLater
from shopbridge.flows.category_links import CategoryLinks
from shopbridge.flows.product_entries import Entry, digests, entries_from, shard_of
from shopbridge.flows.product_job import ProductJob
from shopbridge.flows.product_reading import Item, Pages, in_order, item_of
from shopbridge.flows.runs import Slice, StopAskedError
from shopbridge.flows.settle_products import Settling
from shopbridge.flows.survey_products import SkuWatch, survey
from shopbridge.flows.sweep import Group, ShardStream, placed, with_entries
from shopbridge.flows.sync_categories import category_work
from shopbridge.model.catalogue import ProductPage
from shopbridge.model.snapshot import Manifest, ShardMark, digest_of

WAITS = "!"
"""No content's hash: a shard with such a product is always looked into."""


def product_work(turn: Slice) -> bool:
    """Do one slice of a product run; True when the run is done.

    Raises:
        RetryLater: A platform is busy or away; what was done is kept.
        NeedsAttention: A platform refuses us.
        Held: The source hands out nothing at all, although it did before.
        StopAskedError: Somebody wants the run to stop.
    """
    job = ProductJob(turn)
    snapshot = ProductSnapshot(job)
    if not turn.run.stage:
        turn.move("categories" if snapshot.manifest.complete else "survey")
    if turn.run.stage == "survey":
        twice = survey(job)
        if twice is None:
            return False
        snapshot.refuse(twice)
        turn.move("categories")
    if turn.run.stage == "categories":
        if not category_work(job):
            return False
        turn.move("items")
    return _items(job, snapshot)
