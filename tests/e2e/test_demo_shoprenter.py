"""Shoprenter and SalesPOS in the demo, whole: our app is installed, hints bring polls about, products have variants."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 40


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("shoprenter-salespos", tmp_path_factory.mktemp("shoprenter"), SPEED)


def test_every_order_is_found_by_a_poll_that_a_webhook_may_have_brought_about(story: Ran) -> None:
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
        "by_webhook": 0,
        "by_poll": 21,
    }
    assert "✓ webhooks that come twice and in the wrong order" in story.screen


def test_its_products_come_with_their_variants_and_stock_agrees_whoever_sells(story: Ran) -> None:
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
