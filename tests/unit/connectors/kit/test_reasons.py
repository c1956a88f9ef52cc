"""Reasons that connectors share."""

import pytest

from shopbridge.connectors.kit.reasons import no_warehouses, reason_of, unknown_sku
from shopbridge.errors import Held, OutcomeUnknown, Rejected


def test_an_unknown_sku_is_named_with_its_platform_and_what_to_do() -> None:
    reason = unknown_sku("BOCP", "MUG ")
    assert (reason.code, reason.text) == ("unknown_sku", "BOCP has no product or variant with the SKU 'MUG '")
    assert reason.fix.startswith("Give it this SKU in BOCP, or create it there")


def test_a_platform_without_warehouses_says_which_setting_to_empty() -> None:
    reason = no_warehouses("Gomag")
    assert reason.code == "no_warehouses"
    assert reason.text.startswith("Gomag keeps one figure for each SKU")
    assert "target_warehouse" in reason.fix


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Held("No price", code="no_price", where="SalesPOS", fix="Set one."), ("no_price", "No price (SalesPOS).")),
        (Rejected("Too long", code="400.2", fix="Shorten it."), ("400.2", "Too long.")),
        (OutcomeUnknown("The answer was lost", where="Shop"), ("outcome_unknown", "The answer was lost (Shop).")),
    ],
)
def test_an_error_becomes_the_outcome_of_one_record(
    error: Held | Rejected | OutcomeUnknown, told: tuple[str, str]
) -> None:
    reason = reason_of(error)
    assert (reason.code, reason.text) == told
    assert reason.fix == (error.fix or "Nothing needs doing: the next run looks it up before it creates anything.")
