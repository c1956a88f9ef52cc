"""Finding products by SKU. Gomag has no way to ask for many at once, and every call counts.

One SKU is asked for with the filter ``sku``; several by whichever takes fewer calls, the filter or the whole list.
Whether the filter also finds a product by a version's SKU is not known (platform file, "Products and variants"), so
until the shop has shown that it does, what the filter does not find is looked for in the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from shopbridge.connectors.gomag.api import GomagApi, Page, Row
from shopbridge.connectors.gomag.present import target_product
from shopbridge.connectors.gomag.wire import first_problem
from shopbridge.connectors.gomag.wire_products import WireProduct, WireStocked
from shopbridge.errors import Held, RetryLater
from shopbridge.model.catalogue import TargetProduct
from shopbridge.ports import Clock

READ, LIST = "product/read", "products"
WITH_VERSIONS = {"addVersions": "true"}
KEPT = timedelta(minutes=10)
"""How long it is believed that an SKU which was seen is still there."""


@dataclass(frozen=True)
class Seen:
    """A product as it was seen.

    Attributes:
        target: For the product flow; the reason where it is not what we know.
    """

    at: datetime
    sold: WireStocked
    target: TargetProduct | Held


Found = Mapping[str, Sequence[Seen]]
"""Products by SKU, their own or a version's; an SKU that nobody has is left out."""


@dataclass
class Shelf:
    """The products of a shop; remembers for a while what it saw."""

    api: GomagApi
    clock: Clock
    language: str
    finds_versions: bool = False
    _tried: bool = False
    _seen: dict[int, Seen] = field(default_factory=dict, repr=False)
    _by_sku: dict[str, set[int]] = field(default_factory=dict, repr=False)

    def page(self, number: int) -> Page:
        """One page of the list, with versions."""
        return self.api.page(READ, LIST, number, view=self.language, **WITH_VERSIONS)

    def look(self, skus: Iterable[str]) -> Found:
        """The products that these SKUs are on, as they are now."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        if not wanted:
            return {}
        whole = self._list_if_shorter(len(wanted)) if len(wanted) > 1 else None
        if whole is not None:
            return _by_sku(whole, wanted)
        asked = [self._ask(sku) for sku in wanted]
        found = _by_sku([seen for answer in asked for seen in answer or ()], wanted)
        if None not in asked and (self.finds_versions or len(found) == len(wanted)):
            return found
        return _by_sku(self._read_list(self.page(1)), wanted)

    def find(self, skus: Iterable[str]) -> Found:
        """The same, but what was seen within the last minutes is not asked for again."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        kept = {sku: seen for sku in wanted if (seen := self._kept(sku))}
        return {**kept, **self.look(sku for sku in wanted if sku not in kept)}

    def forget(self, products: Iterable[int]) -> None:
        """These were changed: they are asked for anew."""
        for product in products:
            self._seen.pop(product, None)

    def note(self, rows: Iterable[Row]) -> list[Seen]:
        """Remember the rows of a list. Raises RetryLater when one does not even tell what it is sold as."""
        noted = [_seen(row, self.clock(), self.language) for row in rows]
        for seen in noted:
            self._seen[seen.sold.id] = seen
            for sku in seen.sold.skus:
                self._by_sku.setdefault(sku, set()).add(seen.sold.id)
        return noted

    def _kept(self, sku: str) -> list[Seen]:
        since = self.clock() - KEPT
        seen = [self._seen.get(product) for product in sorted(self._by_sku.get(sku, ()))]
        fresh = [each for each in seen if each and each.at >= since]
        return [each for each in fresh if sku in each.sold.skus] if len(fresh) == len(seen) else []

    def _ask(self, sku: str) -> list[Seen] | None:
        """By the filter; None where other products come back, too: it was ignored, so it tells nothing."""
        page = self.api.page(READ, LIST, 1, sku=sku, view=self.language, **WITH_VERSIONS)
        noted = self.note(page.rows)
        if not page.is_last or not all(_is_sold_as(seen, sku) for seen in noted):
            return None
        fitting = [seen for seen in noted if sku in seen.sold.skus]
        self.finds_versions = self.finds_versions or any(sku != seen.sold.sku for seen in fitting)
        return fitting

    def _list_if_shorter(self, calls: int) -> list[Seen] | None:
        """The whole list, where it takes fewer calls than asking; or where only it is sure to tell."""
        first = self.page(1)
        if self.finds_versions and first.pages > calls:
            self.note(first.rows)
            return None
        return self._read_list(first)

    def _read_list(self, page: Page) -> list[Seen]:
        """From this page to the end; then, once, whether the filter finds a version that was seen."""
        noted = self.note(page.rows)
        while not page.is_last:
            page = self.page(page.number + 1)
            noted += self.note(page.rows)
        if not self.finds_versions:
            self._try_filter(noted)
        return noted

    def _try_filter(self, noted: Sequence[Seen]) -> None:
        versions = ((version.sku, seen.sold.sku) for seen in noted for version in seen.sold.versions)
        sample = next((sku for sku, own in versions if sku and sku != own), None)
        if sample and not self._tried:
            self._tried = True
            self._ask(sample)


def _seen(row: Row, now: datetime, language: str) -> Seen:
    try:
        sold = WireStocked.model_validate(row)
    except ValidationError as error:
        what = f"Gomag lists a product in an unexpected form at {first_problem(error)}"
        raise RetryLater(what, after=300, where="Gomag products") from error
    return Seen(now, sold, _target(row, language))


def _target(row: Row, language: str) -> TargetProduct | Held:
    try:
        return target_product(WireProduct.model_validate(row), language)
    except ValidationError as error:
        return Held(
            f"The product in Gomag has an unexpected form at {first_problem(error)}",
            code="unexpected_form",
            fix="Look at the product in Gomag and save it once more.",
        )


def _is_sold_as(seen: Seen, sku: str) -> bool:
    """Without regard to capitals: a shop may look for both."""
    return sku.casefold() in (each.casefold() for each in seen.sold.skus)


def _by_sku(seen: Iterable[Seen], wanted: Sequence[str]) -> dict[str, list[Seen]]:
    found: dict[str, dict[int, Seen]] = {}
    for each in seen:
        for sku in set(each.sold.skus) & set(wanted):
            found.setdefault(sku, {})[each.sold.id] = each
    return {sku: list(products.values()) for sku, products in found.items()}
