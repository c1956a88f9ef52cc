"""Where an SKU was met is remembered for a while; what a target has is read as far as it is asked for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shopbridge.connectors.kit.sku_index import Met, SkuIndex, Standings, spellings
from shopbridge.errors import RetryLater
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Standing, sold_otherwise

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def index(clock: Clock) -> SkuIndex[str]:
    return SkuIndex(clock)


def figure(units: int) -> Standing:
    return Standing(quantity=Decimal(units), will_deduct=Decimal(0))


PARENT = sold_otherwise("Gomag", "TEE", "as the parent of versions")


class Pages:
    """A target's list; notes which pages were read, and can be away once."""

    def __init__(self, *pages: Sequence[Met]) -> None:
        self.pages = pages
        self.read: list[int] = []
        self.is_away = False

    def __call__(self, place: int | None) -> tuple[Sequence[Met], int | None]:
        if self.is_away:
            self.is_away = False
            raise RetryLater("Away", after=5)
        at = place or 0
        self.read.append(at)
        return self.pages[at], at + 1 if at + 1 < len(self.pages) else None


def told(pages: Pages, *skus: str) -> dict[str, int | str]:
    read = Standings("Gomag", pages).read(skus)
    return {sku: each.code if isinstance(each, Reason) else int(each.quantity) for sku, each in read.items()}


# --- the index ------------------------------------------------------------------------------------------------------


def test_every_spelling_is_found_under_one_key() -> None:
    assert spellings(["Lamp", "LAMP", "Mug"]) == {"lamp": ["Lamp", "LAMP"], "mug": ["Mug"]}


def test_a_record_is_met_under_each_of_its_skus_whatever_the_capitals(index: SkuIndex[str]) -> None:
    index.note(7, "lamp", ["LAMP", "Lamp-1", ""])
    index.note(3, "other lamp", ["lamp"])
    assert index.records("Lamp") == ["other lamp", "lamp"]
    assert index.alike("Lamp") == {"LAMP", "lamp"}
    assert index.ids("LAMP-1") == [7]
    assert (index.records(""), index.records("NOBODY"), index.ids("NOBODY")) == ([], [], [])


def test_a_record_that_lost_an_sku_is_no_longer_found_by_it_but_known_to_have_had_it(index: SkuIndex[str]) -> None:
    index.note(7, "old", ["LAMP", "MUG"])
    index.note(7, "new", ["MUG"])
    assert (index.records("LAMP"), index.alike("LAMP"), index.ids("LAMP")) == ([], set(), [7])
    assert index.records("MUG") == ["new"]


def test_what_is_forgotten_is_looked_for_where_it_was(index: SkuIndex[str]) -> None:
    index.note(7, "lamp", ["LAMP"])
    index.forget([7, 8])
    assert (index.get(7), index.records("LAMP"), index.lately("LAMP", HOUR)) == (None, [], [])
    assert index.ids("LAMP") == [7]


def test_a_record_is_believed_for_a_while(index: SkuIndex[str], clock: Clock) -> None:
    index.note(7, "lamp", ["LAMP"])
    clock.now += HOUR
    assert (index.get(7, HOUR), index.records("LAMP", START)) == ("lamp", ["lamp"])
    clock.now += timedelta(seconds=1)
    assert (index.get(7, HOUR), index.get(7), index.records("LAMP", clock.now)) == (None, "lamp", [])


def test_all_that_had_an_sku_must_be_young_before_any_is_believed(index: SkuIndex[str], clock: Clock) -> None:
    index.note(7, "lamp", ["LAMP"])
    clock.now += 2 * HOUR
    index.note(3, "other lamp", ["lamp"])
    assert index.lately("LAMP", HOUR) == []
    index.note(7, "a mug now", ["MUG"])
    assert index.lately("LAMP", HOUR) == ["other lamp"]


# --- a comparison ---------------------------------------------------------------------------------------------------


def test_pages_are_read_until_everything_was_met_and_none_twice() -> None:
    pages = Pages([("A", figure(1))], [("B", figure(2))], [("C", figure(3))])
    standings = Standings("Gomag", pages)
    assert standings.read(["A"]) == {"A": figure(1)}
    assert pages.read == [0]
    assert standings.read(["B", "A", ""]) == {"A": figure(1), "B": figure(2)}
    assert standings.read(["NOBODY"]) == {}
    assert standings.read(["NOBODY", "C"]) == {"C": figure(3)}
    assert pages.read == [0, 1, 2]


def test_an_sku_that_is_there_twice_has_no_figure() -> None:
    assert told(Pages([("A", figure(1)), ("A", figure(1)), ("B", figure(2))]), "A", "B") == {
        "A": "ambiguous_product",
        "B": 2,
    }
    assert told(Pages([("A", None), ("A", figure(1))]), "A") == {"A": "ambiguous_product"}


def test_a_record_without_figures_is_left_out() -> None:
    assert told(Pages([("A", None)], [("B", figure(2))]), "A", "B") == {"B": 2}


def test_a_figure_that_would_sell_nothing_is_told_unless_the_sku_is_sold_elsewhere() -> None:
    pages = Pages([("TEE", PARENT), ("TEE-M", figure(3))], [("CUP", PARENT), ("CUP", figure(4))])
    assert told(pages, "TEE", "TEE-M", "CUP") == {"TEE": "sold_otherwise", "TEE-M": 3, "CUP": 4}
    assert told(Pages([("TEE", PARENT), ("TEE", None)]), "TEE") == {}


def test_other_capitals_are_told_once_all_was_read() -> None:
    pages = Pages([("Lamp", figure(1))], [("lamp", None)])
    read = Standings("Gomag", pages).read(["LAMP", "Lamp"])
    assert isinstance(read["LAMP"], Reason)
    assert read["LAMP"].text == "Gomag has the SKU 'LAMP' in other capitals: 'Lamp', 'lamp'"
    assert read["Lamp"] == figure(1)


def test_a_page_that_broke_off_is_read_with_the_next_call() -> None:
    pages = Pages([("A", figure(1))], [("B", figure(2))])
    standings = Standings("Gomag", pages)
    standings.read(["A"])
    pages.is_away = True
    with pytest.raises(RetryLater):
        standings.read(["A", "B"])
    assert standings.read(["A", "B"]) == {"A": figure(1), "B": figure(2)}
    assert pages.read == [0, 1]
