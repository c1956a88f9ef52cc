"""What the operator's log tells of stock: in lists, since one line for each SKU would bury everything else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from shopbridge.flows.stock.route import StockRoute
from shopbridge.model.batches import in_batches
from shopbridge.model.ledger import Reason

IN_A_LINE = 100


def tell_pushed(route: StockRoute, figures: Iterable[str], because: str) -> None:
    """What was written, with the inputs of every figure."""
    for some in in_batches(list(figures), IN_A_LINE):
        route.bridge.activity.info("stock_pushed", route.id, figures=some, count=len(some), because=because)


def tell_held(route: StockRoute, held: Mapping[str, Reason]) -> None:
    """SKUs that nothing is written for."""
    by_code: defaultdict[str, dict[str, Reason]] = defaultdict(dict)
    for sku, reason in held.items():
        by_code[reason.code][sku] = reason
    for code, reasons in by_code.items():
        first = next(iter(reasons.values()))
        for some in in_batches(sorted(reasons), IN_A_LINE):
            route.bridge.activity.warning(
                "stock_held", route.id, fix=first.fix, code=code, reason=first.text, skus=some, count=len(some)
            )


def tell_left(route: StockRoute, left: Mapping[str, Reason], because: str) -> None:
    """SKUs of an order that nothing was sent for; what is wrong with them, the sweeps tell once."""
    reasons = [f"{sku}: {reason.text.rstrip('.')}." for sku, reason in left.items()]
    if reasons:
        route.bridge.activity.info(
            "stock_left", route.id, reasons=reasons[:IN_A_LINE], count=len(left), because=because
        )


def tell_drift(route: StockRoute, drift: Mapping[str, str]) -> None:
    """SKUs whose stock somebody else had changed in the target."""
    fix = "It is repaired. If it comes back, look who else writes stock there: a plugin, an import, or a colleague."
    for some in in_batches([drift[sku] for sku in sorted(drift)], IN_A_LINE):
        route.bridge.activity.warning("stock_drift", route.id, fix=fix, figures=some, count=len(some))


def tell_gone(route: StockRoute, skus: Iterable[str]) -> None:
    """SKUs that the source has no longer."""
    fix = "Their stock in the target stays as it is: take them off sale there if they are not sold any more."
    for some in in_batches(sorted(skus), IN_A_LINE):
        route.bridge.activity.warning("stock_gone", route.id, fix=fix, skus=some, count=len(some))
