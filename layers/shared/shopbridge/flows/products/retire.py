"""What the target has and the source does not offer any more: reported in every run, or taken off sale. Never deleted.

That is whole products, and whatever else has an SKU of its own: variants, and what a product was under a former SKU.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shopbridge.flows.products.entries import MISSING, REPORTED, SETTLED, TAKEN_OFF, Entry, Orphan
from shopbridge.flows.products.run import ProductJob
from shopbridge.flows.products.snapshot import Register
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
DELETED_THERE = Reason(
    code="deleted_in_target",
    text="The target has the product no more, or not all of its variants, and the settings do not let it be written.",
    fix="Switch products.create and products.update on in the connection, leave the product out by its category, or "
    "make it in the target again.",
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
class Gone:
    """Something that the target has and the source does not offer any more.

    Attributes:
        id: The record of the source.
        what: The whole product, or what it has left behind.
    """

    id: str
    what: Entry | Orphan
    why: Reason


def why_left(orphan: Orphan, off: Collection[str]) -> Reason:
    """Return why something was left behind; ``off`` is what is switched off at the source."""
    if orphan.whole:
        return RENAMED
    return VARIANT_DISABLED if orphan.sku in off else VARIANT_DELETED


def left_by(key: str, entry: Entry) -> Iterator[Gone]:
    """Yield what a record that is gone itself has left behind before, and nobody has settled yet."""
    return (Gone(key, each, why_left(each, ())) for each in entry.waiting)


def too_many(job: ProductJob, register: Register) -> bool:
    """Tell whether so many are missing that a schedule takes none of them off sale; told once in a run."""
    if job.settings.gone == "report" or job.tells_everything or not register.too_many_are_gone():
        return False
    if job.problem("products.gone", TOO_MANY):
        job.warn("product_gone", TOO_MANY)
    return True


def retire(job: ProductJob, gone: Sequence[Gone], *, look: bool) -> Iterator[tuple[Gone, str, Reason | None]]:
    """Do as the settings say: report it in every run, or take it off sale.

    Args:
        look: What was reported before may be settled by now: the target is asked.

    Returns:
        What its state is from now on, and what a person has to know of it. ``SETTLED``: nobody can buy it any more.

    Raises:
        RetryLater: The target is busy or away.
    """
    reports = job.settings.gone == "report"
    unsure = [each for each in gone if (look or each.what.state != REPORTED) and _is_asked_for(each, reports=reports)]
    on_sale = _on_sale(job, (sku for each in unsure for sku in each.what.skus))
    settled = [each for each in unsure if on_sale.isdisjoint(each.what.skus)]
    yield from ((each, SETTLED, None) for each in settled)
    still = [each for each in gone if each not in settled]
    if reports:
        yield from (_reported(job, each) for each in still)
    elif still:
        refusal = _deactivate(job, [each.what for each in still])
        yield from (_tried(job, each, refusal(each.what)) for each in still)


def _is_asked_for(gone: Gone, *, reports: bool) -> bool:
    """A whole product that is to be taken off sale is: nobody else may have done it, or it would not come back."""
    return reports or isinstance(gone.what, Orphan)


def _deactivate(job: ProductJob, every: Sequence[Entry | Orphan]) -> Callable[[Entry | Orphan], Reason | None]:
    """Why something could not be."""
    whole = list(dict.fromkeys(each.target for each in every if each.whole and each.target))
    variants = {each.name: each.target for each in every if not each.whole and each.target}
    products = job.target.deactivate(whole) if whole else {}
    others = job.target.deactivate_variants(variants) if variants else {}
    return lambda each: products.get(each.target) if each.whole and each.target else others.get(each.name)


def _on_sale(job: ProductJob, skus: Iterable[str]) -> set[str]:
    """Those that can be bought in the target."""
    wanted = list(dict.fromkeys(skus))
    return {sku for sku, on in job.target.on_sale(wanted).items() if on} if wanted else set()


def _reported(job: ProductJob, gone: Gone) -> tuple[Gone, str, Reason]:
    if gone.what.state != REPORTED or job.tells_everything:
        job.warn("product_gone", gone.why, product=gone.what.name, external_id=gone.what.target)
    return gone, REPORTED, gone.why


def _tried(job: ProductJob, gone: Gone, refused: Reason | None) -> tuple[Gone, str, Reason | None]:
    if refused:
        job.warn("product_failed", refused, product=gone.what.name, external_id=gone.what.target)
        return gone, MISSING, refused
    job.info("product_deactivated", product=gone.what.name, external_id=gone.what.target, code=gone.why.code)
    return gone, TAKEN_OFF, None
