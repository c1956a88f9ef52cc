"""A product as it was seen: what it is sold as, and what a write has to know of it."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from shopbridge.connectors.gomag.api import Row
from shopbridge.connectors.gomag.own_terms import terms_of_row
from shopbridge.connectors.gomag.present import target_product
from shopbridge.connectors.gomag.wire_products import WireProduct, WireStocked
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.misfits import first_misfit
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


def see(row: Row, now: datetime, language: str) -> Seen:
    """A row of the list. Raises RetryLater when it does not even tell what it is sold as."""
    try:
        sold = WireStocked.model_validate(row)
    except ValidationError as error:
        what = f"Gomag lists a product in an unexpected form at {first_misfit(error)}"
        raise RetryLater(what, after=300, where="Gomag products") from error
    return Seen(now, sold, _target(row, language))


def _target(row: Row, language: str) -> TargetProduct | Held:
    try:
        return target_product(WireProduct.model_validate(row), terms_of_row(row), language)
    except ValidationError as error:
        return Held(
            f"The product in Gomag has an unexpected form at {first_misfit(error)}",
            code="unexpected_form",
            fix="Look at the product in Gomag and save it once more.",
        )
