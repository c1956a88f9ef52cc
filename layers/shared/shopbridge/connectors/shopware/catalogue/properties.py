"""Property groups and their values, which are facts of products and what variants are made of alike (C9)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.catalogue.criteria import groups_called, options_called
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts
from shopbridge.connectors.shopware.ids import our_id
from shopbridge.connectors.shopware.settling import Refused, blame, settle
from shopbridge.connectors.shopware.sync import Operation, Problem, sync
from shopbridge.connectors.shopware.texts import created_texts
from shopbridge.connectors.shopware.wire_products import WireOption
from shopbridge.mapping.names import caseless
from shopbridge.model.base import in_batches

Pair = tuple[str, str]
"""A group's name and a value's."""
Place = tuple[str, str]
"""A group's id and a value's plain name."""

NAMES_AT_ONCE = 200
_ROWS = TypeAdapter(list[WireOption])


@dataclass(frozen=True)
class Resolved:
    """The ids of values by their names, and why some have none. Capitals do not count.

    Attributes:
        groups: The groups of each plain name, the one to be used first; a new one is there already.
        ids: By group and plain name.
        problems: Likewise.
    """

    groups: dict[str, list[str]] = field(default_factory=dict)
    ids: dict[Place, str] = field(default_factory=dict)
    problems: dict[Place, Problem] = field(default_factory=dict)

    def id(self, pair: Pair, used: Collection[str] = ()) -> str | None:
        """The value's id, in a group that the product uses, if there is one; None when it could not be made."""
        return self.ids.get(_place(pair, used, self.groups))

    def problem(self, pair: Pair, used: Collection[str] = ()) -> Problem | None:
        """Why it could not be made."""
        return self.problems.get(_place(pair, used, self.groups))


@dataclass(frozen=True)
class Properties:
    """Finds values by name within their group, and makes those that are missing, once for all products.

    Names are not unique in Shopware: of several groups of one name a product keeps to the one that it uses already;
    else the one with the lowest id is used, always the same. One that we made and that was renamed in the shop since
    is known by its id.
    """

    api: AdminApi
    facts: ShopFacts

    def resolve(self, wanted: Iterable[tuple[Pair, Collection[str]]]) -> Resolved:
        """Two searches for all of them, and one write where any are missing.

        Args:
            wanted: Each value with the groups that its product uses.
        """
        wanted = list(wanted)
        if not wanted:
            return Resolved()
        names = {caseless(group): group.strip() for (group, _), _ in wanted}
        there = self._groups(set(names.values()))
        groups = {name: there.get(name) or [our_id("property_group", name)] for name in names}
        places = {_place(pair, used, groups): (pair[0].strip(), pair[1].strip()) for pair, used in wanted}
        known = {group for ids in there.values() for group in ids}
        found = self._options({place: pair[1] for place, pair in places.items() if place[0] in known})
        new = [_New(place, pair, place[0] not in known) for place, pair in places.items() if place not in found]
        made, problems = self._make(new)
        return Resolved(groups, found | made, problems)

    def _groups(self, names: set[str]) -> dict[str, list[str]]:
        """The ids of the groups that are there, by their plain name."""
        ours = {our_id("property_group", caseless(name)): caseless(name) for name in names}
        rows = [row for some in in_batches(sorted(names), NAMES_AT_ONCE) for row in self._groups_called(some)]
        found: dict[str, list[str]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.id):
            if caseless(row.title) in ours.values():
                found[caseless(row.title)].append(row.id)
        renamed = {ours[row.id]: [row.id] for row in rows if row.id in ours}
        return renamed | found

    def _groups_called(self, names: Sequence[str]) -> Iterator[WireOption]:
        ids = [our_id("property_group", caseless(name)) for name in names]
        yield from self._read("property-group", groups_called(names, ids))

    def _options(self, values: Mapping[Place, str]) -> dict[Place, str]:
        found: dict[Place, str] = {}
        for some in in_batches(list(values), NAMES_AT_ONCE):
            ours = {_option_id(place): place for place in some}
            search = options_called(
                sorted({group for group, _ in some}), sorted({values[each] for each in some}), list(ours)
            )
            rows = sorted(self._read("property-group-option", search), key=lambda row: row.id, reverse=True)
            found |= {ours[row.id]: row.id for row in rows if row.id in ours}
            found |= {(row.group_id, caseless(row.title)): row.id for row in rows}
        return {place: row for place, row in found.items() if place in values}

    def _make(self, new: Sequence["_New"]) -> tuple[dict[Place, str], dict[Place, Problem]]:
        refused = settle(new, self._send)
        problems = {new[place].place: problem for place, problem in refused.items()}
        return {each.place: each.id for each in new if each.place not in problems}, problems

    def _send(self, new: Sequence["_New"]) -> Refused | None:
        """New groups go along once each; when one is refused, so are all of its values."""
        groups = {each.group: each.pair[0] for each in new if each.in_new_group}
        refusal = sync(
            self.api.client,
            [
                Operation("groups", "property_group", [self._named(row, name) for row, name in groups.items()]),
                Operation("values", "property_group_option", [self._value(each) for each in new]),
            ],
            self.facts.features,
        )
        if refusal is None:
            return None
        members = [[place for place, each in enumerate(new) if each.group == row] for row in groups]
        return blame(refusal, {"groups": members, "values": [(place,) for place in range(len(new))]})

    def _value(self, new: "_New") -> dict[str, Any]:
        return {**self._named(new.id, new.pair[1]), "groupId": new.group}

    def _named(self, row: str, name: str) -> dict[str, Any]:
        return {"id": row, **created_texts({"name": name}, self.facts.language)}

    def _read(self, entity: str, search: dict[str, Any]) -> list[WireOption]:
        rows = self.api.listing(entity, self.facts.headers, **search)
        return read_rows(_ROWS, list(rows), TITLE, "properties")


@dataclass(frozen=True)
class _New:
    """A value to be made."""

    place: Place
    pair: Pair
    in_new_group: bool

    @property
    def group(self) -> str:
        return self.place[0]

    @property
    def id(self) -> str:
        return _option_id(self.place)


def _place(pair: Pair, used: Collection[str], groups: Mapping[str, Sequence[str]]) -> Place:
    candidates = groups.get(caseless(pair[0]), ("",))
    return next((group for group in candidates if group in used), candidates[0]), caseless(pair[1])


def _option_id(place: Place) -> str:
    return our_id("property_group_option", *place)
