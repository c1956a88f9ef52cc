"""What products refer to: taxes, and values of property groups, which are features and what variants differ in (C9)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.shopware.api import any_of, either, strict
from shopbridge.connectors.shopware.catalogue.find import present_of
from shopbridge.connectors.shopware.facts import ShopFacts, in_language, our_id, percentage
from shopbridge.connectors.shopware.sync import Operation, Problem, Refused, blame, settle, sync
from shopbridge.connectors.shopware.wire import WireOption
from shopbridge.errors import Held
from shopbridge.mapping.names import caseless
from shopbridge.mapping.prices import tax_fix
from shopbridge.model.base import in_batches
from shopbridge.model.catalogue import ProductChange, ProductDraft, Variant
from shopbridge.ports import Clock

Pair = tuple[str, str]
"""A group's name and a value's."""
Place = tuple[str, str]
"""A group's id and a value's plain name."""

NAMES_AT_ONCE = 200
BELIEVED, MOST_KNOWN = timedelta(minutes=10), 20_000
"""How long what the shop told of its properties is believed, and of how many values: a run names the same again."""
GROUPS, OPTIONS = (
    strict(path, TypeAdapter(list[WireOption]), "properties") for path in ("property-group", "property-group-option")
)
REFUSED_PROPERTY = "refused_property"
_NAMED = ["id", "name", "translated"]
_NAMES = {"property_group": _NAMED, "property_group_option": [*_NAMED, "groupId"]}


@dataclass(frozen=True)
class References:
    """What a batch of drafts refers to: the ids of values by their names, and why some have none.

    Capitals do not count.

    Attributes:
        groups: The groups of each plain name, the one to be used first; a new one is there already.
        ids: By group and plain name.
        problems: Likewise.
        remembered: Some were not asked for anew: by now they may be gone.
    """

    facts: ShopFacts
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ids: Mapping[Place, str] = field(default_factory=dict)
    problems: Mapping[Place, Problem] = field(default_factory=dict)
    remembered: bool = False

    @property
    def channels(self) -> Sequence[str]:
        """Where new products are shown."""
        return self.facts.settings.visible_in or self.facts.settings.sales_channels

    def id(self, pair: Pair, used: Collection[str]) -> str | None:
        """Return the value's id, in a group that the product uses, if there is one; None when it could not be made."""
        return self.ids.get(_place(pair, used, self.groups))

    def problem(self, pair: Pair, used: Collection[str]) -> Problem | None:
        """Return why it could not be made."""
        return self.problems.get(_place(pair, used, self.groups))

    def option(self, pair: Pair, used: Collection[str]) -> str:
        """Return the value's id. Raises Held when it is refused."""
        found, problem = self.id(pair, used), self.problem(pair, used)
        if found is None:
            raise Held(
                f"Shopware refuses the property {pair[0]}: {pair[1]}" + (f" ({problem.text})" if problem else ""),
                code=REFUSED_PROPERTY,
                fix="Create the value in Shopware under Catalogues, Properties, or correct it at the source.",
            )
        return found

    def tax(self, rate: Decimal) -> str:
        """Return the id of the tax of this rate. Raises Held when the shop has none."""
        found = self.facts.tax_id(rate)
        if found is None:
            raise Held(
                f"Shopware has no tax of {percentage(rate)} %",
                code="unknown_tax",
                fix=f"Create a tax of {percentage(rate)} % in Shopware under Settings, Tax.",
            )
        return found


@dataclass
class KnownProperties:
    """Groups and values that are in the shop, as it told or as we made them, for some minutes.

    Attributes:
        groups: By their plain names, as in ``References``; likewise ``ids``.
    """

    clock: Clock
    groups: dict[str, Sequence[str]] = field(default_factory=dict)
    ids: dict[Place, str] = field(default_factory=dict)
    _since: datetime | None = None

    def forget_old(self) -> None:
        """Forget all of it once the oldest is too old, or it is too much."""
        now = self.clock()
        if self._since is None or now - self._since >= BELIEVED or len(self.ids) >= MOST_KNOWN:
            self.forget()
            self._since = now

    def forget(self) -> None:
        """Forget all of it: something is not there any more."""
        self.groups.clear()
        self.ids.clear()

    def note(self, groups: Mapping[str, Sequence[str]], ids: Mapping[Place, str]) -> None:
        """Note values with the groups that they are in."""
        used = {group for group, _ in ids}
        self.groups |= {name: found for name, found in groups.items() if used.intersection(found)}
        self.ids |= ids


def find_references(facts: ShopFacts, drafts: Sequence[ProductDraft], known: KnownProperties) -> References:
    """Find the values of property groups that these drafts name, and make those that are missing, once for all.

    Names are not unique in Shopware: of several groups of one name a product keeps to the one that it uses already;
    else the one with the lowest id is used, always the same. One that we made and that was renamed in the shop since
    is known by its id. Two searches for all that is not known yet, and one write where any are missing.
    """
    wanted = [(pair, present_of(draft.change).groups) for draft in drafts for pair in _pairs(draft.change)]
    if not wanted:
        return References(facts)
    known.forget_old()
    names = {caseless(group): group.strip() for (group, _), _ in wanted}
    remembered = {name: known.groups[name] for name in names if name in known.groups}
    there = remembered | _groups(facts, {text for name, text in names.items() if name not in remembered})
    groups = {name: there.get(name) or [our_id("property_group", name)] for name in names}
    places = {_place(pair, used, groups): (pair[0].strip(), pair[1].strip()) for pair, used in wanted}
    in_shop = {group for ids in there.values() for group in ids}
    found = _found(facts, {place: pair for place, pair in places.items() if place[0] in in_shop}, known)
    new = [_New(place, pair, place[0] not in in_shop) for place, pair in places.items() if place not in found]
    refused = settle(new, lambda some: _make(facts, some))
    problems = {new[at].place: problem for at, problem in refused.items()}
    ids = found | {each.place: each.id for each in new if each.place not in problems}
    known.note(groups, ids)
    return References(facts, groups, ids, problems, remembered=bool(remembered))


def writes_tax(change: ProductChange) -> bool:
    """Tell whether the tax is to be written: a new product needs one in any case."""
    return change.known is None or "tax" in change.fields


def tax_rate(change: ProductChange) -> Decimal:
    """Return the rate the product will have in the shop. Raises Held when the source does not say."""
    rate = change.rate_after
    if rate is None:
        raise Held(
            "Nobody tells which tax the product has in Shopware",
            code="no_tax_rate",
            fix=tax_fix("Shopware", keeps_tax=change.keeps_tax),
        )
    return rate


def variant_pairs(variant: Variant) -> list[Pair]:
    """Return what makes the variant this one."""
    return list(variant.options.items())


def feature_pairs(change: ProductChange) -> list[Pair]:
    """Return the facts to be written; one without a value is none."""
    if "features" not in change.fields:
        return []
    pairs = ((feature.name, feature.value) for feature in change.product.features)
    return [pair for pair in dict.fromkeys(pairs) if pair[0].strip() and pair[1].strip()]


def names_properties(change: ProductChange) -> bool:
    """Tell whether values of property groups are written with the product."""
    return any(True for _ in _pairs(change))


def _pairs(change: ProductChange) -> Iterator[Pair]:
    for variant in change.product.variants:
        yield from variant_pairs(variant)
    yield from feature_pairs(change)


def _groups(facts: ShopFacts, names: set[str]) -> dict[str, list[str]]:
    """The ids of the groups that are there, by their plain name."""
    ours = {our_id("property_group", caseless(name)): caseless(name) for name in names}
    rows: list[WireOption] = []
    for some in in_batches(sorted(names), NAMES_AT_ONCE):
        ids = [our_id("property_group", caseless(name)) for name in some]
        rows += facts.api.listing(GROUPS, facts.headers, filter=[_called(some, ids)], includes=_NAMES)
    found: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        if caseless(row.title) in ours.values():
            found[caseless(row.title)].append(row.id)
    renamed = {ours[row.id]: [row.id] for row in rows if row.id in ours}
    return renamed | found


def _found(facts: ShopFacts, places: Mapping[Place, Pair], known: KnownProperties) -> dict[Place, str]:
    """The ids of values that are there: those that are known, and the others as the shop tells them."""
    remembered = {place: known.ids[place] for place in places if place in known.ids}
    return remembered | _options(facts, {place: pair[1] for place, pair in places.items() if place not in remembered})


def _options(facts: ShopFacts, values: Mapping[Place, str]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for some in in_batches(list(values), NAMES_AT_ONCE):
        ours = {_option_id(place): place for place in some}
        names, groups = sorted({values[each] for each in some}), sorted({group for group, _ in some})
        filters = [any_of("groupId", groups), _called(names, list(ours))]
        listed = facts.api.listing(OPTIONS, facts.headers, filter=filters, includes=_NAMES)
        rows = sorted(listed, key=lambda row: row.id, reverse=True)
        found |= {ours[row.id]: row.id for row in rows if row.id in ours}
        found |= {(row.group_id, caseless(row.title)): row.id for row in rows}
    return {place: row for place, row in found.items() if place in values}


def _called(names: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """What has these names, or what we made for them."""
    return either([any_of("name", names), any_of("id", ids)])


def _make(facts: ShopFacts, new: Sequence["_New"]) -> Refused | None:
    """New groups go along once each; when one is refused, so are all of its values."""
    groups = {each.group: each.pair[0] for each in new if each.in_new_group}

    def named(row: str, name: str) -> dict[str, Any]:
        return {"id": row, **in_language({"name": name}, facts.language, is_new=True)}

    values = [{**named(each.id, each.pair[1]), "groupId": each.group} for each in new]
    operations = [
        Operation("groups", "property_group", [named(row, name) for row, name in groups.items()]),
        Operation("values", "property_group_option", values),
    ]
    refusal = sync(facts.api.client, operations, facts.features)
    if refusal is None:
        return None
    members = [[place for place, each in enumerate(new) if each.group == row] for row in groups]
    return blame(refusal, {"groups": members, "values": [(place,) for place in range(len(new))]})


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
