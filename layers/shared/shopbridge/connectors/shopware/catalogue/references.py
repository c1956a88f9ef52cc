"""Property groups and their values, which are facts of products and what variants are made of alike (C9)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.shopware.api import any_of, either, strict
from shopbridge.connectors.shopware.catalogue.find import Present
from shopbridge.connectors.shopware.facts import Currency, ShopFacts, created_texts, our_id, percentage
from shopbridge.connectors.shopware.sync import Operation, Problem, Refused, blame, settle, sync
from shopbridge.connectors.shopware.wire import WireOption
from shopbridge.errors import Held
from shopbridge.mapping.names import caseless
from shopbridge.mapping.prices import tax_fix
from shopbridge.model.base import in_batches
from shopbridge.model.catalogue import ProductChange, ProductDraft, Variant

Pair = tuple[str, str]
"""A group's name and a value's."""
Place = tuple[str, str]
"""A group's id and a value's plain name."""

NAMES_AT_ONCE = 200
GROUPS, OPTIONS = (
    strict(path, TypeAdapter(list[WireOption]), "properties") for path in ("property-group", "property-group-option")
)


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
class References:
    """What a batch of drafts needs.

    Attributes:
        taxes: By rate; None for a rate the shop does not have.
        channels: Where new products are shown.
        teaser: The release has a short text of its own.
    """

    currency: Currency
    language: str
    taxes: Mapping[Decimal, str | None]
    options: Resolved
    channels: Sequence[str]
    teaser: bool

    def tax(self, rate: Decimal) -> str:
        """The tax of this rate. Raises Held when the shop has none."""
        found = self.taxes.get(rate)
        if found is None:
            raise Held(
                f"Shopware has no tax of {percentage(rate)} %",
                code="unknown_tax",
                fix=f"Create a tax of {percentage(rate)} % in Shopware under Settings, Tax.",
            )
        return found

    def option(self, pair: Pair, used: Sequence[str]) -> str:
        """The value of this group, where several have its name one of those used. Raises Held when it is refused."""
        found, problem = self.options.id(pair, used), self.options.problem(pair, used)
        if found is None:
            raise Held(
                f"Shopware refuses the property {pair[0]}: {pair[1]}" + (f" ({problem.text})" if problem else ""),
                code="refused_property",
                fix="Create the value in Shopware under Catalogues, Properties, or correct it at the source.",
            )
        return found


def find_references(facts: ShopFacts, drafts: Sequence[ProductDraft]) -> References:
    """Look up what these drafts need, and make the property values that are missing; three searches at most."""
    rates = {draft.change.product.tax_rate for draft in drafts if writes_tax(draft.change)}
    wanted = [(pair, used) for draft in drafts for used in [groups_of(draft.change)] for pair in _pairs(draft.change)]
    settings = facts.settings
    return References(
        currency=facts.currency,
        language=facts.language,
        taxes={rate: facts.tax_id(rate) for rate in rates if rate is not None},
        options=Properties(facts).resolve(wanted),
        channels=settings.visible_in or settings.sales_channels,
        teaser=facts.features.teaser,
    )


def writes_tax(change: ProductChange) -> bool:
    """Whether the tax is to be written: a new product needs one in any case."""
    return change.known is None or "tax" in change.fields


def tax_rate(change: ProductChange) -> Decimal:
    """The rate the product will have in the shop. Raises Held when the source does not say."""
    rate = change.rate_after
    if rate is None:
        raise Held(
            "Nobody tells which tax the product has in Shopware",
            code="no_tax_rate",
            fix=tax_fix("Shopware", keeps_tax=change.keeps_tax),
        )
    return rate


def groups_of(change: ProductChange) -> Sequence[str]:
    """The property groups that the product uses in the shop."""
    return Present.of(change.known).groups if change.known else ()


def variant_pairs(variant: Variant) -> list[Pair]:
    """What makes the variant this one."""
    return list(variant.options.items())


def feature_pairs(change: ProductChange) -> list[Pair]:
    """The facts to be written; one without a value is none."""
    if "features" not in change.fields:
        return []
    pairs = ((feature.name, feature.value) for feature in change.product.features)
    return [pair for pair in dict.fromkeys(pairs) if pair[0].strip() and pair[1].strip()]


def _pairs(change: ProductChange) -> Iterator[Pair]:
    for variant in change.product.variants:
        yield from variant_pairs(variant)
    yield from feature_pairs(change)


@dataclass(frozen=True)
class Properties:
    """Finds values by name within their group, and makes those that are missing, once for all products.

    Names are not unique in Shopware: of several groups of one name a product keeps to the one that it uses already;
    else the one with the lowest id is used, always the same. One that we made and that was renamed in the shop since
    is known by its id.
    """

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
        return self.facts.api.listing(GROUPS, self.facts.headers, **groups_called(names, ids))

    def _options(self, values: Mapping[Place, str]) -> dict[Place, str]:
        found: dict[Place, str] = {}
        for some in in_batches(list(values), NAMES_AT_ONCE):
            ours = {_option_id(place): place for place in some}
            search = options_called(
                sorted({group for group, _ in some}), sorted({values[each] for each in some}), list(ours)
            )
            listed = self.facts.api.listing(OPTIONS, self.facts.headers, **search)
            rows = sorted(listed, key=lambda row: row.id, reverse=True)
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
            self.facts.api.client,
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


def groups_called(names: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Property groups of these names, or that we made for them."""
    return {
        "filter": [either([any_of("name", names), any_of("id", ids)])],
        "includes": {"property_group": ["id", "name", "translated"]},
    }


def options_called(groups: Sequence[str], names: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Values in these groups of these names, or that we made for them."""
    return {
        "filter": [any_of("groupId", groups), either([any_of("name", names), any_of("id", ids)])],
        "includes": {"property_group_option": ["id", "groupId", "name", "translated"]},
    }
