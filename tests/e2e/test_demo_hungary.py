"""Shopware and InnVoice in the demo, whole: orders become invoices, and a lost answer waits for a person."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 20


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("shopware-innvoice", tmp_path_factory.mktemp("hungary"), SPEED)


def test_every_order_becomes_one_invoice_and_a_person_looks_for_the_one_in_doubt(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "products", "stock", "runs", "idle_runs")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 23,
        "imported": 20,
        "skipped": {"cancelled": 1, "payment_not_taken": 1, "skipped_by_operator": 1},
        "held": {},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
        "by_webhook": 17,
        "by_poll": 3,
    }


def test_its_stock_and_prices_come_into_the_shop(story: Ran) -> None:
    assert all(right == compared == 7 for right, compared in story.pair["stock"]["agreeing"].values())
    assert (story.pair["stock"]["oversold"], story.pair["stock"]["doubled"]) == (0, 0)
    assert (story.pair["products"]["created"], story.pair["products"]["price_mismatches"]) == (2, 0)
