"""Gomag and CloudSales in the demo, whole: a shop without webhooks, a back office that prints fiscal receipts."""

import pytest
from typer.testing import CliRunner

from sandbox.demo.keep import write_second
from sandbox.demo.world import World
from shopbridge_cli.app import app
from tests.e2e.ran import Ran, ran

SPEED = 100
"""Nothing is signed here, so a busy machine may stand still without a call growing too old."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    said: dict[str, str] = {}
    build = tmp_path_factory.mktemp("romania")

    def ask(world: World) -> None:
        environment = {"SHOPBRIDGE_OPERATIONS_FUNCTION": world.function, "COLUMNS": "200"}
        write_second(world, build / "second.yaml")
        for words in (
            ("order", "10002"),
            ("words",),
            ("create", "--start", "--beside", "demo", str(build / "second.yaml")),
        ):
            said[words[0]] = CliRunner().invoke(app, words, env=environment).output

    result = ran("gomag-cloudsales", build, SPEED, linger=ask)
    result.said = said
    return result


def test_every_order_is_found_by_a_poll_and_has_one_receipt(story: Ran) -> None:
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
        "receipts": 21,
    }


def test_products_and_prices_come_from_an_account_that_knows_no_variants(story: Ran) -> None:
    assert story.pair["products"] == {
        "in_office": 8,
        "created": 2,
        "updated": 1,
        "held": {"duplicate_sku": 1},
        "missing": 0,
        "unchanged": 7,
        "price_mismatches": 0,
        "texts_overwritten": 0,
    }


def test_stock_agrees_whoever_sells(story: Ran) -> None:
    stock = story.pair["stock"]
    assert set(map(tuple, stock["agreeing"].values())) == {(7, 7)}
    assert (stock["oversold"], stock["doubled"]) == (0, 0)
    assert story.pair["idle_runs"]["writes"] == 0


def test_what_a_platform_cannot_do_is_not_played(story: Ran) -> None:
    for scene in ("✓ webhooks that", "net prices", "a bundle", "the forgotten attribute"):
        assert scene not in story.screen
    assert "✓ two polls at once, and both see the same orders" in story.screen


def test_wrong_credentials_are_refused_with_sentences(story: Ran) -> None:
    assert "Gomag refuses our key or shop" in story.screen
    assert "BOCP does not let the REST API user in (401)" in story.screen


def test_the_command_line_reads_the_same_bridge(story: Ran) -> None:
    assert "only creating it once more, or a person, can tell" in story.said["order"]
    assert "Comanda NEW" in story.said["words"]
    assert story.said["create"].startswith("Connection second is active.")
