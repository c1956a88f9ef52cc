"""How much may be sold: from what a source says of an SKU to the figure that its target gets; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Figures, Formula, StockLevel, StockSettings

UNTOLD = "-"
"""Entry of an SKU for which nothing is written: the source does not say enough."""
_REFUSED = "!"
"""Begins the entry of an SKU that the target did not take; it is tried again when its figure moves."""

SKU_TWICE = Reason(
    code="duplicate_sku",
    text="Several records of the source have this SKU, so nobody can tell which stock is meant.",
    fix="Let only one record keep the SKU.",
)
SKU_MISSING = Reason(
    code="sku_missing",
    text="Records of the source without an SKU are left out.",
    fix="Give them an SKU if their stock is to be carried.",
)
_NOT_MANAGED = Reason(
    code="stock_not_managed",
    text="The source keeps no stock for it.",
    fix="Switch its stock on there if it is to be carried.",
)


@dataclass(frozen=True)
class Reading:
    """What the source said of one record, and between which moments."""

    level: StockLevel
    read_at: datetime
    read_until: datetime


@dataclass(frozen=True)
class Figure:
    """What may be sold of an SKU, by the source.

    Attributes:
        units: After formula, warehouses and buffer; never below 0.
        inputs: How it came about, for the log.
        read_at, read_until: Between these moments it was read.
    """

    sku: str
    units: Decimal
    inputs: str
    read_at: datetime
    read_until: datetime

    @property
    def entry(self) -> str:
        """As the snapshot keeps it."""
        return amount(self.units)


def sellable(level: StockLevel, settings: StockSettings) -> Decimal | Reason:
    """Return units in the chosen warehouses, before the buffer; or why nobody knows.

    What is not whole is not written.
    """
    if not level.managed:
        return _NOT_MANAGED
    chosen = _chosen(level, settings)
    missing = sorted(set(settings.warehouses) - {each.warehouse for each in chosen})
    if missing or not chosen:
        return _unknown(f"the stock in {', '.join(missing) or 'any warehouse'}")
    parts = [_units(each, settings.formula) for each in chosen]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return _unknown("how much is on hand, reserved or available")
    return sum(known, Decimal(0))


def figure_of(reading: Reading, settings: StockSettings, *, whole_units: bool) -> Figure | Reason:
    """Return the figure, or why there is none."""
    level, found = reading.level, sellable(reading.level, settings)
    if isinstance(found, Reason):
        return found
    left = found - settings.safety_buffer
    units = max(whole_pieces(left) if whole_units else left, Decimal(0))
    inputs = f"{amount(units)} = {_terms(_chosen(level, settings), settings)}"
    return Figure(level.sku, units, inputs, reading.read_at, reading.read_until)


def to_write(units: Decimal, pending: Decimal, will_deduct: Decimal, *, to_shop: bool) -> Decimal:
    """Return what the target must be told so that ``units`` are for sale; never below 0.

    Args:
        pending: Units of the shop's open orders that the back office has not booked yet. A shop offers that much
            less; a back office will take them off itself.
        will_deduct: What the target's own open orders will still take off.
    """
    return max((units - pending if to_shop else units + pending) + will_deduct, Decimal(0))


def told_figure(figure: Figure, pending: Decimal, will_deduct: Decimal, written: Decimal) -> str:
    """Return a line for the log, such as ``TEE-M: 12 = 15 on hand - 2 reserved - 1 buffer; 1 pending → 11``."""
    open_terms = ((pending, "pending"), (will_deduct, "still to be deducted"))
    terms = ", ".join(f"{amount(value)} {name}" for value, name in open_terms if value)
    return f"{figure.sku}: {figure.inputs}{'; ' if terms else ''}{terms} → {amount(written)}"


def refused_entry(entry: str) -> str:
    """Return the entry of an SKU that the target did not take with this figure."""
    return _REFUSED + content_of(entry)


def content_of(entry: str) -> str:
    """Return what of an entry comes from the source: digests are made of it."""
    return entry.removeprefix(_REFUSED)


def is_refused(entry: str) -> bool:
    """Tell that the target did not take this SKU."""
    return entry.startswith(_REFUSED)


def amount(value: Decimal) -> str:
    """Return a number of units without trailing zeros and without an exponent."""
    return f"{value.normalize():f}"


def _chosen(level: StockLevel, settings: StockSettings) -> list[Figures]:
    return [each for each in level.figures if not settings.warehouses or each.warehouse in settings.warehouses]


def _units(figures: Figures, formula: Formula) -> Decimal | None:
    if formula == "available":
        return figures.available
    if formula == "on_hand" or figures.on_hand is None:
        return figures.on_hand
    return None if figures.reserved is None else figures.on_hand - figures.reserved


def _terms(chosen: Sequence[Figures], settings: StockSettings) -> str:
    parts = [_told_part(each, settings.formula) for each in chosen]
    if len(chosen) > 1:
        parts = [f"({part}) in {each.warehouse or 'no warehouse'}" for part, each in zip(parts, chosen, strict=True)]
    buffer = f" - {amount(settings.safety_buffer)} buffer" if settings.safety_buffer else ""
    return " + ".join(parts) + buffer


def _told_part(figures: Figures, formula: Formula) -> str:
    if formula == "available":
        return f"{amount(figures.available or Decimal(0))} available"
    on_hand = f"{amount(figures.on_hand or Decimal(0))} on hand"
    return on_hand if formula == "on_hand" else f"{on_hand} - {amount(figures.reserved or Decimal(0))} reserved"


def _unknown(what: str) -> Reason:
    return Reason(
        code="stock_unknown",
        text=f"The source does not say {what}.",
        fix="Look at the product's stock in the source, or choose another formula or other warehouses.",
    )
