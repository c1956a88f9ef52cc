"""Why no figure can be written for an SKU, in the same words for every platform; pure.

Platforms compare SKUs in ways of their own: some find ``LAMP`` by ``lamp``, none writes it so. An SKU is therefore the
target's only when it is written there in the same way, blanks around it apart.
"""

from collections.abc import Iterable

from shopbridge.model.ledger import Reason

UNKNOWN = "unknown_sku"
AT_THE_TARGET = frozenset({UNKNOWN, "ambiguous_product", "sold_otherwise", "other_capitals"})
"""Codes of what waits for a person at the target; what else is not written has failed."""


def ambiguous(platform: str, sku: str) -> Reason:
    """Nobody can tell which of several records is meant."""
    return Reason(
        code="ambiguous_product",
        text=f"Several records of {platform} have the SKU {sku!r}",
        fix="Let only one of them keep it; blanks around it make no difference.",
    )


def sold_otherwise(platform: str, sku: str, how: str) -> Reason:
    """The target has the SKU on a record that nobody buys. ``how`` it is sold: "with variants"."""
    return Reason(
        code="sold_otherwise",
        text=f"{platform} sells {sku!r} {how}: a figure on that record would sell nothing",
        fix="Build the product in the same way on both sides, or give the record there another SKU.",
    )


def other_capitals(platform: str, sku: str, there: Iterable[str]) -> Reason | None:
    """The target has the SKU, but not in these capitals; None when what is ``there`` is something else.

    Args:
        there: SKUs that the target has.
    """
    alike = sorted({each for each in there if each.casefold() == sku.casefold() and each != sku})
    if not alike:
        return None
    return Reason(
        code="other_capitals",
        text=f"{platform} has the SKU {sku!r} in other capitals: {', '.join(map(repr, alike))}",
        fix="Write the SKU in the same way on both sides.",
    )
