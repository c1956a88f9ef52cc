"""What a resource of the API is: whose records it shows, what it can be searched by, and what may be written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sandbox.platforms.shoprenter.errors import BAD_DATE, BAD_DATETIME, WRONG_DATA, bad
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Record, decoded

Numbers = tuple[int, ...]
Keeps = Callable[[Shop, Any, str], bool]
T = TypeVar("T")


@dataclass(frozen=True)
class Filter:
    """One query parameter of a list.

    Args:
        check: Refuses what is no value of it; is given its name and the text.
        keeps: Whether a record stays.
    """

    check: Callable[[str, str], None]
    keeps: Keeps


@dataclass(frozen=True)
class Resource:
    """One resource.

    Args:
        entity: What the ids of its records say they are.
        area: The scope it needs, without ``:read`` or ``:write``.
        rows: All records by their numbers.
        view: What a record holds, but for ``href`` and ``id``.
        find: A record by its numbers, where looking through ``rows`` would take long.
        create: Makes a record, by its numbers; is given what was sent.
        update: Changes a record; is told by which method.
        delete: Removes it.
        by_sku: Writes may name the record by ``?sku=``.
        answers_always: ``emptyBody`` is ignored.
        beside: What a page holds beside its items.
    """

    entity: str
    area: str
    rows: Callable[[Shop], Mapping[Numbers, Any]]
    view: Callable[[Shop, Any], Record]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    find: Callable[[Shop, Numbers], Any] | None = None
    create: Callable[[Shop, Record], Numbers] | None = None
    update: Callable[[Shop, Any, Record, str], None] | None = None
    delete: Callable[[Shop, Any], None] | None = None
    by_sku: bool = False
    answers_always: bool = False
    beside: Callable[[Shop], Record] = lambda _: {}

    def record(self, shop: Shop, numbers: Numbers) -> Any:
        """The record of these numbers; None when there is none."""
        return self.find(shop, numbers) if self.find else self.rows(shop).get(numbers)


Resources = Mapping[str, Resource]


def single(table: Callable[[Shop], Mapping[int, T]]) -> Callable[[Shop], Mapping[Numbers, T]]:
    """A table whose records have one number."""
    return lambda shop: {(number,): record for number, record in table(shop).items()}


def found_in(table: Callable[[Shop], Mapping[int, T]]) -> Callable[[Shop, Numbers], T | None]:
    """The same, for one record."""
    return lambda shop, numbers: table(shop).get(numbers[0])


def same(of: Callable[[Any], Any]) -> Filter:
    """The very text."""
    return Filter(_text, lambda _, record, wanted: str(of(record)) == wanted)


def at_least(of: Callable[[Any], int]) -> Filter:
    """A number, or more."""
    return Filter(_whole, lambda _, record, wanted: of(record) >= int(wanted))


def flagged(keeps: Callable[[Shop, Any], bool]) -> Filter:
    """1 leaves out what ``keeps`` does not keep; 0 nothing."""
    return Filter(_flag, lambda shop, record, wanted: wanted == "0" or keeps(shop, record))


def parent(entity: str, of: Callable[[Any], int | None]) -> Filter:
    """The resource id of another record."""

    def check(name: str, text: str) -> None:
        key = decoded(text)
        if key is None or key.entity != entity:
            raise bad(WRONG_DATA, f"{name} is a bad resource identifier")

    def keeps(shop: Shop, record: Any, wanted: str) -> bool:
        del shop
        key = decoded(wanted)
        return key is not None and of(record) == key.numbers[-1]

    return Filter(check, keeps)


def earliest(of: Callable[[Any], datetime]) -> Filter:
    """From a moment on. Dates are compared as the texts they are, on the shop's wall clock."""
    return Filter(_moment, lambda shop, record, wanted: _in(shop, wanted, shop.stamp(of(record))))


def latest(of: Callable[[Any], datetime]) -> Filter:
    """Up to a moment."""
    return Filter(_moment, lambda shop, record, wanted: _in(shop, shop.stamp(of(record)), wanted))


def on_day(of: Callable[[Any], datetime]) -> Filter:
    """On a day."""
    return Filter(_day, lambda shop, record, wanted: shop.stamp(of(record))[:10] == wanted)


def _in(shop: Shop, low: str, high: str) -> bool:
    return low < high or (low == high and shop.assumed.inclusive_bounds)


def _text(name: str, text: str) -> None:
    if not text:
        raise bad(WRONG_DATA, f"{name} is empty")


def _whole(name: str, text: str) -> None:
    if not re.fullmatch(r"\d{1,10}", text):
        raise bad(WRONG_DATA, f"{name} is not an int")


def _flag(name: str, text: str) -> None:
    if text not in {"0", "1"}:
        raise bad(WRONG_DATA, f"{name} is neither 0 nor 1")


def _moment(name: str, text: str) -> None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) or not _exists(text):
        raise bad(BAD_DATETIME, f"{name} has to be YYYY-MM-DDTHH:MM:SS")


def _day(name: str, text: str) -> None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text) or not _exists(text):
        raise bad(BAD_DATE, f"{name} has to be YYYY-MM-DD")


def _exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
