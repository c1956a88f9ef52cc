"""Categories: flat there, so a tree's names are joined: ``House > Kitchen`` (platform file, "Categories/groups").

What is joined is taken apart again by the names that are there, so a tree that was written is read as the same tree.
Whether a category is switched off has no place there: a disabled one is written as any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.salesautopilot.api import TITLE, categories, create_category, modify_category
from shopbridge.connectors.salesautopilot.outcomes import number_of, odd
from shopbridge.connectors.salesautopilot.wire import CATEGORIES
from shopbridge.errors import BridgeError, Held
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.ports import Clock

JOINED = " > "
"""[inferred] Between the names of a tree; how SalesAutopilot's own app flattens one is not known."""
_WITHIN = " \u203a "
"""Stands for the same within a name, so that it is not taken for a tree."""
YOUNG = timedelta(minutes=10)

Names = Mapping[int, str]
"""What categories are called in full, by their ids."""


class SalesAutopilotCategories:
    """Reads and writes the categories of the catalogue."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._names = Kept(self._read, clock, YOUNG)

    def all(self) -> Sequence[Category]:
        """Return all as they are now, as the tree that their names tell: one call."""
        return list(tree_of(self._names.refreshed()))

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category, or give it and all below it another name: a call for each, those below first.

        A run that breaks off in between finds the old name and goes on.

        Raises:
            Held: Its parent is not there any more (code ``unknown_category``).
            OutcomeUnknown: A new one may have been made.
        """
        name = self._full_name(category)
        if known is None:
            return self._create(name)
        for number, wanted in _renamed(self._names.value(), int(known), name):
            self._client.send(modify_category(number, wanted))
            self._names.value()[number] = wanted
        return known

    def _create(self, name: str) -> ExternalId:
        answer = self._client.send(create_category(name))
        number = number_of(answer)
        if number is None:
            raise odd(answer, "names no new category")
        self._names.value()[number] = name
        return ExternalId(str(number))

    def _full_name(self, category: Category) -> str:
        own = category.name.strip().replace(JOINED, _WITHIN)
        if category.parent is None:
            return own
        above = self._names.value().get(int(category.parent)) or self._names.refreshed().get(int(category.parent))
        if above is None:
            raise _no_parent(category)
        return f"{above}{JOINED}{own}"

    def _read(self) -> dict[int, str]:
        return {row.prodcat_id: row.prodcat_name for row in self._client.read(categories(), CATEGORIES)}


def tree_of(names: Names) -> Iterator[Category]:
    """Yield categories below the one whose name theirs begins with, the longest of them."""
    by_name = {name: number for number, name in reversed([*names.items()])}
    for number, name in names.items():
        parent = next((by_name[above] for above in _above(name) if above in by_name), None)
        own = name if parent is None else name[len(names[parent]) + len(JOINED) :]
        yield Category(
            id=ExternalId(str(number)),
            parent=None if parent is None else ExternalId(str(parent)),
            name=own.replace(_WITHIN, JOINED),
            active=True,
        )


def _above(name: str) -> Iterator[str]:
    """What a name may be below, the longest first."""
    while JOINED in name:
        name = name.rpartition(JOINED)[0]
        yield name


def _renamed(names: Names, known: int, name: str) -> Iterator[tuple[int, str]]:
    """Yield all whose name changes with this one, deepest first, and this one last."""
    before = names.get(known)
    if before is not None and before != name:
        below = [(number, each) for number, each in names.items() if each.startswith(before + JOINED)]
        for number, each in sorted(below, key=lambda pair: -len(pair[1])):
            yield number, name + each[len(before) :]
    if before != name:
        yield known, name


def _no_parent(category: Category) -> BridgeError:
    return Held(
        f"{TITLE} has the category above {category.name!r} no more",
        code="unknown_category",
        where=TITLE,
        fix="Nothing needs doing: the next run of products makes it again.",
    )
