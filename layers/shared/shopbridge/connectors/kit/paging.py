"""Reading lists page by page, none of them for ever."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from shopbridge.errors import RetryLater

Item = TypeVar("Item")
Place = TypeVar("Place", bound=int | str)

MOST_PAGES = 20_000
"""No list of a merchant is as long."""
AGAIN = 300.0
"""Seconds until a platform is asked again whose list has no end."""


def each_page(
    read: Callable[[Place], tuple[Sequence[Item], Place | None]],
    first: Place,
    platform: str,
    what: str,
    *,
    most_alike: int = 0,
) -> Iterator[tuple[Sequence[Item], Place | None]]:
    """Yield the items of one page after the other, each with where the next one is.

    Args:
        read: Gives the items of a page, and where the next one is; None after the last.
        what: What the list holds, in the plural.
        most_alike: How often a page of a single item may be like the one before it.

    Raises:
        RetryLater: A page is one that was read already, or there are more than any list has.
    """
    place: Place | None = first
    before: Sequence[Item] = ()
    repeats = 0
    for _ in range(MOST_PAGES):
        if place is None:
            return
        items, place = read(place)
        repeats = repeats + 1 if items and items == before else 0
        if leads_nowhere(repeats, len(items), most_alike):
            raise stands_still(platform, what)
        yield items, place
        before = items
    raise stands_still(platform, what)


def leads_nowhere(repeats: int, items: int, most_alike: int = 0) -> bool:
    """Tell whether a page that came so often again is no step: a single item may be like the one before it."""
    return repeats > (0 if items > 1 else most_alike)


def stands_still(platform: str, what: str) -> RetryLater:
    """Return the error for a list whose next page is one that was read already."""
    return RetryLater(f"{platform} gives the same page of {what} again", after=AGAIN, where=f"{platform} {what}")
