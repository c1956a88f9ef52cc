from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from sandbox.demo.judgement.report import Run, as_json, shown, write
from sandbox.demo.judgement.verdict import Standing, Verdict, judge
from sandbox.demo.screen import Screen
from sandbox.demo.story.scripted import Story
from sandbox.demo.world import World
from sandbox.pairs.sides.protocols import Booked, Placed

TOTAL = Decimal("10.00")
DONE = Standing("DONE", found_by_webhook=True)
SKIPPED = Standing("SKIPPED", "cancelled")
HELD = Standing("HELD", "missing_product", "Create it.")


def placed(*numbers: str) -> Sequence[Placed]:
    return [Placed(number, TOTAL) for number in numbers]


def booked(*numbers: str) -> Sequence[Booked]:
    return [Booked(number, TOTAL) for number in numbers]


def test_imported_skipped_and_held_orders_are_fine() -> None:
    ledger = {"1": DONE, "2": SKIPPED, "3": HELD, "4": Standing("DONE")}
    verdict = judge(placed("1", "2", "3", "4"), booked("1", "4"), ledger)
    assert verdict.good
    assert (verdict.placed, verdict.imported, verdict.by_webhook, verdict.by_poll) == (4, 2, 1, 1)
    assert verdict.skipped == {"cancelled": 1}
    assert verdict.held == {"missing_product": 1}
    assert verdict.fixes == {"missing_product": "Create it."}


@pytest.mark.parametrize("state", ["", "INTENT", "SENT", "DONE"])
def test_an_order_nobody_accounts_for_is_lost(state: str) -> None:
    verdict = judge(placed("1"), [], {"1": Standing(state)} if state else {})
    assert verdict.lost == ["1"]
    assert not verdict.good


def test_an_order_that_is_there_twice_is_duplicated() -> None:
    verdict = judge(placed("1"), booked("1", "1"), {"1": DONE})
    assert verdict.duplicated == ["1"]
    assert not verdict.good


def test_an_order_with_two_fiscal_receipts_is_duplicated() -> None:
    assert judge(placed("1"), booked("1"), {"1": DONE}, ["1"]).good
    verdict = judge(placed("1"), booked("1"), {"1": DONE}, ["1", "1"])
    assert verdict.duplicated == ["1"]
    assert as_json([run_of(verdict)])["pairs"]["a-b"]["receipts"] == 2


def test_a_cent_is_a_mismatch() -> None:
    verdict = judge(placed("1"), [Booked("1", TOTAL + Decimal("0.01"))], {"1": DONE})
    assert verdict.mismatched == ["1"]
    assert not verdict.good


def test_the_wrong_one_of_two_copies_is_a_mismatch_too() -> None:
    verdict = judge(placed("1"), [*booked("1"), Booked("1", Decimal(9))], {"1": DONE})
    assert verdict.mismatched == verdict.duplicated == ["1"]


def test_a_trailing_zero_is_no_mismatch() -> None:
    assert judge(placed("1"), [Booked("1", Decimal(10))], {"1": DONE}).good


@pytest.mark.parametrize("standing", [SKIPPED, HELD, Standing("SENT")])
def test_a_ledger_that_denies_a_booked_order_is_untrue(standing: Standing) -> None:
    verdict = judge(placed("1"), booked("1"), {"1": standing})
    assert verdict.imported == 1
    assert verdict.untrue == [f"Order 1 is in the back office, but the ledger says {standing.state}."]
    assert not verdict.good


def test_what_a_person_found_in_the_back_office_and_skipped_is_accounted_for() -> None:
    by_hand = Standing("SKIPPED", "skipped_by_operator")
    verdict = judge(placed("1", "2", "3"), booked("1", "2"), {"1": DONE, "2": by_hand, "3": by_hand})
    assert verdict.good
    assert (verdict.imported, verdict.skipped) == (1, {"skipped_by_operator": 2})
    assert judge(placed("1"), booked("1", "1"), {"1": by_hand}).duplicated == ["1"]
    assert judge(placed("1"), [Booked("1", Decimal(9))], {"1": by_hand}).mismatched == ["1"]


def test_an_order_the_shop_does_not_know_is_untrue() -> None:
    verdict = judge(placed("1"), booked("1", "99"), {"1": DONE})
    assert verdict.untrue == ["The back office has an order '99' that the shop does not know."]


def run_of(verdict: Verdict, *unmet: str) -> Run:
    return Run("a-b", verdict, None, {"shop": 6, "office": 4, "aws": 20}, 1.26, 20, unmet)


def test_the_file_holds_what_programs_read(tmp_path: Path) -> None:
    good = judge(placed("1", "2"), booked("1"), {"1": DONE, "2": HELD})
    write([run_of(good)], tmp_path / "new" / "run.json")
    assert as_json([run_of(good)]) == {
        "pairs": {
            "a-b": {
                "placed": 2,
                "imported": 1,
                "skipped": {},
                "held": {"missing_product": 1},
                "duplicated": 0,
                "lost": 0,
                "total_mismatches": 0,
                "by_webhook": 1,
                "by_poll": 0,
                "calls": {"shop": 6, "office": 4, "aws": 20},
                "seconds": 1.3,
            }
        },
        "ok": True,
    }
    assert '"ok": true' in (tmp_path / "new" / "run.json").read_text()


def test_what_was_not_shown_is_not_ok() -> None:
    good = judge(placed("1"), booked("1"), {"1": DONE})
    assert not as_json([run_of(good, "No order came by poll.")])["ok"]


def told(
    verdict: Verdict, *, announces: bool = True, unknown: bool = False, unattended: bool = True, hints: bool = False
) -> list[str]:
    """What a story of such a shop and back office says of the verdict, up to the first comma."""
    shop, office = SimpleNamespace(announces=announces, hints=hints), SimpleNamespace(takes_unknown_products=unknown)
    pair = SimpleNamespace(unattended=unattended, mails=False, carries_goods=False, brings_products=False)
    world = SimpleNamespace(shop=shop, office=office, pair=pair)
    unmet = Story(cast("World", world), Screen()).judge(verdict)
    return [sentence.partition(",")[0] for sentence in unmet]


WHOLE = {"4": SKIPPED, "5": Standing("SKIPPED", "payment_not_taken"), "6": HELD}
"""The orders of the story that are not imported."""


def test_a_story_without_its_kinds_is_told() -> None:
    only_one = judge(placed("1"), booked("1"), {"1": DONE})
    assert told(only_one, announces=True) == ["Skipped and held should be {'cancelled': 1", "Polls should find orders"]


@pytest.mark.parametrize("announces", [True, False])
def test_webhooks_find_orders_exactly_where_the_shop_has_them(announces: bool) -> None:
    ledger = {"1": Standing("DONE"), "2": Standing("DONE", found_by_webhook=True), **WHOLE}
    polled = judge(placed("1", *WHOLE), booked("1"), ledger)
    both = judge(placed("1", "2", *WHOLE), booked("1", "2"), ledger)
    assert told(both if announces else polled, announces=announces) == []
    assert told(polled if announces else both, announces=announces) == ["Polls should find orders"]


def test_a_shop_whose_webhooks_are_hints_has_all_orders_found_by_polls() -> None:
    ledger = {"1": Standing("DONE"), "2": Standing("DONE", found_by_webhook=True), **WHOLE}
    polled = judge(placed("1", *WHOLE), booked("1"), ledger)
    assert told(polled, hints=True) == []
    both = judge(placed("1", "2", *WHOLE), booked("1", "2"), ledger)
    assert told(both, hints=True) == ["Polls should find orders"]


def test_what_is_not_imported_depends_on_the_back_office() -> None:
    ledger = {"1": Standing("DONE"), "2": DONE, **WHOLE}
    orders, there = placed("1", "2", "3", *WHOLE), booked("1", "2")
    by_hand = judge(orders, [*there, *booked("3")], {**ledger, "3": Standing("SKIPPED", "skipped_by_operator")})
    assert told(by_hand, unattended=False) == []
    assert told(by_hand) == ["Skipped and held should be {'cancelled': 1"]
    none_missing = judge([*orders[:2], *orders[3:5]], there, {**ledger, "6": DONE})
    assert told(none_missing, unknown=True) == []
    assert told(none_missing) == ["Skipped and held should be {'cancelled': 1"]


def test_people_read_which_orders_are_wrong() -> None:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(shown(run_of(judge(placed("1", "2"), booked("1", "1"), {"1": DONE}))))
    text = captured.get()
    assert "1 orders are lost: 2" in text
    assert "1 orders are in the back office twice: 1" in text
    assert "3.0 per order" in text
    assert "✓" not in text
