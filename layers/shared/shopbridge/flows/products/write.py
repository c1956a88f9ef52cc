"""A batch of changed products goes to the target: found by SKU, planned, put through the merchant's rules, written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopbridge.errors import Held, Rejected
from shopbridge.flows.orders.records import reason_of
from shopbridge.flows.products.change import Wanted, change_of, document_of, images_remark, match
from shopbridge.flows.products.prices import tax_warnings
from shopbridge.flows.products.run import ProductJob
from shopbridge.mapping.rule_engine import apply_rules
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, ProductOutcome, TargetProduct

NOTHING: frozenset[ProductField] = frozenset()
ON_SALE: frozenset[ProductField] = frozenset({"active"})


@dataclass(frozen=True)
class Changed:
    """One product to be brought to the target.

    Attributes:
        returns: It was taken off sale when it ceased to travel: it goes on sale again, whatever the policy says.
    """

    wanted: Wanted
    returns: bool


@dataclass(frozen=True)
class Brought:
    """What became of a product.

    Attributes:
        learnt: The SKUs with stock that the target did not have before.
    """

    outcome: ProductOutcome
    learnt: tuple[str, ...] = ()


def bring(job: ProductJob, products: Sequence[Changed]) -> list[Brought]:
    """Create or update these products; what became of them, in the same order.

    One that cannot go never keeps the others: when a platform refuses all of them together, each goes alone.

    Raises:
        RetryLater: A platform is busy or away; some or none were written.
        NeedsAttention: A platform refuses us.
    """
    try:
        return _bring(job, products)
    except (Held, Rejected) as error:
        if len(products) == 1:
            return [Brought(_refused(error))]
    return [brought for product in products for brought in bring(job, [product])]


def _bring(job: ProductJob, products: Sequence[Changed]) -> list[Brought]:
    skus = dict.fromkeys(sku for each in products for sku in each.wanted.product.skus)
    found = job.target.find(list(skus))
    planned = [_planned(job, each, found) for each in products]
    drafts = [plan for plan in planned if isinstance(plan, ProductDraft)]
    written = iter(job.target.write(drafts) if drafts else ())
    pairs = zip(planned, products, strict=True)
    return [
        _brought(next(written), plan.change, each.wanted) if isinstance(plan, ProductDraft) else Brought(plan)
        for plan, each in pairs
    ]


def _planned(
    job: ProductJob, changed: Changed, found: Mapping[str, Sequence[TargetProduct]]
) -> ProductDraft | ProductOutcome:
    """What will be sent, or what became of the product without sending anything."""
    try:
        known = match(changed.wanted.product, found)
        if not (job.settings.create if known is None else job.settings.update):
            return _unchanged(changed.wanted.product, known)
        change = change_of(changed.wanted, known, job.terms, also=ON_SALE if changed.returns else NOTHING)
        return _draft(job, change) if change else _unchanged(changed.wanted.product, known)
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


def _brought(outcome: ProductOutcome, change: ProductChange, wanted: Wanted) -> Brought:
    """With what the target did not have of the product before."""
    if outcome.state not in ("created", "updated"):
        return Brought(_told(outcome, change, wanted))
    known = {change.known.sku, *change.known.variants} if change.known else set()
    learnt = tuple(sku for sku in change.product.stocked_skus if sku not in known)
    return Brought(_told(outcome, change, wanted), learnt)


def _told(outcome: ProductOutcome, change: ProductChange, wanted: Wanted) -> ProductOutcome:
    """With what every product leaves behind, and whether it is taxed alike."""
    left = (*wanted.remarks, images_remark(change.product)) if outcome.state in ("created", "updated") else ()
    remarks = tuple(filter(None, left))
    warnings = () if outcome.reason else tax_warnings(change.product, change.known, change.fields)
    if not remarks and not warnings:
        return outcome
    told = {"remarks": (*outcome.remarks, *remarks), "warnings": (*outcome.warnings, *warnings)}
    return outcome.model_copy(update=told)


def _refused(error: Held | Rejected) -> ProductOutcome:
    return ProductOutcome(state="held" if isinstance(error, Held) else "failed", reason=reason_of(error))
