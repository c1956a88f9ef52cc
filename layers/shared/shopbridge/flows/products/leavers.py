"""What a record of the source leaves behind in the target while it is offered itself: variants, and former SKUs; pure.

A record that is read twice in a row without an SKU offers it no more; after one reading, another record may have taken
it over that was not read yet. What the record itself says to be switched off needs no second reading.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from shopbridge.flows.products.entries import MISSING, TAKEN_OFF, Entry, Left
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product


@dataclass(frozen=True)
class Parting:
    """What a record has left behind.

    Attributes:
        kept: Nothing is to be done about it in this run.
        due: It is to be taken off sale, or told.
    """

    kept: tuple[Left, ...] = ()
    due: tuple[Left, ...] = ()


def parting_of(
    before: Entry | None, product: Product, target: ExternalId | None, off: Collection[str], learnt: Collection[str]
) -> Parting:
    """What a product that is settled leaves behind from now on.

    Args:
        target: What it is in the target.
        off: Its SKUs that are switched off at the source.
        learnt: Those that were just created there, switched off like everything that is.
    """
    offered = set(product.skus) - set(off)
    known = {each.sku: each for each in (before.left if before else ()) if not _is_back(each, target, offered)}
    gone = {each.sku: each for each in _gone(before, product, target)}
    state_of = {sku: TAKEN_OFF if sku in learnt else MISSING for sku in off}
    switched = {sku: Left(sku, target, state, whole=False) for sku, state in state_of.items() if target}
    every = {**gone, **switched, **known}
    due = {sku for sku in (*switched, *known) if every[sku].waits}
    return Parting(
        tuple(each for sku, each in every.items() if sku not in due),
        tuple(each for sku, each in every.items() if sku in due),
    )


def _is_back(left: Left, target: ExternalId | None, offered: Collection[str]) -> bool:
    return left.sku in offered or (left.whole and left.target == target)


def _gone(before: Entry | None, product: Product, target: ExternalId | None) -> Iterator[Left]:
    """SKUs that were sold and are not offered now. None of them stayed, and it is another product: all of that is."""
    if before is None or before.target is None:
        return
    sold = before.sold or (before.name,)
    if target != before.target and not set(sold) & set(product.skus):
        yield Left(before.name, before.target, TAKEN_OFF if before.state == TAKEN_OFF else MISSING, whole=True)
        return
    yield from (Left(sku, before.target, MISSING, whole=False) for sku in before.sold if sku not in product.skus)
