"""A product as it was seen: what it is sold as, and what a write has to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from shopbridge.connectors.gomag.own_terms import terms_of_row
from shopbridge.connectors.gomag.present import target_product
from shopbridge.connectors.gomag.sweep import row_id
from shopbridge.connectors.gomag.wire import as_rows
from shopbridge.connectors.gomag.wire_products import WireProduct, WireSold, WireStocked
from shopbridge.connectors.kit.rows import Row
from shopbridge.errors import Held
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.catalogue import TargetProduct


@dataclass(frozen=True)
class Seen:
    """A product as it was seen.

    Attributes:
        target: For the product flow; the reason where it is not what we know.
    """

    at: datetime
    sold: WireStocked
    target: TargetProduct | Held


def on_sale(found: Mapping[str, Sequence[Seen]]) -> dict[str, bool]:
    """By SKU whether it can be bought: a version cannot be switched off, but one without stock is not sold."""
    exact = {sku: [each for each in seen if sku in each.sold.skus] for sku, seen in found.items()}
    return {sku: any(_is_bought(each, sku) for each in seen) for sku, seen in exact.items() if seen}


def _is_bought(seen: Seen, sku: str) -> bool:
    stock = [version.stock for version in seen.sold.versions if version.sku == sku]
    return seen.sold.enabled != 0 and not (stock and all(each == 0 for each in stock))


def see(row: Row, now: datetime, language: str) -> Seen:
    """A row of the list; of one that cannot be understood no more than its names, so that it is held and not made."""
    try:
        sold = WireStocked.model_validate(row)
    except ValidationError:
        sold = _names_of(row)
    return Seen(now, sold, _target(row, language))


def _names_of(row: Row) -> WireStocked:
    listed = as_rows(row.get("versions") or row.get("variations"))
    versions = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    named = [WireSold(id=row_id(each), sku=sound_name(each.get("sku"))) for each in versions]
    return WireStocked(id=row_id(row), sku=sound_name(row.get("sku")), versions=tuple(named))


def _target(row: Row, language: str) -> TargetProduct | Held:
    try:
        return target_product(WireProduct.model_validate(row), terms_of_row(row), language)
    except ValidationError as error:
        return Held(
            f"The product in Gomag has an unexpected form at {first_error(error)}",
            code="unexpected_form",
            fix="Look at the product in Gomag and save it once more.",
        )
