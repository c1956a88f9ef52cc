"""Finding rows: filter and sort all of them, hand out one page."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sandbox.platforms.shopware.search.criteria import Criteria
from sandbox.platforms.shopware.store import Row, Store

PAGES_AHEAD = 6
COUNT_ALL, COUNT_AHEAD = 1, 2
"""The wire's numbers for "exact" and "next-pages"."""


@dataclass(frozen=True)
class Found:
    """One page of a search.

    Args:
        total: As the criteria asked to count it; by default just the rows of this page.
    """

    rows: list[Row]
    total: int


def search(store: Store, entity: str, criteria: Criteria) -> Found:
    """The page of rows the criteria ask for."""
    if criteria.ids is not None:
        rows = narrow(_by_ids(store, entity, criteria.ids), criteria)
        return Found(rows, len(rows))
    if criteria.limit and criteria.narrowing.in_order and criteria.count != COUNT_ALL:
        return _first_found(store, entity, criteria, criteria.limit)
    rows = narrow(criteria.narrowing.rows(store, entity), criteria)
    end = criteria.offset + criteria.limit if criteria.limit else None
    page = rows[criteria.offset : end]
    return Found(page, _total(criteria, len(rows), len(page)))


def _first_found(store: Store, entity: str, criteria: Criteria, limit: int) -> Found:
    """A page of rows that come in the right order: what lies behind it is not looked at."""
    found = (row for row in criteria.narrowing.rows(store, entity) if all(test(row) for test in criteria.tests))
    ahead = limit * PAGES_AHEAD + 1 if criteria.count == COUNT_AHEAD else limit
    rows = list(islice(found, criteria.offset, criteria.offset + ahead))
    return Found(rows[:limit], len(rows))


def narrow(rows: Iterable[Row], criteria: Criteria) -> list[Row]:
    """Filter and sort.

    Rows whose sort keys are equal change their order from page to page, as a database is free to do:
    a client that does not sort by something unique will miss rows here.
    """
    found = [row for row in rows if all(test(row) for test in criteria.tests)]
    if criteria.page % 2 == 0:
        found.reverse()
    for order in reversed(criteria.orders):
        found.sort(key=order.key, reverse=order.descending)
    return found


def _by_ids(store: Store, entity: str, ids: tuple[str, ...]) -> list[Row]:
    table = store.tables[entity]
    return [table[row_id] for row_id in dict.fromkeys(ids) if row_id in table]


def _total(criteria: Criteria, every: int, in_page: int) -> int:
    if criteria.count == COUNT_ALL:
        return every
    if criteria.count == COUNT_AHEAD and criteria.limit:
        # [inferred] counted from this page's first row on.
        return max(0, min(every - criteria.offset, criteria.limit * PAGES_AHEAD + 1))
    return in_page
