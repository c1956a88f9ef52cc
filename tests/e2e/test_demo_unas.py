"""UNAS and SalesPOS in the demo, whole: signed automations, the invoice's number, and limits that ban nobody."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 40


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("unas-salespos", tmp_path_factory.mktemp("unas"), SPEED)


def test_every_order_is_found_by_a_signed_call_or_by_the_poll_that_misses_nothing(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "products", "stock", "runs", "idle_runs")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 24,
        "imported": 21,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {"missing_product": 1},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
        "by_webhook": 18,
        "by_poll": 3,
    }


def test_its_products_come_each_variant_as_a_product_of_its_own(story: Ran) -> None:
    assert story.pair["products"] == {
        "in_office": 10,
        "created": 7,
        "updated": 5,
        "held": {"duplicate_sku": 1},
        "missing": 0,
        "unchanged": 11,
        "price_mismatches": 0,
        "texts_overwritten": 0,
    }
    assert all(right == compared >= 11 for right, compared in story.pair["stock"]["agreeing"].values())
    assert (story.pair["stock"]["oversold"], story.pair["stock"]["doubled"]) == (0, 0)
    assert story.pair["idle_runs"]["writes"] == 0
