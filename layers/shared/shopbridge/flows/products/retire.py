"""What the target has and the source does not offer any more: reported in every run, or taken off sale. Never deleted.

That is whole products, and whatever else has an SKU of its own: variants, and what a product was under a former SKU.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopbridge.flows.products.entries import MISSING, REPORTED, SETTLED, TAKEN_OFF, Entry, Left
from shopbridge.flows.products.register import Register
from shopbridge.flows.products.run import ProductJob
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason

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
