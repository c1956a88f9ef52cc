"""Products that the target has and the source does not offer any more: reported, or taken off sale. Never deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shopbridge.flows.product_entries import MISSING, TAKEN_OFF, Entry
from shopbridge.flows.product_job import ProductJob
from shopbridge.flows.product_register import Register
from shopbridge.model.ledger import Reason

DELETED = Reason(
    code="deleted_at_source",
    text="The source has the product no more; the target still has it.",
    fix="Take it off sale in the target by hand, or set products.gone to deactivate.",
)
DISABLED = Reason(
    code="disabled_at_source",
    text="The product is switched off at the source and does not travel any more; the target still has it.",
    fix="Take it off sale in the target by hand, set products.gone to deactivate, or carry disabled products too "
    "(products.include_disabled with the policy `always` for `active`).",
)
RENAMED = Reason(
    code="renamed_at_source",
    text="The product has another SKU at the source now; the target still has it under the old one, too.",
    fix="Take the old one off sale in the target by hand, unless another product of the source has that SKU now.",
)
TOO_MANY = Reason(
    code="too_many_gone",
    text="The source does not hand out a large part of its products any more, so nothing is taken off sale.",
    fix="Check the rights of the credentials and the settings of the source. If the products were really deleted, "
    "start a run of products by hand: it takes them off sale.",
)


@dataclass(frozen=True)
class Leaving:
    """A product that the target has and the source does not offer any more."""

    id: str
    entry: Entry
    why: Reason


def retire(
    job: ProductJob, leaving: Sequence[Leaving], register: Register
) -> Iterator[tuple[Leaving, Entry | None, Reason | None]]:
    """Do with them as the settings say; gives what is still to be known of each, and what a person has to know.

    Raises:
        RetryLater: The target is busy or away.
    """
    if job.settings.gone == "report":
        for each in leaving:
            job.warn("product_gone", each.why, product=each.entry.name, external_id=each.entry.target)
            yield each, None, each.why
        return
    if leaving and not job.tells_everything and register.too_many_are_gone():
        if job.problem("products.gone", TOO_MANY):
            job.warn("product_gone", TOO_MANY)
        leaving = [each for each in leaving if each.why is not DELETED]
    if leaving:
        yield from _deactivate(job, leaving)


def _deactivate(job: ProductJob, leaving: Sequence[Leaving]) -> Iterator[tuple[Leaving, Entry, Reason | None]]:
    refused = job.target.deactivate_products([each.entry.target for each in leaving if each.entry.target])
    for each in leaving:
        target = each.entry.target
        reason = refused.get(target) if target else None
        if reason:
            job.warn("product_failed", reason, product=each.entry.name, external_id=target)
            yield each, each.entry.now(MISSING), reason
        else:
            job.info("product_deactivated", product=each.entry.name, external_id=target, code=each.why.code)
            yield each, replace(each.entry, state=TAKEN_OFF, hash=""), None
