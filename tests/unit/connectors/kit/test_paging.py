"""Reading lists page by page, none of them for ever."""

from collections.abc import Callable, Sequence

import pytest

from shopbridge.connectors.kit import paging
from shopbridge.connectors.kit.paging import each_page
from shopbridge.errors import RetryLater

Read = Callable[[int], tuple[Sequence[str], int | None]]


def of(*pages: str) -> Read:
    """A list whose pages have the letters of these texts."""

    def read(number: int) -> tuple[Sequence[str], int | None]:
        return list(pages[number]), number + 1 if number + 1 < len(pages) else None

    return read


def endless(text: str) -> Read:
    return lambda number: (list(text), number + 1)


def letters(read: Read, first: int = 0, most_alike: int = 0) -> list[str]:
    return [letter for items, _ in each_page(read, first, "Gomag", "orders", most_alike=most_alike) for letter in items]


def test_every_page_is_given_with_where_the_next_one_is() -> None:
    assert list(each_page(of("ab", "c"), 0, "Gomag", "orders")) == [(["a", "b"], 1), (["c"], None)]
    assert letters(of("ab", "cd", "e"), first=1) == ["c", "d", "e"]
    assert letters(of("", "a")) == ["a"]


def test_a_page_is_only_read_when_it_is_asked_for() -> None:
    pages = each_page(endless("ab"), 0, "Gomag", "orders")
    assert next(pages) == (["a", "b"], 1)


def test_a_page_that_comes_again_is_no_step() -> None:
    with pytest.raises(RetryLater) as caught:
        letters(endless("ab"))
    assert caught.value.what == "Gomag gives the same page of orders again"
    assert (caught.value.after, caught.value.where) == (300, "Gomag orders")


def test_single_items_may_be_alike_as_often_as_is_said() -> None:
    assert letters(of("a", "a", "a", "b"), most_alike=2) == ["a", "a", "a", "b"]
    with pytest.raises(RetryLater):
        letters(of("a", "a"), most_alike=0)
    with pytest.raises(RetryLater):
        letters(of("a", "a", "a", "a"), most_alike=2)


def test_a_list_that_goes_round_in_a_circle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 50)
    asked: list[int] = []

    def read(number: int) -> tuple[Sequence[str], int | None]:
        asked.append(number)
        return ["ab", "cd"][number % 2], number + 1

    with pytest.raises(RetryLater, match="same page"):
        letters(read)
    assert len(asked) == 50


def test_an_empty_page_may_come_again_without_end_only_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 50)
    with pytest.raises(RetryLater):
        letters(endless(""))
