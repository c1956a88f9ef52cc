"""What goes to the target: changed products are created or updated, what is gone is taken off sale. Never deleted.

A changed one is found by its SKUs, planned, put through the merchant's rules, and written. Gone are whole products, and
whatever else has an SKU of its own: variants, and what a product was under a former SKU.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbridge.errors import Held, Rejected
from shopbridge.flows.orders.records import reason_of
from shopbridge.flows.products.change import change_of, document_of, images_remark, match, tax_warnings
from shopbridge.flows.products.entries import MISSING, REPORTED, SETTLED, TAKEN_OFF, Entry, Left
from shopbridge.flows.products.names import Wanted
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.products.snapshot import Register
from shopbridge.mapping.rule_engine import apply_rules
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product, ProductChange, ProductDraft, ProductField, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

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


DELETED = Reason(
    code="deleted_at_source",
    text="The source has the product no more; the target still sells it.",
    fix="Take it off sale in the target by hand, or set products.gone to deactivate.",
)
DISABLED = Reason(
    code="disabled_at_source",
    text="The product is switched off at the source and does not travel any more; the target still sells it.",
    fix="Take it off sale in the target by hand, set products.gone to deactivate, or carry disabled products too "
    "(products.include_disabled with the policy `always` for `active`).",
)
RENAMED = Reason(
    code="renamed_at_source",
    text="The product has another SKU at the source now; the target still sells it under the old one, too.",
    fix="Take the old one off sale in the target by hand, or set products.gone to deactivate.",
)
VARIANT_DELETED = DELETED.model_copy(
    update={"text": "The source has the variant no more, or under another SKU; the target still sells it."}
)
VARIANT_DISABLED = DISABLED.model_copy(
    update={"text": "The variant is switched off at the source; the target still sells it."}
)
TOO_MANY = Reason(
    code="too_many_gone",
    text="The source does not hand out a large part of what it had any more, so nothing is taken off sale.",
    fix="Check the rights of the credentials and the settings of the source. If they were really deleted, start a run "
    "of products by hand: it takes them off sale.",
)
BY_ABSENCE = frozenset({DELETED.code, RENAMED.code})
"""Nobody says it: it is only not there any more."""


@dataclass(frozen=True)
class Leaving:
    """A product that the target has and the source does not offer any more."""

    id: str
    entry: Entry
    why: Reason

    @property
    def skus(self) -> tuple[str, ...]:
        """What it is sold under."""
        return self.entry.sold or (self.entry.name,)


@dataclass(frozen=True)
class Due:
    """Something that a product has left behind, see ``Left``.

    Attributes:
        id: The record of the source.
    """

    id: str
    left: Left
    why: Reason


@dataclass(frozen=True)
class Gone:
    """What becomes of it.

    Attributes:
        state: To be known of it from now on; ``SETTLED``: nobody can buy it any more, so nothing.
        reason: What a person has to know.
    """

    state: str
    reason: Reason | None = None


def why_left(left: Left, off: Collection[str]) -> Reason:
    """Why something was left behind; ``off`` is what is switched off at the source."""
    if left.whole:
        return RENAMED
    return VARIANT_DISABLED if left.sku in off else VARIANT_DELETED


def too_many(job: ProductJob, register: Register) -> bool:
    """So many are missing that a schedule takes none of them off sale; told once in a run."""
    if job.settings.gone == "report" or job.tells_everything or not register.too_many_are_gone():
        return False
    if job.problem("products.gone", TOO_MANY):
        job.warn("product_gone", TOO_MANY)
    return True


def retire(job: ProductJob, leaving: Sequence[Leaving], *, look: bool) -> Iterator[tuple[Leaving, Gone]]:
    """Do with whole products as the settings say.

    Args:
        look: What was reported before may be settled by now: the target is asked.

    Raises:
        RetryLater: The target is busy or away.
    """
    if job.settings.gone == "report":
        unsure = [each for each in leaving if look or each.entry.state != REPORTED]
        sold = _bought(job, (sku for each in unsure for sku in each.skus))
        for each in leaving:
            is_new = each.entry.state != REPORTED
            settled = each in unsure and sold.isdisjoint(each.skus)
            name, target = each.entry.name, each.entry.target
            yield each, Gone(SETTLED) if settled else _reported(job, name, target, each.why, is_new=is_new)
    elif leaving:
        refused = job.target.deactivate([each.entry.target for each in leaving if each.entry.target])
        for each in leaving:
            target = each.entry.target
            reason = refused.get(target) if target else None
            yield each, _tried(job, each.entry.name, target, each.why, reason)


def retire_left(job: ProductJob, dues: Sequence[Due], *, look: bool) -> Iterator[tuple[Due, Gone]]:
    """The same for what products have left behind."""
    unsure = [due for due in dues if look or due.left.state != REPORTED]
    sold = _bought(job, (due.left.sku for due in unsure))
    still = [due for due in dues if due not in unsure or due.left.sku in sold]
    yield from ((due, Gone(SETTLED)) for due in dues if due not in still)
    refused = _deactivate(job, [due.left for due in still]) if job.settings.gone == "deactivate" else {}
    for due in still:
        sku, target = due.left.sku, due.left.target
        if job.settings.gone == "report":
            yield due, _reported(job, sku, target, due.why, is_new=due.left.state != REPORTED)
        else:
            yield due, _tried(job, sku, target, due.why, refused.get(sku))


def _deactivate(job: ProductJob, left: Sequence[Left]) -> Mapping[str, Reason]:
    """By SKU those that could not be."""
    whole = {each.target: each.sku for each in left if each.whole}
    variants = {each.sku: each.target for each in left if not each.whole}
    refused = job.target.deactivate(list(whole)) if whole else {}
    others = job.target.deactivate_variants(variants) if variants else {}
    return {**{whole[target]: reason for target, reason in refused.items()}, **others}


def _bought(job: ProductJob, skus: Iterable[str]) -> set[str]:
    """Those that can be bought in the target."""
    wanted = list(dict.fromkeys(skus))
    return {sku for sku, on in job.target.on_sale(wanted).items() if on} if wanted else set()


def _reported(job: ProductJob, name: str, target: ExternalId | None, why: Reason, *, is_new: bool) -> Gone:
    if is_new or job.tells_everything:
        job.warn("product_gone", why, product=name, external_id=target)
    return Gone(REPORTED, why)


def _tried(job: ProductJob, name: str, target: ExternalId | None, why: Reason, refused: Reason | None) -> Gone:
    if refused:
        job.warn("product_failed", refused, product=name, external_id=target)
        return Gone(MISSING, refused)
    job.info("product_deactivated", product=name, external_id=target, code=why.code)
    return Gone(TAKEN_OFF)


def after(entry: Entry, gone: Gone) -> Entry | None:
    """What is known of a whole product from now on."""
    if gone.state == SETTLED:
        return None
    return replace(entry, state=gone.state, hash="") if gone.state == TAKEN_OFF else entry.now(gone.state)
