"""Changed products of one shard or of several, until there are as many as the target takes at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shopbridge.flows.products.read import ProductItem
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.products.write import ChangedProduct, WriteResult, ask_new_stock, write_products


class Owner(Protocol):
    """The shard that a product is of."""

    def returns(self, item: ProductItem) -> bool:
        """Tell whether it goes on sale again, as it was taken off when it ceased to travel."""

    def news(self, item: ProductItem, result: WriteResult) -> Sequence[str]:
        """Return the SKUs that had no stock from us yet."""

    def settle(self, item: ProductItem, result: WriteResult) -> None:
        """Note what became of it."""


@dataclass
class ChangeBatch:
    """What is to be written next: a change here and there in a large catalogue costs no write for each shard."""

    job: ProductJob
    waiting: list[tuple[Owner, ProductItem]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """The target takes no more at once."""
        return len(self.waiting) >= self.job.target.batch

    def add(self, owner: Owner, item: ProductItem) -> None:
        """Let a product wait."""
        self.waiting.append((owner, item))

    def write(self) -> None:
        """Write all that wait, and tell their shards. Raises as ``write_products``."""
        if not self.waiting:
            return
        changed = [ChangedProduct(item.desired, owner.returns(item)) for owner, item in self.waiting if item.desired]
        written = list(zip(self.waiting, write_products(self.job, changed), strict=True))
        ask_new_stock(self.job, [sku for (owner, item), result in written for sku in owner.news(item, result)])
        for (owner, item), result in written:
            owner.settle(item, result)
        self.waiting = []
