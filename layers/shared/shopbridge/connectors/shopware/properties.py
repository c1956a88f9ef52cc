"""Property groups and their values, which are facts of products and what variants are made of alike (C9)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.ids import our_id
from shopbridge.connectors.shopware.paging import in_batches
from shopbridge.connectors.shopware.product_criteria import groups_called, options_called
from shopbridge.connectors.shopware.settling import Refused, blame, settle
from shopbridge.connectors.shopware.sync import Operation, Problem, sync
from shopbridge.connectors.shopware.texts import created_texts
from shopbridge.connectors.shopware.wire_products import WireOption
from shopbridge.errors import RetryLater

Pair = tuple[str, str]
"""A group's name and a value's."""

NAMES_AT_ONCE = 200
_ROWS = TypeAdapter(list[WireOption])


@dataclass(frozen=True)
class Resolved:
    """The ids of values by their names, and why some have none. Capitals do not count."""

    ids: dict[Pair, str] = field(default_factory=dict)
    problems: dict[Pair, Problem] = field(default_factory=dict)

    def id(self, pair: Pair) -> str | None:
        """The value's id; None when it could not be made."""
        return self.ids.get(_plain(pair))

    def problem(self, pair: Pair) -> Problem | None:
        """Why it could not be made."""
        return self.problems.get(_plain(pair))


@dataclass(frozen=True)
class Properties:
    """Finds values by name within their group, and makes those that are missing, once for all products.

    Names are not unique in Shopware: of several groups of one name the one with the lowest id is used, always the
    same. One that we made and that was renamed in the shop since is known by its id.
    """

    api: AdminApi
    facts: ShopFacts

    def resolve(self, pairs: Iterable[Pair]) -> Resolved:
        """Two searches for all of them, and one write where any are missing."""
        wanted = {_plain(pair): (pair[0].strip(), pair[1].strip()) for pair in pairs}
        if not wanted:
            return Resolved()
        groups = self._groups({group for group, _ in wanted.values()})
        found = self._options(groups, list(wanted.values()))
        missing = [pair for plain, pair in wanted.items() if plain not in found]
        made, problems = self._make(missing, groups)
        return Resolved(found | made, problems)

    def _groups(self, names: set[str]) -> dict[str, str]:
        """The id of each group that is there, by its plain name."""
        ours = {our_id("property_group", _fold(name)): _fold(name) for name in names}
        rows = [row for some in in_batches(sorted(names), NAMES_AT_ONCE) for row in self._groups_called(some)]
        by_id = {ours[row.id]: row.id for row in rows if row.id in ours}
        by_name = {_fold(row.title): row.id for row in sorted(rows, key=lambda row: row.id, reverse=True)}
        return by_id | {name: row for name, row in by_name.items() if name in ours.values()}

    def _groups_called(self, names: Sequence[str]) -> Iterator[WireOption]:
        ids = [our_id("property_group", _fold(name)) for name in names]
        yield from self._read("property-group", groups_called(names, ids))

    def _options(self, groups: dict[str, str], pairs: Sequence[Pair]) -> dict[Pair, str]:
        there = [(groups[_fold(group)], value) for group, value in pairs if _fold(group) in groups]
        found: dict[Pair, str] = {}
        for some in in_batches(there, NAMES_AT_ONCE):
            ours = {_option_id(group, value): _plain((group, value)) for group, value in some}
            names = sorted({value for _, value in some})
            search = options_called(sorted({group for group, _ in some}), names, list(ours))
            rows = sorted(self._read("property-group-option", search), key=lambda row: row.id, reverse=True)
            found |= {ours[row.id]: row.id for row in rows if row.id in ours}
            found |= {_plain((row.group_id, row.title)): row.id for row in rows}
        keys = {_plain(pair): (groups.get(_fold(pair[0]), ""), _fold(pair[1])) for pair in pairs}
        return {plain: found[key] for plain, key in keys.items() if key in found}

    def _make(self, pairs: Sequence[Pair], groups: dict[str, str]) -> tuple[dict[Pair, str], dict[Pair, Problem]]:
        new = [_New.of(pair, groups.get(_fold(pair[0]))) for pair in pairs]
        refused = settle(new, self._send)
        problems = {_plain(new[place].pair): problem for place, problem in refused.items()}
        return {_plain(each.pair): each.id for each in new if _plain(each.pair) not in problems}, problems

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
        try:
            return _ROWS.validate_python(list(self.api.listing(entity, self.facts.headers, **search)))
        except ValidationError as error:
            what = "The shop lists its properties in an unexpected form"
            raise RetryLater(what, after=300, where=f"Shopware {entity}") from error


@dataclass(frozen=True)
class _New:
    """A value to be made."""

    pair: Pair
    group: str
    in_new_group: bool

    @classmethod
    def of(cls, pair: Pair, group: str | None) -> "_New":
        return cls(pair, group or our_id("property_group", _fold(pair[0])), group is None)

    @property
    def id(self) -> str:
        return _option_id(self.group, self.pair[1])


def _option_id(group: str, value: str) -> str:
    return our_id("property_group_option", group, _fold(value))


def _plain(pair: Pair) -> Pair:
    return _fold(pair[0]), _fold(pair[1])


def _fold(name: str) -> str:
    """As the shop's database compares names."""
    return name.strip().casefold()
