"""A batch of changed products goes to the target: found by SKU, planned, put through the merchant's rules, written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shopbridge.errors import Held, Rejected
from shopbridge.flows.failures import reason_of
from shopbridge.flows.products.change import change_of, document_of, tax_warnings
from shopbridge.flows.products.names import DesiredProduct
from shopbridge.flows.products.read import ProductItem
from shopbridge.flows.products.run import ProductJob
from shopbridge.mapping.rule_engine import apply_rules
from shopbridge.model.base import in_batches
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, ProductOutcome, TargetProduct
from shopbridge.model.messages import StockRequest
from shopbridge.model.stock import other_capitals

NOTHING: frozenset[ProductField] = frozenset()
ON_SALE: frozenset[ProductField] = frozenset({"active"})
STOCK_AT_ONCE = 100
"""SKUs in one request for the stock of products."""


@dataclass(frozen=True)
class ChangedProduct:
    """One product to be written.

    Attributes:
        returns: It was taken off sale when it ceased to travel: it goes on sale again, whatever the policy says.
    """

    desired: DesiredProduct
    returns: bool


@dataclass(frozen=True)
class WriteResult:
    """What became of a product.

    Attributes:
        learnt: The SKUs with stock that the target did not have before.
    """

    outcome: ProductOutcome
    learnt: tuple[str, ...] = ()


def write_products(job: ProductJob, products: Sequence[ChangedProduct]) -> list[WriteResult]:
    """Create or update these products; what became of them, in the same order.

    One that cannot go never keeps the others: when a platform refuses all of them together, each goes alone.

    Raises:
        RetryLater: A platform is busy or away; some or none were written.
        NeedsAttention: A platform refuses us.
    """
    try:
        return _write(job, products)
    except (Held, Rejected) as error:
        if len(products) == 1:
            return [WriteResult(_refused(error))]
    return [result for product in products for result in write_products(job, [product])]


def _write(job: ProductJob, products: Sequence[ChangedProduct]) -> list[WriteResult]:
    skus = dict.fromkeys(sku for each in products for sku in each.desired.product.skus)
    found = job.target.find(list(skus))
    planned = [_planned(job, each, found) for each in products]
    drafts = [plan for plan in planned if isinstance(plan, ProductDraft)]
    written = iter(job.target.write(drafts) if drafts else ())
    pairs = zip(planned, products, strict=True)
    return [
        _result(next(written), plan.change, each.desired) if isinstance(plan, ProductDraft) else WriteResult(plan)
        for plan, each in pairs
    ]


def _planned(
    job: ProductJob, changed: ChangedProduct, found: Mapping[str, Sequence[TargetProduct]]
) -> ProductDraft | ProductOutcome:
    """What will be sent, or what became of the product without sending anything."""
    try:
        known = match(changed.desired.product, found)
        if not (job.settings.create if known is None else job.settings.update):
            return _unchanged(changed.desired.product, known)
        change = change_of(changed.desired, known, job.terms, also=ON_SALE if changed.returns else NOTHING)
        return _draft(job, change) if change else _unchanged(changed.desired.product, known)
    except (Held, Rejected) as error:
        return _refused(error)


def _unchanged(product: Product, known: TargetProduct | None) -> ProductOutcome:
    warnings = tax_warnings(product, known, NOTHING)
    return ProductOutcome(state="unchanged", id=known.id if known else None, warnings=warnings)


def _draft(job: ProductJob, change: ProductChange) -> ProductDraft:
    draft = job.target.plan(change)
    if not job.terms.rules:
        return draft
    document = document_of(change.product)
    payload = apply_rules(job.terms.rules, draft.payload, document, source_of_row=draft.variant_of_row)
    return draft.model_copy(update={"payload": payload})


def _result(outcome: ProductOutcome, change: ProductChange, desired: DesiredProduct) -> WriteResult:
    """With what every product leaves behind, whether it is taxed alike, and what the target did not have before."""
    warnings = () if outcome.reason else tax_warnings(change.product, change.known, change.fields)
    told = outcome.model_copy(update={"warnings": (*outcome.warnings, *warnings)})
    if outcome.state not in ("created", "updated"):
        return WriteResult(told)
    remarks = filter(None, (*outcome.remarks, *desired.remarks, images_remark(change.product)))
    known = {change.known.sku, *change.known.variants} if change.known else set()
    learnt = tuple(sku for sku in change.product.stocked_skus if sku not in known)
    return WriteResult(told.model_copy(update={"remarks": tuple(remarks)}), learnt)


def _refused(error: Held | Rejected) -> ProductOutcome:
    return ProductOutcome(state="held" if isinstance(error, Held) else "failed", reason=reason_of(error))


def ask_new_stock(job: ProductJob, skus: Sequence[str]) -> None:
    """Ask for SKUs that the stock flow has passed over as long as the target did not know them; now it does."""
    stock = job.turn.connection.settings.stock
    if not skus or not stock.active or stock.direction != job.settings.direction:
        return
    because = "products that are new in the target"
    job.turn.bridge.work.send(
        [
            StockRequest(connection=job.connection, skus=tuple(some), because=because)
            for some in in_batches(skus, STOCK_AT_ONCE)
        ]
    )


# --- a batch, of one shard or of several ------------------------------------------------------------------------------


class ChangedShard(Protocol):
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
    waiting: list[tuple[ChangedShard, ProductItem]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """The target takes no more at once."""
        return len(self.waiting) >= self.job.target.batch

    def add(self, owner: ChangedShard, item: ProductItem) -> None:
        """Add a product to those that wait."""
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


# --- what is the same product in the target ---------------------------------------------------------------------------


def match(product: Product, found: Mapping[str, Sequence[TargetProduct]]) -> TargetProduct | None:
    """Return the target's product that is sold under the product's SKUs; None when there is none.

    Raises:
        Held: There are several, or it is sold there in another way.
    """
    known = {target.id: target for sku in product.skus for target in _written_so(sku, found.get(sku, ()))}
    if len(known) > 1:
        raise Held(
            f"The target has its SKUs on {len(known)} products: {', '.join(sorted(known))}",
            code="ambiguous_in_target",
            fix="Leave each SKU to one product of the target, then it goes on by itself.",
        )
    target = next(iter(known.values()), None)
    if target:
        _must_be_sold_alike(product, target)
    return target


def _must_be_sold_alike(product: Product, target: TargetProduct) -> None:
    """Nothing may be written over a product that only happens to sell the same SKU."""
    _must_be_written_alike(product, target)
    alone = not product.variants
    if alone and (target.variants or target.sku != product.sku):
        what = "with variants" if target.sku == product.sku else f"as a variant of product {target.sku or target.id}"
    elif target.sku in {variant.sku for variant in product.variants}:
        what = f"without variants, under the SKU of the variant {target.sku}"
    else:
        return
    raise Held(
        f"The target sells it {what}, the source does not",
        code="sold_otherwise",
        fix="Build the product in the same way on both sides, or give one of them another SKU.",
    )


def _must_be_written_alike(product: Product, target: TargetProduct) -> None:
    """Targets find SKUs in other capitals or double them, as they please; what is written there must be the same."""
    there = {sku for sku in (target.sku, *target.variants) if sku}
    for sku in product.stocked_skus:
        reason = None if sku in there else other_capitals("The target", sku, there)
        if reason:
            raise Held(reason.text, code=reason.code, fix=reason.fix)


def _written_so(sku: str, found: Sequence[TargetProduct]) -> Sequence[TargetProduct]:
    """Those that have the SKU exactly so; only where there are none, those that have it in other capitals."""
    return [target for target in found if sku in (target.sku, *target.variants)] or found


def images_remark(product: Product) -> str:
    """Say that its images stay where they are; empty when it has none."""
    if not product.images:
        return ""
    what = "Its image is" if product.images == 1 else f"Its {product.images} images are"
    return f"{what} not carried over: images are not supported."
