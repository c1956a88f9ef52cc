"""Cartum and SalesPOS in the demo, whole: hooks that the bridge asked for, and polls that read the last day anew."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 40


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("cartum-salespos", tmp_path_factory.mktemp("cartum"), SPEED)


def test_every_order_is_in_the_till_once_by_a_hook_or_by_the_poll_that_misses_nothing(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "products", "stock", "runs", "idle_runs", "by_webhook", "by_poll")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 23,
        "imported": 20,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {"missing_product": 1},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
    }
    assert story.pair["by_poll"] >= 3
    assert story.pair["by_webhook"] + story.pair["by_poll"] == 20


def test_its_products_come_as_rows_of_a_group_with_stock_and_prices(story: Ran) -> None:
    assert story.pair["products"] == {
        "in_office": 10,
        "created": 4,
        "updated": 2,
        "held": {"duplicate_sku": 1},
        "missing": 0,
        "unchanged": 9,
        "price_mismatches": 0,
        "texts_overwritten": 0,
    }
    assert all(right == compared for right, compared in story.pair["stock"]["agreeing"].values())
    assert (story.pair["stock"]["oversold"], story.pair["stock"]["doubled"]) == (0, 0)
    assert story.pair["idle_runs"]["writes"] == 0
