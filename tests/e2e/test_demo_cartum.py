"""Cartum and SalesPOS in the demo, whole: hooks that the bridge asked for, and polls that read the last day anew."""

import pytest

from tests.e2e.ran import Ran, ran

SPEED = 40


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran("cartum-salespos", tmp_path_factory.mktemp("cartum"), SPEED)


def test_every_order_is_in_the_till_once_though_nobody_can_ask_what_changed(story: Ran) -> None:
    assert story.good, story.screen
    later = ("calls", "seconds", "by_webhook", "by_poll")
    assert {name: value for name, value in story.pair.items() if name not in later} == {
        "placed": 17,
        "imported": 14,
        "skipped": {"cancelled": 1, "payment_not_taken": 1},
        "held": {"missing_product": 1},
        "duplicated": 0,
        "lost": 0,
        "total_mismatches": 0,
    }
    assert story.pair["by_webhook"] + story.pair["by_poll"] == 14
