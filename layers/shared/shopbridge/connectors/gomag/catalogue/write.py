"""Creating and changing products. No write answers an id, so every creation is looked for before and after it.

What is sold (price and stock by SKU) goes by the call for stock and prices; what describes a product by its id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from shopbridge.connectors.gomag.api import NO_DATA, TITLE, GomagApi
from shopbridge.connectors.gomag.catalogue.map import PresentProduct
from shopbridge.connectors.gomag.catalogue.plan import SOLD, plan, product_fields
from shopbridge.connectors.gomag.catalogue.read import KeptTree
from shopbridge.connectors.gomag.product_index import GomagProductIndex, ProductsBySku, SeenProduct, on_sale
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.stock import Inventory
from shopbridge.connectors.kit.batches import Refused, settle
from shopbridge.connectors.kit.plans import VARIANTS
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.prices import refuse_other_tax
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

IDS_AT_ONCE = 100
NO_VERSION_SWITCH = Reason(
    code="no_version_switch",
    text="Gomag's API has no switch for a single version, and the source does not offer this one any more",
    fix="Set its stock to 0 in Gomag or delete the version there: then nothing is told of it any more.",
)
WRITE, PATCH = "product/write", "product/patch"
_TEXTS = ("name", "description")
Paths = list[list[str]]
Ready = tuple[ProductDraft, Paths]
"""A draft and its categories, as paths of names."""
_BESIDE = frozenset({VARIANTS, "specialPrice", "stock"})


@dataclass(frozen=True)
class GomagProductWriter:
    """Writes products. A call that is refused is refused for all its rows, so the flow then sends each alone."""

    api: GomagApi
    index: GomagProductIndex
    tree: KeptTree
    inventory: Inventory
    settings: GomagSettings

    batch = 10
    """Products in one call: each new one is looked for twice, and our share is a call every two seconds."""
    is_flat = False

    @property
    def currency(self) -> CurrencyCode:
        """As the settings say."""
        return self.settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.kept.refreshed().categories

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown when the new one does not show."""
        return self.tree.categories.write(category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Tell that a version's SKU leads to its product. Raises Held for a product that is not what we know."""
        found = self.index.find(skus)
        odd = next((seen.target for each in found.values() for seen in each if isinstance(seen.target, Held)), None)
        if odd is not None:
            raise odd
        return {
            sku: [seen.target for seen in each if isinstance(seen.target, TargetProduct)] for sku, each in found.items()
        }

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into Gomag's words."""
        return plan(change, self.settings)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by the list, read some minutes ago at the most."""
        return on_sale(self.index.find(skus))

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return None of them, and why."""
        return dict.fromkeys(variants, NO_VERSION_SWITCH)

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
            Rejected: Gomag refuses some of them together; none, some or all were written.
        """
        paths = [_tax_fault(draft) or self._paths(draft) for draft in drafts]
        outcomes: dict[int, ProductOutcome] = {
            place: _held(drafts[place], path) for place, path in enumerate(paths) if isinstance(path, Held)
        }
        ready = {place: path for place, path in enumerate(paths) if not isinstance(path, Held)}
        outcomes |= self._create({at: (drafts[at], path) for at, path in ready.items() if not drafts[at].change.known})
        outcomes |= self._update({at: (drafts[at], path) for at, path in ready.items() if drafts[at].change.known})
        return [outcomes[place] for place in range(len(drafts))]

    def deactivate(self, ids: Sequence[ExternalId]) -> dict[ExternalId, Reason]:
        """Take products off sale; one that is gone is no problem."""
        refused: dict[ExternalId, Reason] = {}
        for some in in_batches(ids, IDS_AT_ONCE):
            problems = settle(some, self._switch_off)
            refused |= {some[at]: _refused(error) for at, error in problems.items()}
        self.index.forget(int(product) for product in ids)
        return refused

    def _paths(self, draft: ProductDraft) -> Paths | Held:
        """The product's categories as Gomag wants them written: as paths of names."""
        try:
            return [list(self.tree.kept.value().path_of(category)) for category in draft.change.categories]
        except Held:
            pass
        try:
            return [list(self.tree.kept.refreshed().path_of(category)) for category in draft.change.categories]
        except Held as reason:
            return reason

    # --- new ones -----------------------------------------------------------------------------------------------

    def _create(self, drafts: Mapping[int, Ready]) -> dict[int, ProductOutcome]:
        if not drafts:
            return {}
        keys = {at: _key(draft) for at, (draft, _) in drafts.items()}
        self._refuse_known(self.index.look(keys.values()))
        records = [self._new_record(draft, paths) for draft, paths in drafts.values()]
        try:
            self.api.post(WRITE, records, repeatable=False)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=60, where=error.where) from error
        self.inventory.write([row for draft, _ in drafts.values() for row in _sold_rows(draft)])
        found = self.index.look(keys.values())
        return {at: _created(draft, found.get(keys[at], ())) for at, (draft, _) in drafts.items()}

    def _refuse_known(self, found: ProductsBySku) -> None:
        """An answer that was lost earlier: the flow looks again, and brings up to date what is there now."""
        if found:
            raise RetryLater(
                f"Gomag has {', '.join(sorted(found))} by now, though it did not a moment ago",
                after=1,
                where="Gomag products",
            )

    def _new_record(self, draft: ProductDraft, paths: Sequence[Sequence[str]]) -> dict[str, Any]:
        """Even a product without versions is created through one (platform file, G1)."""
        payload = draft.payload
        own: dict[str, Any] = {name: payload[name] for name in ("price", "stock", "weight", "ean") if name in payload}
        rows = [_version(row) for row in payload[VARIANTS]] or [{"sku": draft.change.product.sku, **own}]
        without_price = draft.change.price is None and "price" not in payload
        versions = [{"price": Decimal(0), "stock": Decimal(0), **row} for row in rows]
        described = {name: value for name, value in payload.items() if name not in {*own, *_BESIDE, "price"}}
        record = {
            **self._with_language(described),
            **({"categories": paths} if paths else {}),
            **({"enabled": False} if without_price else {}),
            "versions": versions,
        }
        return _as_sent(record)

    # --- known ones ---------------------------------------------------------------------------------------------

    def _update(self, drafts: Mapping[int, Ready]) -> dict[int, ProductOutcome]:
        if not drafts:
            return {}
        self.index.forget(int(draft.change.known.id) for draft, _ in drafts.values() if draft.change.known)
        records = [record for draft, paths in drafts.values() for record in self._changes(draft, paths)]
        if records:
            self.api.post(PATCH, records, repeatable=True)
        rows = [row for draft, _ in drafts.values() for row in _sold_rows(draft)]
        self.inventory.write(rows)
        missing = self._missing({at: draft for at, (draft, _) in drafts.items()})
        touched = bool(records or rows)
        return {at: _updated(draft, missing.get(at, ()), touched=touched) for at, (draft, _) in drafts.items()}

    def _changes(self, draft: ProductDraft, paths: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
        known, payload = draft.change.known, draft.payload
        single = not payload[VARIANTS]
        left_out = {*_BESIDE, *(("price",) if single else ())}
        described = {name: value for name, value in payload.items() if name not in left_out}
        versions = [row for row in (_change_of_version(row, draft) for row in payload[VARIANTS]) if len(row) > 1]
        record = {
            **self._with_language(described),
            **({"categories": paths} if "categories" in draft.change.fields else {}),
            **({"versions": versions} if versions else {}),
        }
        if record and known:
            yield _as_sent({"id": int(known.id), **record})

    def _missing(self, drafts: Mapping[int, ProductDraft]) -> dict[int, Sequence[str]]:
        """[inferred] Versions that a patch should have added: Gomag may pass over them without a word."""
        added = {at: skus for at, draft in drafts.items() if (skus := _new_versions(draft))}
        found = self.index.look(sku for skus in added.values() for sku in skus) if added else {}
        return {at: [sku for sku in skus if sku not in found] for at, skus in added.items()}

    def _switch_off(self, ids: Sequence[ExternalId]) -> Refused[Rejected] | None:
        try:
            self.api.post(PATCH, [{"id": int(product), "enabled": 0} for product in ids], repeatable=True)
        except Rejected as error:
            return None if error.code == NO_DATA else Refused(error)
        return None

    def _with_language(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Texts are written by language."""
        return {name: {self.settings.language: value} if name in _TEXTS else value for name, value in fields.items()}


def _tax_fault(draft: ProductDraft) -> Held | None:
    vat = draft.payload.get("vat")
    try:
        refuse_other_tax(draft.converted_by, vat if isinstance(vat, Decimal) else None, TITLE)
    except Held as fault:
        return fault
    return None


def _key(draft: ProductDraft) -> str:
    """What a new product is looked for by: a parent made from several versions may have no SKU of its own."""
    rows = draft.payload[VARIANTS]
    return str(rows[0]["sku"]) if rows else draft.change.product.sku


def _version(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "specialPrice"}


def _change_of_version(row: Mapping[str, Any], draft: ProductDraft) -> dict[str, Any]:
    """All of a new version; of a known one what the call for stock and prices does not take."""
    if row["sku"] in _new_versions(draft):
        return {"price": Decimal(0), **_version(row)}
    return {name: value for name, value in row.items() if name not in SOLD}


def _new_versions(draft: ProductDraft) -> list[str]:
    known = draft.change.known
    there = known.noted(PresentProduct).versions if known else ()
    return [str(row["sku"]) for row in draft.payload[VARIANTS] if row["sku"] not in there]


def _sold_rows(draft: ProductDraft) -> Iterator[dict[str, Any]]:
    """Yield price and stock of what is there; of what is new its special price, which creating does not take."""
    new = None if draft.change.known is None else _new_versions(draft)
    for row in draft.payload[VARIANTS] or [{**draft.payload, "sku": draft.change.product.sku}]:
        names = ("specialPrice",) if new is None or row["sku"] in new else SOLD
        if sold := {name: row[name] for name in names if row.get(name) is not None}:
            yield {"sku": row["sku"], **sold}


def _as_sent(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    """As JSON and Gomag take it: numbers, and 0 or 1 for switches."""
    match value:
        case bool():
            return int(value)
        case Decimal():
            return json_number(value)
        case Mapping():
            return _as_sent(value)
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value


def _created(draft: ProductDraft, seen: Sequence[SeenProduct]) -> ProductOutcome:
    if not seen:
        reason = Reason(
            code="not_listed",
            text=f"Gomag says that it made {_key(draft)!r}, but does not list it",
            fix="Nothing to do: the next run looks for it before it makes anything. If it stays so, look in Gomag.",
        )
        return ProductOutcome(state="failed", reason=reason)
    newest = max(each.sold.id for each in seen)
    return ProductOutcome(state="created", id=ExternalId(str(newest)), remarks=tuple(_remarks(draft, ())))


def _updated(draft: ProductDraft, missing: Sequence[str], *, touched: bool) -> ProductOutcome:
    known = draft.change.known
    state: Literal["updated", "unchanged"] = "updated" if touched else "unchanged"
    return ProductOutcome(state=state, id=known.id if known else None, remarks=tuple(_remarks(draft, missing)))


def _held(draft: ProductDraft, held: Held) -> ProductOutcome:
    known = draft.change.known
    return ProductOutcome(state="held", id=known.id if known else None, reason=reason_of(held))


def _refused(error: Rejected) -> Reason:
    return Reason(code="refused_by_shop", text=error.what, fix=error.fix)


def _remarks(draft: ProductDraft, missing: Sequence[str]) -> Iterator[str]:
    """What Gomag's API has no way for."""
    change, product = draft.change, draft.change.product
    known = change.known.noted(PresentProduct).versions if change.known else ()
    if "short_text" in change.fields and product.short_text:
        yield "The short text was left out: Gomag has no field for it."
    if "features" in change.fields and product.features:
        yield "The features were left out: Gomag's API cannot write a product's attributes."
    if _new_versions(draft):
        yield "Choose in Gomag what the new versions differ in: its API cannot write that."
    if change.known is None and change.price is None and "price" not in draft.payload:
        yield "It was created switched off and without a price, since prices are not carried."
    if missing:
        yield f"Gomag did not add these versions; add them there: {', '.join(missing)}."
    if foreign := sorted(set(known) - {variant.sku for variant in product.variants}):
        yield f"Gomag has versions that the source does not have; they were left as they are: {', '.join(foreign)}."
