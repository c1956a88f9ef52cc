"""Hungary in the demo, whole: Shopware and InnVoice, whose lost answers wait for a person; Gomag and SalesAutopilot."""

from collections import Counter

import pytest

from sandbox.demo.world import World
from sandbox.pairs.sides.salesautopilot import SalesAutopilotSide
from tests.e2e.ran import Ran, ran

SPEED, UNSIGNED = 20, 100
"""How fast the clock may run with signed calls, and without."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("shopware-innvoice", tmp_path_factory.mktemp("hungary"), SPEED)


def test_every_order_becomes_one_invoice_and_a_person_looks_for_the_one_in_doubt(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "products", "stock", "runs", "idle_runs")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 28,
        "imported": 25,
        "skipped": {"cancelled": 1, "payment_not_taken": 1, "skipped_by_operator": 1},
        "held": {},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
        "by_webhook": 22,
        "by_poll": 3,
        "mailed": 25,
    }


def test_its_stock_and_prices_come_into_the_shop(story: Ran) -> None:
    assert all(right == compared == 7 for right, compared in story.pair["stock"]["agreeing"].values())
    assert (story.pair["stock"]["oversold"], story.pair["stock"]["doubled"]) == (0, 0)
    assert (story.pair["products"]["created"], story.pair["products"]["price_mismatches"]) == (2, 0)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Gomag's orders in SalesAutopilot, and how often its forms ran."""
    happened: Counter[str] = Counter()

    def look(world: World) -> None:
        assert isinstance(world.office, SalesAutopilotSide)
        happened.update(event.kind for event in world.office.events())

    result = ran("gomag-salesautopilot", tmp_path_factory.mktemp("crm"), UNSIGNED, linger=look)
    result.said = {kind: str(count) for kind, count in happened.items()}
    return result


def test_every_order_is_in_the_crm_once_also_with_products_that_it_did_not_know(crm: Ran) -> None:
    assert crm.good, crm.screen
    later = ("calls", "seconds", "brought", "runs", "idle_runs")
    assert {name: value for name, value in crm.pair.items() if name not in later} == {
        "placed": 24,
        "imported": 22,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
        "by_webhook": 0,
        "by_poll": 22,
    }


def test_the_shop_s_products_come_each_version_alone_and_leave_when_they_leave_there(crm: Ran) -> None:
    assert crm.pair["brought"] == {
        "in_shop": 10,
        "created": 7,
        "updated": 1,
        "taken_off": 2,
        "held": {},
        "unchanged": 10,
        "missing": 0,
        "doubled": 0,
        "price_mismatches": 0,
        "unlisted": 0,
        "left": 0,
    }
    assert (crm.pair["runs"], crm.pair["idle_runs"]["writes"]) == ({"done": 6}, 0)


def test_the_order_s_form_ran_once_for_each_order_and_nothing_was_invoiced(crm: Ran) -> None:
    assert crm.said == {"subscribe": "22", "email_sent": "22"}
