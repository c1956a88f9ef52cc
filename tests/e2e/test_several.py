"""Several connections at once: the demo's two stories, and containers that die while two orders have one number."""

import io
from dataclasses import dataclass

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sandbox.demo import __main__ as demo
from sandbox.demo.quick.several import STOCK, Several
from sandbox.demo.quick.several_stories import FIRST, STORIES, TwoOffices, TwoShops, several
from sandbox.demo.quick.world import quick_stage
from sandbox.demo.screen import Screen
from sandbox.quick.weather import Weather


def silent() -> Screen:
    return Screen(Console(file=io.StringIO(), width=200))


@pytest.mark.parametrize("title", STORIES)
def test_a_story_of_several_connections_ends_well(title: str) -> None:
    assert several(silent(), [title]) == []


def test_the_demo_tells_both_and_fails_with_what_was_not_to_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "several", lambda _: ["Orders that are lost."])
    assert CliRunner().invoke(demo.app, ["--pair", "several"]).exit_code == 1
    monkeypatch.setattr(demo, "several", lambda _: [])
    assert CliRunner().invoke(demo.app, ["--pair", "several"]).exit_code == 0


@dataclass
class Dying(Weather):
    """The container dies once, at a call whose name holds a word: before it, or after it took effect."""

    word: str = ""
    moment: str = ""
    here: bool = False

    def fault(self, kinds: tuple[str, ...], where: str) -> str:
        self.here = bool(self.word) and self.word in where
        self._strike("before", where)
        return super().fault(kinds, where)

    def after(self, where: str) -> None:
        super().after(where)
        self._strike("after", where)

    def _strike(self, moment: str, where: str) -> None:
        if self.here and moment == self.moment:
            self.word, self.here = "", False
            self.die(where)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("word", ["POST /api/rest/v1/orders", "UpdateItem", "PutItem"])
def test_two_orders_of_one_number_stay_two_whenever_a_container_dies(word: str, moment: str) -> None:
    """The first one is there already when the second shop's is made, and again when it is looked for."""
    with quick_stage("dying", weather=Dying) as stage:
        story = Several(stage, silent())
        shops = TwoShops.of(story)
        story.furnish(shops.one, shops.two)
        for party in (shops.one, shops.two):
            story.connect(party, story.settings(party))
        story.place(shops.one, FIRST)
        story.pass_on()
        story.place(shops.two, FIRST)
        assert isinstance(stage.weather, Dying)
        stage.weather.word, stage.weather.moment = word, moment
        story.pass_on()
        story.pass_on()
        assert stage.weather.died == 1
        for party in (shops.one, shops.two):
            story.judge_orders(party)
        assert story.checks.unmet == []
        assert sorted(each.reference for each in shops.one.link.office.booked()) == ["10001", "B-10001"]


def test_orders_that_come_twice_by_both_connections_of_a_shop_are_in_each_back_office_once() -> None:
    """Both are polled twice, and one of the answers is lost."""
    with quick_stage("twice") as stage:
        story = Several(stage, silent())
        offices = TwoOffices.of(story)
        story.furnish(offices.till, offices.contacts)
        parties = (offices.till, offices.contacts)
        for party in parties:
            story.connect(party, offices.settings_of(party, stock=STOCK if party is offices.till else {}))
        story.place(offices.till, FIRST)
        offices.contacts.link.office.lose_the_next_answer()
        offices.till.link.office.lose_the_next_answer()
        for party in parties:
            story.desk.ask("poll_now", connection=party.name)
            story.desk.ask("poll_now", connection=party.name)
        story.pass_on()
        story.pass_on()
        for party in parties:
            story.judge_orders(party)
        story.judge_stock(offices.till)
        assert story.checks.unmet == []
