"""Tables that are lost or went back to a backup, for every pair; and that the judge sees what is wrong."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chaos import restore
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.pairs.sides.protocols import Booked, Placed
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerRecord, Reason
from tests.integration.conftest import ManualClock

TRIED = (
    ("shopware-salespos", "state table empty"),
    ("shopware-salespos", "tables of before"),
    ("gomag-salespos", "both tables empty"),
    ("shoprenter-salespos", "both tables empty"),
    ("gomag-cloudsales", "tables of before"),
    ("shopware-cloudsales", "state table empty"),
    ("unas-salespos", "both tables empty"),
    ("cartum-salespos", "both tables empty"),
    ("unas-cloudsales", "tables of before"),
    ("cartum-cloudsales", "both tables empty"),
    ("shoprenter-cloudsales", "tables of before"),
    ("shopware-tryton", "both tables empty"),
    ("gomag-tryton", "state table empty"),
    ("shoprenter-tryton", "tables of before"),
    ("unas-tryton", "state table empty"),
    ("cartum-tryton", "both tables empty"),
    ("vendure-salespos", "tables of before"),
    ("vendure-cloudsales", "both tables empty"),
    ("vendure-tryton", "state table empty"),
)


@pytest.mark.parametrize(("pair", "way"), TRIED)
def test_a_bridge_that_lost_its_tables_makes_nothing_twice_and_loses_nothing(pair: str, way: str) -> None:
    found = restore.restore(3, [way], [pair])
    assert (found.doubled, found.lost, found.bugs) == ([], [], [])
    assert found.orders >= 6
    assert found.found >= 3 or "salespos" not in pair
    assert found.waiting >= 2 or "cloudsales" not in pair


def test_every_pair_is_tried() -> None:
    assert {pair for pair, _ in TRIED} == set(UNATTENDED)
    assert {way for _, way in TRIED} == set(restore.WAYS)


def judged(platform: str, state: Any, code: str, copies: int, receipts: int = 0) -> restore.Restored:
    office = SimpleNamespace(
        platform=platform, booked=lambda: [Booked("1", Decimal(9))] * copies, receipts=lambda: ["1"] * receipts
    )
    shop = SimpleNamespace(placed=lambda: [Placed("1", Decimal(9))])
    reason = Reason(code=code, text="Why.") if code else None
    key = EffectKey(connection=ConnectionId("one"), kind="order", id="1")
    known = LedgerRecord(key=key, state=state, revision="1", reference="1", reason=reason, updated_at=ManualClock()())
    found, link = restore.Restored(), SimpleNamespace(id="one", shop=shop, office=office)
    restore._judge(found, "any way", link, {"1": known} if state != "SENT" else {}, set())  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("platform", "state", "code", "copies", "doubled", "lost"),
    [
        ("salespos", "DONE", "", 1, 0, 0),
        ("salespos", "DONE", "", 2, 1, 0),
        ("salespos", "DONE", "", 0, 0, 1),
        ("salespos", "HELD", "reference_taken", 1, 0, 1),
        ("salespos", "HELD", "unmapped_payment", 0, 0, 0),
        ("salespos", "SENT", "", 0, 0, 1),
        ("cloudsales", "HELD", "reference_taken", 1, 0, 0),
        ("cloudsales", "HELD", "no_vat", 1, 0, 1),
    ],
)
def test_the_judge_sees_what_is_wrong(
    platform: str, state: str, code: str, copies: int, doubled: int, lost: int
) -> None:
    found = judged(platform, state, code, copies)
    assert (len(found.doubled), len(found.lost)) == (doubled, lost)


def test_a_second_receipt_is_a_second_document() -> None:
    assert len(judged("cloudsales", "DONE", "", 1, receipts=2).doubled) == 1
