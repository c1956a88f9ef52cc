"""A source and a target of products in memory, and a bridge between them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import repeat
from types import SimpleNamespace
from typing import Any

from shopbridge.errors import RetryLater
from shopbridge.flows.products.change import FIELDS
from shopbridge.flows.products.sync import product_work
from shopbridge.flows.runs import LEASE, run_slice
from shopbridge.flows.starts import resume, start, stop
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    Category,
    Price,
    Product,
    ProductChange,
    ProductDraft,
    ProductOutcome,
    ProductPage,
    TargetProduct,
    UnreadableProduct,
    Variant,
)
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import Run
from tests.unit.flow_samples import connection_with
from tests.unit.memory_stores import Calls, Clock, MemoryWorld

MAPPED = {"attributes": {"Size": "Maat", "Colour": "="}, "features": {"Material": "Materiaal"}}


def euro(amount: str, currency: str = "EUR") -> Price:
    return Price(amount=Decimal(amount), gross=True, currency=currency)


def a_variant(sku: str, size: str = "M", **changes: Any) -> Variant:
    fields = {"ean": "", "active": True, "options": {"Size": size}, "prices": {}, "stock": Decimal(3)}
    return Variant(**{"id": ExternalId(f"v-{sku}"), "sku": sku, **fields, **changes})


def a_product(number: int, **changes: Any) -> Product:
    """A simple product of rank ``number``, all filled."""
    fields: dict[str, Any] = {
        "id": ExternalId(f"s{number}"),
        "rank": number,
        "sku": f"SKU-{number}",
        "name": f"Product {number}",
        "short_text": "Short",
        "long_text": "Long",
        "ean": "4006381333931",
        "active": True,
        "tax_rate": Decimal(21),
        "prices": {"regular": euro("10.00")},
        "stock": Decimal(5),
        "categories": (),
        "features": (),
        "variants": (),
        "images": 0,
        "extras": {},
    }
    return Product(**{**fields, **changes})


def with_variants(number: int, *sizes: str, **changes: Any) -> Product:
    """A product sold in sizes."""
    variants = tuple(a_variant(f"SKU-{number}-{size}", size) for size in sizes or ("S", "M"))
    return a_product(number, variants=variants, stock=None, **changes)


def a_category(key: str, parent: str = "", name: str = "", *, active: bool = True) -> Category:
    return Category(
        id=ExternalId(key), parent=ExternalId(parent) if parent else None, name=name or key.title(), active=active
    )


@dataclass
class FakeSource:
    """Products by rank, a page at a time."""

    calls: Calls
    page_size: int = 3
    shelf: dict[int, Product | UnreadableProduct] = field(default_factory=dict)
    tree: list[Category] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)

    def put(self, *products: Product | UnreadableProduct) -> None:
        self.shelf.update({product.rank: product for product in products})

    def change(self, rank: int, **changes: Any) -> None:
        self.shelf[rank] = self.shelf[rank].model_copy(update=changes)

    def categories(self) -> Sequence[Category]:
        return self.calls.through("source categories", lambda: list(self.tree))

    def page(self, position: str | None) -> ProductPage:
        return self.calls.through("page", lambda: self._page(int(position or 0)))

    def _page(self, after: int) -> ProductPage:
        if error := self.trouble.pop("page", None):
            raise error
        ranks = [rank for rank in sorted(self.shelf) if rank > after]
        records = [self.shelf[rank] for rank in ranks[: self.page_size]]
        return ProductPage(
            products=tuple(each for each in records if isinstance(each, Product)),
            unreadable=tuple(each for each in records if isinstance(each, UnreadableProduct)),
            position=str(records[-1].rank) if len(ranks) > self.page_size else None,
        )


@dataclass
class FakeTarget:
    """Takes products; every record of a batch is an outside call of its own, as in the worst of targets.

    Attributes:
        refusals: By SKU, what is said to a product.
    """

    calls: Calls
    batch: int = 2
    currency: str = "EUR"
    is_flat: bool = False
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    tree: dict[ExternalId, Category] = field(default_factory=dict)
    refusals: dict[str, Exception | Reason] = field(default_factory=dict)
    trouble: dict[str, Exception] = field(default_factory=dict)
    sent: list[ProductChange] = field(default_factory=list)
    off: list[str] = field(default_factory=list)

    def fields(self) -> Mapping[str, TargetField]:
        fields = TargetField("memo", "Memo", "text"), TargetField("variants[].memo", "Memo", "text")
        return {each.path: each for each in fields}

    def categories(self) -> Sequence[Category]:
        return self.calls.through("target categories", lambda: list(self.tree.values()))

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        return self.calls.through("write category", lambda: self._write_category(category, known))

    def _write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        refusal = self.refusals.get(category.name)
        if isinstance(refusal, Exception):
            raise refusal
        target = known or ExternalId(f"c{len(self.tree) + 1}")
        assert known is None or known in self.tree
        self.tree[target] = category.model_copy(update={"id": target})
        if lost := self.trouble.pop("category answer", None):
            raise lost
        return target

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        return self.calls.through("find", lambda: self._find(skus))

    def _find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        if error := self.trouble.pop("find", None):
            raise error
        found: dict[str, list[TargetProduct]] = {}
        for key, product in self.products.items():
            filled = frozenset(name for name in FIELDS if product.get(name) not in ("", None, ()))
            variants = frozenset(product["variants"])
            tax = product.get("tax")
            target = TargetProduct(
                id=ExternalId(key), sku=product["sku"], variants=variants, filled=filled, tax_rate=tax
            )
            for sku in {product["sku"], *product["variants"]} & set(skus):
                found.setdefault(sku, []).append(target)
        return found

    def plan(self, change: ProductChange) -> ProductDraft:
        error = self.refusals.get(change.product.sku)
        if isinstance(error, Exception):
            raise error
        rows = [_row(change, variant) for variant in change.product.variants]
        payload = {**_content(change), "variants": rows}
        return ProductDraft(change=change, payload=payload, variant_of_row=tuple(range(len(rows))))

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        assert 0 < len(drafts) <= self.batch
        outcomes = [self.calls.through("write", partial(self._write, draft)) for draft in drafts]
        if lost := self.trouble.pop("answer", None):
            raise lost
        return outcomes

    def _write(self, draft: ProductDraft) -> ProductOutcome:
        change = draft.change
        reason = self.refusals.get(change.product.sku)
        if isinstance(reason, Reason):
            return ProductOutcome(state="failed", reason=reason)
        self.sent.append(change)
        key = change.known.id if change.known else ExternalId(f"t{len(self.products) + 1}")
        before = self.products.get(key, {"sku": change.product.sku, "variants": {}})
        rows = {
            row["sku"]: {name: value for name, value in row.items() if name != "sku"}
            for row in draft.payload["variants"]
        }
        plain = {name: value for name, value in draft.payload.items() if name != "variants"}
        merged = {sku: {**before["variants"].get(sku, {}), **row} for sku, row in rows.items()}
        self.products[key] = {**before, **plain, "variants": {**before["variants"], **merged}}
        return ProductOutcome(state="updated" if change.known else "created", id=key)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        return self.calls.through("on sale", lambda: {sku: on for sku, on in self._on_sale().items() if sku in skus})

    def _on_sale(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for product in self.products.values():
            on = product.get("active") is not False
            found[product["sku"]] = on
            found |= {sku: on and row.get("active") is not False for sku, row in product["variants"].items()}
        return found

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        return self.calls.through("deactivate", lambda: self._deactivate_variants(variants))

    def _deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        refused = {sku: reason for sku in variants if isinstance(reason := self.refusals.get(sku), Reason)}
        for sku, key in variants.items():
            rows = self.products.get(key, {}).get("variants", {})
            if sku in rows and sku not in refused:
                rows[sku]["active"] = False
                self.off.append(sku)
        return refused

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        return self.calls.through("deactivate", lambda: self._deactivate(ids))

    def _deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        refused = {key: reason for key in ids if isinstance(reason := self.refusals.get(key), Reason)}
        for key in ids:
            if key in self.products and key not in refused:
                self.products[key]["active"] = False
                self.off.append(key)
        return refused


def _row(change: ProductChange, variant: Variant) -> dict[str, Any]:
    """Whether it is on goes with the product's, and with every variant that is new there."""
    is_new = change.known is None or variant.sku not in change.known.variants
    fields = change.fields | (change.new_variant_fields if is_new else frozenset())
    on = {"active": variant.active} if "active" in fields else {}
    return {"sku": variant.sku, "options": variant.options, **on}


def _content(change: ProductChange) -> dict[str, Any]:
    product = change.product
    values: dict[str, Any] = {name: getattr(product, name, None) for name in change.fields}
    if "price" in change.fields:
        values["price"] = change.price, change.variant_prices
    if "tax" in change.fields:
        values["tax"] = product.tax_rate
    if "categories" in change.fields:
        values["categories"] = change.categories
    return values


class World(MemoryWorld):
    """One connection between both, and what Lambda does."""

    def __init__(self, *, with_stock: Mapping[str, Any] | None = None, **products: Any) -> None:
        connection = connection_with(stock=with_stock or {}, products={"active": True, **MAPPED, **products})
        super().__init__(connection, Calls(), Clock())
        self.lengths: Iterator[int | None] = repeat(None)
        self.source = FakeSource(self.calls)
        self.target = FakeTarget(self.calls)

    def parts(self) -> dict[str, Any]:
        return {"platforms": self.platforms()}

    def platforms(self) -> Any:
        """Both sides as the flow gets at them."""
        return SimpleNamespace(
            parts=lambda _, __: SimpleNamespace(catalogue_source=self.source, catalogue_target=self.target)
        )

    def set(self, **products: Any) -> None:
        """Change settings of products."""
        settings = self.connection.settings
        changed = settings.model_copy(
            update={"products": settings.products.model_validate({**settings.products.model_dump(), **products})}
        )
        self.connections.connection = self.connection.model_copy(update={"settings": changed})

    # --- runs ---------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """The schedule asks."""
        self._slice(RunRequest(connection=self.connection.id, job="products"))

    def _slice(self, request: RunRequest) -> None:
        self.deadline.looks = next(self.lengths)
        run_slice(self.bridge, request, product_work)

    def slice(self) -> bool:
        """Work off one follow-up message; False when there is none."""
        if not self.queue.runs:
            return False
        self._slice(self.queue.runs.pop(0))
        return True

    def run(self, by: str = "") -> Run:
        """A run from beginning to end, on schedule or started by somebody."""
        if by:
            start(self.bridge, self.connection, "products", by)
        else:
            self.tick()
        while self.slice():
            pass
        return self.standing()

    def start_afresh(self) -> None:
        """Somebody wants everything to be sent again."""
        start(self.bridge, self.connection, "products", "anna", afresh=True)

    def settle(self, tries: int = 200) -> Run:
        """As the schedule goes on: until the run is done, whatever broke off."""
        for _ in range(tries):
            run = self.runs.of("products")
            if not self.queue.runs and run and run.state == "done":
                return run
            with suppress(RetryLater):
                if not self.slice():
                    self.clock.advance(seconds=LEASE.total_seconds())
                    self.tick()
        raise AssertionError(self.standing())

    def standing(self) -> Run:
        run = self.runs.of("products")
        assert run is not None
        return run

    def stop(self) -> Run:
        return stop(self.bridge, self.connection, "products")

    def resume(self) -> Run:
        return resume(self.bridge, self.connection, "products")

    def counts(self) -> tuple[int, ...]:
        """Found, created, updated, unchanged, held, failed."""
        return tuple(self.standing().counts.model_dump().values())

    # --- what became of it --------------------------------------------------------------------------------------

    def sold(self) -> dict[str, dict[str, Any]]:
        """The target's products by SKU; no two have the same."""
        found = {product["sku"]: product for product in self.target.products.values()}
        assert len(found) == len(self.target.products)
        return found

    def paths(self) -> list[str]:
        """The target's categories as paths."""
        return sorted(_path(self.target.tree, each) for each in self.target.tree.values())

    def codes(self) -> dict[str, str]:
        """The run's problems by item."""
        return {problem.item: problem.reason.code for problem in self.standing().problems}


def world_of(*products: Product | UnreadableProduct, **settings: Any) -> World:
    """A source that has these products, or five of which the second has variants; nothing has travelled yet."""
    world = World(**settings)
    world.source.put(*(products or (a_product(1), with_variants(2), a_product(3), a_product(4), a_product(5))))
    return world


def _path(tree: Mapping[ExternalId, Category], category: Category) -> str:
    above = f"{_path(tree, tree[category.parent])} > " if category.parent else ""
    return f"{above}{category.name}{'' if category.active else ' (off)'}"
