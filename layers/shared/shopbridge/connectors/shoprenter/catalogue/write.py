"""Creating and changing products: one batch for all that is new, one for their versions, one for everything else.

An SKU is there once in a shop, so nothing is ever made twice: what an answer was lost of is found by it. A product with
versions is made switched off, and switched on with the values of its versions, so nobody buys half of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.shoprenter.api import Reply, Request
from shopbridge.connectors.shoprenter.catalogue.categories import ShoprenterCategories
from shopbridge.connectors.shoprenter.catalogue.find import PresentFamily, ShoprenterProductFinder, root_of
from shopbridge.connectors.shoprenter.catalogue.plan import plan, product_fields
from shopbridge.connectors.shoprenter.catalogue.requests import OFF, ProductRequests, Work, switched
from shopbridge.connectors.shoprenter.catalogue.variants import RELATIONS, Choices
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.outcomes import GONE, TITLE
from shopbridge.connectors.shoprenter.product_index import SeenProduct, ShoprenterProductIndex
from shopbridge.connectors.shoprenter.stock import send_all
from shopbridge.connectors.shoprenter.wire import link_id
from shopbridge.errors import AlreadyDone, Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.prices import refuse_other_tax
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

IS_PARENT = Reason(
    code="no_version_switch",
    text="The version is the parent of the others in Shoprenter: switched off, it would take them along",
    fix="Set its stock to 0 in Shoprenter, or give the others another parent there.",
)


@dataclass(frozen=True)
class ShoprenterProductWriter:
    """Writes products, ten at once at the most: each may be a dozen requests of a batch."""

    facts: ShopFacts
    index: ShoprenterProductIndex
    tree: ShoprenterCategories
    choices: Choices

    batch = 10
    is_flat = False

    @property
    def currency(self) -> CurrencyCode:
        """The shop's own. Raises NeedsAttention where it does not tell."""
        if not (found := self.facts.currency):
            raise NeedsAttention(
                "The shop does not tell its own currency",
                where=TITLE,
                fix="Look at the currencies in the shop's admin.",
            )
        return found

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown where it may have been created."""
        return self.tree.write(category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Tell that a version's SKU leads to its product. Raises Held for a product that is not what we know."""
        return self._finder.find(skus)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by SKU whether it can be bought: it is on sale, and its parent, too."""
        return self._finder.on_sale(skus)

    @property
    def _finder(self) -> ShoprenterProductFinder:
        return ShoprenterProductFinder(self.facts, self.index)

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into Shoprenter's words."""
        return plan(change, self.currency)

    def deactivate(self, ids: Sequence[ExternalId]) -> dict[ExternalId, Reason]:
        """Take products off sale with all their versions; one that is gone is no problem."""
        there = self.index.read(ids)
        below = self.index.children(each.sold for each in there.values())
        doomed = [(product, each) for product in there for each in (product, *_ids(below.get(product, ())))]
        replies = send_all(self.facts, [switched(each, OFF) for _, each in doomed])
        pairs = zip(doomed, replies, strict=True)
        return {ExternalId(product): reason for (product, _), reply in pairs if (reason := _unless_gone(reply))}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> dict[str, Reason]:
        """Take single versions off sale; what is another product's by now is let be."""
        found = {sku: each for sku, seen in self.index.look(variants).items() for each in seen if each.sold.sku == sku}
        ours = {sku: each.sold.id for sku, each in found.items() if root_of(each) == variants[sku]}
        refused = {sku: IS_PARENT for sku, key in ours.items() if key == variants[sku]}
        doomed = [sku for sku in ours if sku not in refused]
        replies = send_all(self.facts, [switched(ours[sku], OFF) for sku in doomed])
        told = ((sku, _unless_gone(reply)) for sku, reply in zip(doomed, replies, strict=True))
        return refused | {sku: reason for sku, reason in told if reason}

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        self.choices.begin()
        works = [self._begun(draft) for draft in drafts]
        going = [work for work in works if isinstance(work, Work)]
        requests = ProductRequests(self.facts, self.choices)
        self._make([work for work in going if not work.parent], requests)
        self._make_versions(_still(going), requests)
        self._change(_still(going), requests)
        return [_outcome(work) if isinstance(work, Work) else work for work in works]

    def _begun(self, draft: ProductDraft) -> Work | ProductOutcome:
        change = draft.change
        present = change.known.noted(PresentFamily) if change.known else None
        try:
            vat = draft.payload.get("vat")
            refuse_other_tax(draft.converted_by, vat if isinstance(vat, Decimal) else None, TITLE)
            tax_class = self._tax_class(vat) if isinstance(vat, Decimal) else ""
            product_class = self._class(draft, present)
        except Held as reason:
            return ProductOutcome(state="held", id=change.known.id if change.known else None, reason=reason_of(reason))
        members = {sku: each.id for sku, each in present.versions.items()} if present else {}
        return Work(draft, tax_class, product_class, change.known.id if change.known else "", members, present=present)

    def _class(self, draft: ProductDraft, present: PresentFamily | None) -> str:
        """What its versions differ in. Raises Held where the shop has no such class, or they differ in more."""
        variants = draft.change.product.variants
        if not variants:
            return ""
        there = present.product_class if present and present.versions else ""
        found = there or self.choices.class_of(variants[0].options)
        if all(self.choices.fits(found, variant.options) for variant in variants):
            return found
        raise Held(
            "The product's versions differ in other attributes in Shoprenter, or not all in the same ones",
            code="attributes_differ",
            fix="Correct products.attributes, or the product's class in the shop's admin.",
        )

    def _tax_class(self, rate: Decimal) -> str:
        found = next((key for key, each in self.facts.taxes.value().items() if each.rate == rate), None)
        if found is None:
            raise Held(
                f"Shoprenter has no tax class of {rate.normalize():f} %",
                code="unknown_tax",
                fix="Make one in the shop's admin under Settings, Taxes.",
            )
        return found

    # --- the three batches --------------------------------------------------------------------------------------

    def _make(self, works: Sequence[Work], ask: ProductRequests) -> None:
        """Products that are new; those with versions switched off until these are whole."""
        replies = self._create([ask.record(work) for work in works])
        for work, reply in zip(works, replies, strict=True):
            self._note(work, reply)
            work.parent = _made(reply, work.change.product.sku)
            work.touched = True

    def _make_versions(self, works: Sequence[Work], ask: ProductRequests) -> None:
        """Versions that are new, below their products, switched off until they have their values."""
        new = [(work, row) for work in works for row in work.rows if row["sku"] not in work.members]
        replies = self._create([ask.version(work, row) for work, row in new])
        for (work, row), reply in zip(new, replies, strict=True):
            self._note(work, reply)
            if made := _made(reply, row["sku"]):
                work.members[row["sku"]] = made
            work.touched = True

    def _change(self, works: Sequence[Work], ask: ProductRequests) -> None:
        """Everything else, in the order in which it is safe: values of versions, then what is switched on."""
        asked = [(work, request) for work in works for request in ask.changes(work)]
        requests = [request for _, request in asked]
        repeatable = all(request.method != "POST" for request in requests)
        replies = send_all(self.facts, requests) if repeatable else self._create(requests)
        for (work, request), reply in zip(asked, replies, strict=True):
            if request.path == f"/{RELATIONS}" and isinstance(reply, Rejected):
                self.choices.refused(reply)
            if request.method != "DELETE" or _unless_gone(reply):
                self._note(work, reply)
            work.touched = True

    def _create(self, requests: Sequence[Request]) -> list[Reply]:
        """Batches that make something: after a lost answer the flow looks before it sends them again."""
        some_at_once = in_batches(requests, self.facts.settings.batch)
        try:
            return [reply for some in some_at_once for reply in self.facts.api.batch(some, repeatable=False)]
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=60, where=error.where) from error

    def _note(self, work: Work, reply: Reply) -> None:
        if isinstance(reply, Rejected):
            work.refused = work.refused or reply
        elif isinstance(reply, dict):
            work.multiplied = _multiplier(reply) or work.multiplied


def _ids(seen: Sequence[SeenProduct]) -> list[str]:
    return [each.sold.id for each in seen]


def _still(works: Sequence[Work]) -> list[Work]:
    return [work for work in works if work.refused is None]


def _made(reply: Reply, sku: str) -> str:
    """The id of what was made; empty where it was refused. Raises RetryLater where it is there by now."""
    if isinstance(reply, AlreadyDone):
        raise RetryLater(
            f"{TITLE} has {sku} by now, though it did not a moment ago", after=1, where=f"{TITLE} products"
        )
    made = link_id(reply) if isinstance(reply, dict) else ""
    if isinstance(reply, dict) and (not isinstance(made, str) or not made):
        raise RetryLater(f"{TITLE} does not tell the id of the new product {sku}", after=60, where=f"{TITLE} products")
    return made if isinstance(made, str) else ""


def _unless_gone(reply: Reply) -> Reason | None:
    if not isinstance(reply, Rejected) or reply.code == GONE:
        return None
    return Reason(code="refused_by_shop", text=reply.what, fix=reply.fix)


def _multiplier(row: Mapping[str, Any]) -> str:
    """What the shop multiplies the price by; empty where it is 1, or where nothing is told."""
    told = row.get("multiplier")
    try:
        return "" if not isinstance(told, str) or Decimal(told) == 1 else told
    except ArithmeticError:
        return ""


def _outcome(work: Work) -> ProductOutcome:
    product = ExternalId(work.parent) if work.parent else None
    if work.refused is not None:
        return ProductOutcome(state="failed", id=product, reason=reason_of(work.refused))
    state: Literal["created", "updated", "unchanged"] = "updated" if work.touched else "unchanged"
    return ProductOutcome(
        state="created" if work.change.known is None else state, id=product, remarks=tuple(_remarks(work))
    )


def _remarks(work: Work) -> Iterator[str]:
    """What Shoprenter's API has no way for, or what a person should know."""
    change, product = work.change, work.change.product
    if "features" in change.fields and product.features:
        yield "The features were left out: attributes belong to product classes, which are the shop's own."
    if change.known is None and change.price is None and "price" not in work.draft.payload:
        yield "It was created switched off and without a price, since prices are not carried."
    if work.multiplied:
        yield f"The shop multiplies its price by {work.multiplied}: lock the multiplier at the product in its admin."
    there = work.present.versions if work.present else {}
    if foreign := sorted(there.keys() - {variant.sku for variant in product.variants}):
        yield f"There are versions that the source does not have; they were left as they are: {', '.join(foreign)}."
