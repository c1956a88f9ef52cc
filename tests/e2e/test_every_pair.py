"""Every shop with every back office: the demo's whole story, in one process and seconds."""

import io
from unittest.mock import MagicMock

import pytest
from rich.console import Console

from sandbox.demo.clock import FastClock
from sandbox.demo.judgement.report import as_json, shown
from sandbox.demo.quick.world import quickly
from sandbox.demo.screen import Screen
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.offices import OFFICES
from shopbridge.connectors.registry import KEYS, connector_spec

ALL_SHOPS, ALL_OFFICES = (
    {key for key in KEYS if part in connector_spec(key).provides} for part in ("order_source", "order_target")
)
WRONG = ("duplicated", "lost", "total_mismatches")


def test_every_shop_is_linked_with_every_back_office() -> None:
    assert {*PAIRS} >= {f"{shop}-{office}" for shop in ALL_SHOPS for office in ALL_OFFICES}


@pytest.mark.parametrize("name", OFFICES)
def test_the_story_asks_of_a_back_office_all_that_its_connector_takes_and_tells(name: str) -> None:
    office, spec = OFFICES[name], connector_spec(name)
    side = office.side(FastClock(1), "EUR")
    connector = spec.build(
        spec.settings.model_validate({"url": "https://office.example", **side.settings()}), MagicMock()
    )
    changes, progress = connector.order_changes, connector.order_progress
    assert office.takes == (changes.takes if changes else frozenset())
    assert office.tells == (progress.tells if progress else frozenset())
    assert bool(office.follows) == bool(office.tells)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_story_of_a_pair_ends_well(pair: str) -> None:
    screen = Screen(Console(file=io.StringIO(), width=160))
    run = quickly(pair, screen)
    screen.console.print(shown(run))
    assert run.good, screen.console.file.getvalue()  # type: ignore[attr-defined]
    told = as_json([run])["pairs"][pair]
    assert [told[each] for each in WRONG] == [0, 0, 0]
    assert told["imported"] >= 15
    assert told["placed"] == told["imported"] + sum(told["skipped"].values()) + sum(told["held"].values())
    assert run.goods is None or run.goods.idle.writes == 0
