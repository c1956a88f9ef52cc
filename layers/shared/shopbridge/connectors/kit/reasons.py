"""Why something was not written, in the same words for every platform; pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import UNKNOWN_SKU

Key = TypeVar("Key", bound=str)


def unknown_sku(platform: str, sku: str) -> Reason:
    """Tell that the target has nothing with this SKU."""
    return Reason(
        code=UNKNOWN_SKU,
        text=f"{platform} has no product or variant with the SKU {sku!r}",
        fix=f"Give it this SKU in {platform}, or create it there; it is tried again when its stock changes or is "
        "compared.",
    )


def no_warehouses(platform: str) -> Reason:
    """Tell that the target keeps one figure for each SKU."""
    return Reason(
        code="no_warehouses",
        text=f"{platform} keeps one figure for each SKU, so there is no warehouse to write to",
        fix="Leave target_warehouse of the connection's stock settings empty.",
    )


def stays_on_sale(platform: str, keys: Iterable[Key]) -> Mapping[Key, Reason]:
    """Tell that no call is known that takes these off sale."""
    reason = Reason(
        code="field_not_writable",
        text=f"{platform} is not known to take a product off sale by a call.",
        fix=f"Take it off sale in {platform} by hand, or set products.gone to report.",
    )
    return dict.fromkeys(keys, reason)


def check_field(platform: str, field: str, known: Collection[str]) -> None:
    """Raise NeedsAttention for a field that the platform's products are not found by."""
    if field not in known:
        raise NeedsAttention(
            f"{platform} finds no products by {field!r}",
            where="orders.products.office_field",
            fix=f"Choose one of: {', '.join(known)}.",
        )


def reason_of(error: Held | Rejected | OutcomeUnknown) -> Reason:
    """Return an error as the outcome of one record."""
    place = f" ({error.where})" if error.where else ""
    if isinstance(error, OutcomeUnknown):
        return Reason(
            code="outcome_unknown",
            text=f"{error.what}{place}.",
            fix="Nothing needs doing: the next run looks it up before it creates anything.",
        )
    return Reason(code=error.code, text=f"{error.what}{place}.", fix=error.fix)
