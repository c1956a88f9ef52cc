"""Writing products in bulk: one that is refused keeps no other from being written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.shopware.api import any_of, equals, strict
from shopbridge.connectors.shopware.catalogue.find import find, numbered, numbers, on_sale
from shopbridge.connectors.shopware.catalogue.plan import plan, product_fields
from shopbridge.connectors.shopware.catalogue.read import all_categories
from shopbridge.connectors.shopware.catalogue.records import ProductRecord, record_of
from shopbridge.connectors.shopware.catalogue.references import (
    REFUSED_PROPERTY,
    KnownProperties,
    References,
    find_references,
    names_properties,
)
from shopbridge.connectors.shopware.facts import ShopFacts, in_language, our_id
from shopbridge.connectors.shopware.sync import BLANK, Operation, Problem, Refused, blame, settle, sync, upsert_each
from shopbridge.connectors.shopware.wire import WireKey
from shopbridge.errors import Held
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

PRODUCT_BATCH = 50
ROWS_AT_ONCE = 400
"""Products and variants in one call: many more take the shop longer than anybody waits."""
VARIANTS_AT_ONCE = 100
"""A product with more of them is written in several calls."""
IDS_AT_ONCE = 200

PRODUCTS = "products"
_KEYS = strict("product", TypeAdapter(list[WireKey]), "products")


@dataclass(frozen=True)
class Part:
    """A piece of a product, small enough to be sent.

    Attributes:
        owner: The product's place among the drafts.
    """

    owner: int
    record: Mapping[str, Any]
    children: Sequence[Mapping[str, Any]]
    unlinked: Mapping[str, Sequence[Mapping[str, str]]]

    @property
    def rows(self) -> int:
        """How many products and variants it writes."""
        return 1 + len(self.children)

    def to_json(self) -> dict[str, Any]:
        """Return the record with the variants nested in it."""
        return {**self.record, **({"children": list(self.children)} if self.children else {})}


@dataclass(frozen=True)
class ShopwareProductWriter:
    """Writes products. All ids are known beforehand, so that everything may be repeated."""

    facts: ShopFacts
    properties: KnownProperties

    is_flat = False

    @property
    def batch(self) -> int:
        """Products of one call, as a rule."""
        return PRODUCT_BATCH

    @property
    def currency(self) -> CurrencyCode:
        """The chosen currency, else the shop's own; one call, once."""
        return self.facts.currency.code

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories below the chosen one."""
        return all_categories(self.facts)

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. May be repeated: its id follows from all that names it."""
        return write_category(self.facts, category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Tell that a variant's SKU leads to its product."""
        return find(self.facts, skus)

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into Shopware's words."""
        return plan(change, self.facts.settings.short_text_field)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by what is there now; two searches for 500."""
        return on_sale(self.facts.api, skus)

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order."""
        refs = find_references(self.facts, drafts, self.properties)
        outcomes = self._write(drafts, refs)
        doubtful = {at: draft for at, draft in enumerate(drafts) if refs.remembered and _in_doubt(draft, outcomes[at])}
        renewed = self._write_afresh(doubtful)
        return [renewed.get(at, outcome) for at, outcome in enumerate(outcomes)]

    def _write_afresh(self, drafts: Mapping[int, ProductDraft]) -> dict[int, ProductOutcome]:
        """Once more with properties asked for anew: somebody may have deleted one that we remember."""
        if not drafts:
            return {}
        self.properties.forget()
        again = list(drafts.values())
        refs = find_references(self.facts, again, self.properties)
        return dict(zip(drafts, self._write(again, refs), strict=True))

    def _write(self, drafts: Sequence[ProductDraft], refs: References) -> list[ProductOutcome]:
        made = self._guarded([_attempt(draft, refs) for draft in drafts])
        records = {place: each for place, each in enumerate(made) if isinstance(each, ProductRecord)}
        refused = self._send_all({place: record for place, record in records.items() if not record.is_empty})
        return [
            _outcome(draft, each, refused.get(place))
            for place, (draft, each) in enumerate(zip(drafts, made, strict=True))
        ]

    def deactivate(self, ids: Sequence[ExternalId]) -> dict[ExternalId, Reason]:
        """Take products off sale, with the variants that are switched on themselves."""
        variants = [row for some in in_batches(ids, IDS_AT_ONCE) for row in self._variants_on_sale(some)]
        return {ExternalId(row): reason for row, reason in self._switch_off([*variants, *ids]).items()}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> dict[str, Reason]:
        """Take single variants off sale; those that are not on their product any more are passed over."""
        found = numbered(self.facts.api, list(variants))
        rows = {row.id: row.product_number for row in found if variants.get(row.product_number) == row.parent_id}
        return {rows[row]: reason for row, reason in self._switch_off(list(rows)).items()}

    def _guarded(self, made: Sequence[ProductRecord | Held]) -> list[ProductRecord | Held]:
        """Without those whose new id belongs to a product that somebody gave another number."""
        ids = [row for each in made if isinstance(each, ProductRecord) for row in each.made]
        known = numbers(self.facts.api, ids)
        return [each if isinstance(each, Held) else _unless_renumbered(each, known) for each in made]

    def _send_all(self, records: Mapping[int, ProductRecord]) -> dict[int, Problem]:
        """First every product with its first variants, then what is left of large ones."""
        parts = {place: list(_parts(place, record)) for place, record in records.items()}
        refused = self._settle([each[0] for each in parts.values()])
        rest = [part for place, each in parts.items() if place not in refused for part in each[1:]]
        return {**self._settle(rest), **refused}

    def _settle(self, parts: Sequence[Part]) -> dict[int, Problem]:
        found: dict[int, Problem] = {}
        for load in _loads(parts):
            found |= {load[place].owner: problem for place, problem in settle(load, self._send).items()}
        return found

    def _send(self, parts: Sequence[Part]) -> Refused | None:
        entities = dict.fromkeys(entity for part in parts for entity in part.unlinked)
        removed = {
            entity: [(place, link) for place, part in enumerate(parts) for link in part.unlinked.get(entity, ())]
            for entity in entities
        }
        operations = [
            Operation(PRODUCTS, "product", [part.to_json() for part in parts]),
            *(Operation(entity, entity, [link for _, link in links], "delete") for entity, links in removed.items()),
        ]
        refusal = sync(self.facts.api.client, operations, self.facts.features)
        if refusal is None:
            return None
        owners = {entity: [(place,) for place, _ in links] for entity, links in removed.items()}
        return blame(refusal, {PRODUCTS: [(place,) for place in range(len(parts))], **owners})

    def _switch_off(self, ids: Sequence[str]) -> dict[str, Reason]:
        """Why some could not be; one that is gone is off sale."""

        def send(some: Sequence[str]) -> Refused | None:
            records = [{"id": row, "active": False} for row in some]
            return upsert_each(self.facts.api.client, "product", records, self.facts.features)

        reasons: dict[str, Reason] = {}
        for some in in_batches(ids, IDS_AT_ONCE):
            problems = settle(some, send).items()
            # A blank field means that an insertion was tried.
            reasons |= {some[place]: _refused(problem) for place, problem in problems if problem.code != BLANK}
        return reasons

    def _variants_on_sale(self, parents: Sequence[str]) -> list[str]:
        includes = {"product": ["id", "autoIncrement"]}
        switched_on = [any_of("parentId", parents), equals("active", True)]
        return [row.id for row in self.facts.api.sweep(_KEYS, switched_on, includes=includes)]


def _attempt(draft: ProductDraft, refs: References) -> ProductRecord | Held:
    try:
        return record_of(draft, refs)
    except Held as reason:
        return reason


def _in_doubt(draft: ProductDraft, outcome: ProductOutcome) -> bool:
    """Tell whether a property that is not there any more may be what kept the product back."""
    refused = outcome.state == "failed" or (outcome.reason is not None and outcome.reason.code == REFUSED_PROPERTY)
    return refused and names_properties(draft.change)


def _unless_renumbered(record: ProductRecord, numbers: Mapping[str, str]) -> ProductRecord | Held:
    for row, sku in record.made.items():
        if numbers.get(row, sku) != sku:
            return Held(
                f"The product that was made in Shopware for {sku!r} has the number {numbers[row]!r} there now",
                code="renumbered",
                fix=f"Give it back the number {sku!r} in Shopware, or change the SKU at the source.",
            )
    return record


def _parts(place: int, record: ProductRecord) -> Iterator[Part]:
    first, *rest = list(in_batches(record.children, VARIANTS_AT_ONCE)) or [()]
    unlinked = {entity: links for entity, links in record.unlinked.items() if links}
    yield Part(place, record.record, first, unlinked)
    yield from (Part(place, {"id": record.id}, children, {}) for children in rest)


def _loads(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """As many parts as fit into a call."""
    load: list[Part] = []
    for part in parts:
        if load and sum(each.rows for each in load) + part.rows > ROWS_AT_ONCE:
            yield load
            load = []
        load.append(part)
    if load:
        yield load


def _outcome(draft: ProductDraft, made: ProductRecord | Held, problem: Problem | None) -> ProductOutcome:
    known = draft.change.known
    if isinstance(made, Held):
        reason = reason_of(made)
        return ProductOutcome(state="held", id=known.id if known else None, reason=reason)
    if problem:
        return ProductOutcome(state="failed", id=known.id if known else None, reason=_refused(problem))
    row = ExternalId(made.id)
    if made.is_empty:
        return ProductOutcome(state="unchanged", id=row, remarks=made.remarks)
    return ProductOutcome(state="updated" if known else "created", id=row, remarks=made.remarks)


def _refused(problem: Problem) -> Reason:
    return Reason(
        code="refused_by_shop",
        text=f"Shopware refuses the product: {problem.text}",
        fix="Correct at the source what the shop names; a plugin or a rule of the shop may be the cause, too.",
    )


def write_category(facts: ShopFacts, category: Category, known: ExternalId | None) -> ExternalId:
    """Create a category or bring it up to date; returns its id. Siblings may have one name: each is its own.

    One that we made under this name and that was renamed in the shop since is left as it is, and used.
    """
    parent = category.parent or facts.settings.root_category
    # A top category without a chosen root is left where it is.
    fields = {**({"parentId": parent} if parent else {}), "active": category.active}
    texts = in_language({"name": category.name}, facts.language, is_new=known is None)
    if known is not None:
        facts.api.patch("category", known, {**texts, **fields})
        return known
    made = ExternalId(our_id("category", parent or "", category.name, category.id))
    facts.api.create("category", {"id": made, **texts, **fields})
    return made
