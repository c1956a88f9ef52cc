"""What is sent of a product: one record of it, and one of each of its variants; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.plans import VARIANTS
from shopbridge.connectors.vendure.catalogue.find import CatalogueFacts, Present
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.stock import location_of
from shopbridge.errors import Held
from shopbridge.mapping.rounding import rounded
from shopbridge.model.catalogue import Product, ProductDraft

_SPECIAL = re.compile(r"[^a-z0-9]+")
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Writing:
    """What is to be written of one product.

    Attributes:
        product: Fields of the product itself.
        changed: Of its variants that are there, by their ids.
        new: Of the others.
    """

    draft: ProductDraft
    product: Record
    changed: Mapping[str, Record]
    new: Sequence[Record]

    @property
    def known(self) -> bool:
        """The product is there."""
        return self.draft.change.known is not None

    @property
    def writes(self) -> bool:
        """There is something to be written."""
        return bool(self.product or self.changed or self.new)

    def products(self) -> list[Record]:
        """Return the product's record, if anything of it changes."""
        known = self.draft.change.known
        return [{**self.product, "id": known.id}] if known and self.product else []

    def there(self) -> list[Record]:
        """Return the records of the variants that are there."""
        return [{**row, "id": key} for key, row in self.changed.items()]


def slug_of(product: Product) -> str:
    """Return the address that a product is made with: by it one whose making broke off is found again."""
    sku = product.sku or product.variants[0].sku
    return _SPECIAL.sub("-", sku.casefold()).strip("-") or blake2b(sku.encode(), digest_size=8).hexdigest()


def writing(draft: ProductDraft, facts: Kept[CatalogueFacts], settings: VendureSettings) -> Writing:
    """Return what is to be written. Raises Held when the shop has no tax of the product's percentage."""
    change = draft.change
    present = change.known.noted(Present) if change.known else None
    records = _Records(draft, facts.value(), settings)
    rows = draft.payload[VARIANTS] or [_only_row(draft)]
    there = present.variants if present else {}
    if present and present.is_single:
        there = {change.product.sku: next(iter(present.variants.values()))}
    changed = {there[row["sku"]]: records.variant(row, is_new=False) for row in rows if row["sku"] in there}
    return Writing(
        draft,
        records.product(),
        {key: row for key, row in changed.items() if row},
        [records.variant(row, is_new=True) for row in rows if row["sku"] not in there],
    )


def _only_row(draft: ProductDraft) -> dict[str, Any]:
    """What is sold of a product without variants; switching it on switches its variant on, too."""
    payload, sku = draft.payload, draft.change.product.sku
    on = {"enabled": True} if payload.get("enabled") and draft.change.known else {}
    own: dict[str, Any] = {name: payload[name] for name in ("price", "stock") if name in payload}
    named = {} if draft.change.known else {"name": payload["name"]}
    return {"sku": sku, **named, **on, **own}


class _Records:
    def __init__(self, draft: ProductDraft, facts: CatalogueFacts, settings: VendureSettings) -> None:
        self._draft, self._facts, self._settings = draft, facts, settings

    def product(self) -> dict[str, Any]:
        """Return the product's own record; one that is made without prices is switched off."""
        payload = self._draft.payload
        texts: dict[str, Any] = {name: payload[name] for name in ("name", "description") if name in payload}
        record = {"enabled": payload["enabled"]} if "enabled" in payload else {}
        if self._draft.change.known is None:
            texts = {"description": "", "slug": slug_of(self._draft.change.product), **texts}
            record = {"enabled": True, **record} if self._has_price() else {"enabled": False}
        return {**record, **(self._translated(texts) if texts else {})}

    def variant(self, row: Record, *, is_new: bool) -> dict[str, Any]:
        """Return a variant's record."""
        record: dict[str, Any] = {"sku": row["sku"]} if is_new else {}
        if "enabled" in row:
            record["enabled"] = row["enabled"]
        if "name" in row:
            record |= self._translated({"name": row["name"]})
        if "price" in row:
            digits = self._facts.decimals
            record["price"] = int(rounded(row["price"], digits).scaleb(digits))
        if "stock" in row:
            record["stockLevels"] = [{"stockLocationId": self._location, "stockOnHand": int(row["stock"])}]
        return record | self._taxed(is_new=is_new)

    def _taxed(self, *, is_new: bool) -> dict[str, str]:
        """The tax that is written; a variant that is new bears what its siblings bear."""
        rate = self._draft.payload.get("tax")
        if rate is None and is_new:
            rate = self._draft.change.rate_after
        return {} if rate is None else {"taxCategoryId": self._category_of(rate)}

    def _category_of(self, rate: Decimal) -> str:
        if rate not in self._facts.taxes:
            raise Held(
                f"The shop has no tax of {rate.normalize():f} % where its channel sells",
                code="unknown_tax",
                where=TITLE,
                fix="Make a tax rate of it in Vendure under Settings, Tax rates, for the channel's default zone.",
            )
        return self._facts.taxes[rate]

    @property
    def _location(self) -> str:
        return location_of(self._facts.locations, self._settings.stock_location)

    def _translated(self, texts: Record) -> dict[str, Any]:
        return {"translations": [{"languageCode": self._facts.language, **texts}]}

    def _has_price(self) -> bool:
        payload = self._draft.payload
        return all("price" in row for row in payload[VARIANTS] or [payload])
