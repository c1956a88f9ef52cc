"""Cartum and RO App in the demo, whole: orders, what becomes of them on both sides, and what RO App has for sale."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 40


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("cartum-roapp", tmp_path_factory.mktemp("roapp"), SPEED)


def test_every_order_becomes_one_work_order_that_stands_where_the_shops_does(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "by_webhook", "by_poll", "products", "stock", "runs", "idle_runs")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 23,
        "imported": 20,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {"missing_product": 1},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
    }


@pytest.mark.parametrize(
    "scene",
    [
        "in the back office one is sent and one cancelled: status and tracking code come to the shop",
        "in the shop one is completed and one cancelled: the back office follows",
        "a line and an address are edited in the shop: they travel",
        "nobody does anything: nothing is written, nothing comes back",
    ],
)
def test_an_orders_life_is_played_both_ways(story: Ran, scene: str) -> None:
    assert f"✓ {scene}" in story.screen


def test_what_is_ordered_is_not_offered_again_though_it_lies_there_until_it_is_written_off(story: Ran) -> None:
    assert all(right == compared for right, compared in story.pair["stock"]["agreeing"].values())
    assert (story.pair["stock"]["oversold"], story.pair["stock"]["doubled"]) == (0, 0)
    products = story.pair["products"]
    assert (products["created"], products["updated"], products["held"]) == (2, 1, {"duplicate_sku": 1})
    assert (products["missing"], products["price_mismatches"], story.pair["idle_runs"]["writes"]) == (0, 0, 0)
