"""What is sent to make a product or to bring it up to date, as requests of a batch; pure but for values to be made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.kit.plans import VARIANTS
from shopbridge.connectors.shoprenter.api import Request, path_of
from shopbridge.connectors.shoprenter.catalogue.categories import META, with_text
from shopbridge.connectors.shoprenter.catalogue.find import PresentFamily
from shopbridge.connectors.shoprenter.catalogue.variants import Choices
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.product_index import PRODUCTS
from shopbridge.errors import Held, Rejected
from shopbridge.model.catalogue import ProductChange, ProductDraft

SPECIALS: Final = "productSpecials"
TEXTS: Final = ("name", "shortDescription", "description")
KEPT_TEXTS: Final = (
    *TEXTS,
    *("parameters", "packagingUnit", "measurementUnit", "videoCode", "customContentTitle", "customContent"),
    *META,
)
"""All texts of a product: what is not sent back would be gone."""
PLAIN: Final = ("gtin", "modelNumber", "weight")
ON, OFF = "1", "0"


@dataclass
class Work:
    """One draft on its way.

    Attributes:
        parent: The product's id, once it has one.
        members: The versions' ids by SKU.
        refused: Why it cannot go, or not all of it.
    """

    draft: ProductDraft
    tax_class: str
    product_class: str
    parent: str
    members: dict[str, str]
    refused: Held | Rejected | None = None
    touched: bool = False
    multiplied: str = ""
    present: PresentFamily | None = field(default=None, repr=False)

    @property
    def change(self) -> ProductChange:
        """What is to become of it."""
        return self.draft.change

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Its versions."""
        rows: Sequence[Mapping[str, Any]] = self.draft.payload[VARIANTS]
        return rows

    @property
    def incomplete(self) -> bool:
        """It is new, or was left half made: then it goes on sale at the end."""
        if self.present is None:
            return True
        known = self.present.versions.values()
        is_made = bool(known) and all(each.chosen for each in known)
        return bool(self.rows) and not self.present.parent.on and not is_made


@dataclass(frozen=True)
class ProductRequests:
    """Makes the requests of one batch of products."""

    facts: ShopFacts
    choices: Choices

    def record(self, work: Work) -> Request:
        """Return a new product, whole but for its versions."""
        payload = work.draft.payload
        sellable = work.change.price is not None or "price" in payload
        on = bool(payload.get("enabled", True)) and sellable and not work.rows
        special = payload.get("specialPrice")
        record = {
            "sku": work.change.product.sku,
            **self._fields(payload, work),
            "status": ON if on else OFF,
            "price": _amount(payload.get("price") or Decimal(0)),
            "productDescriptions": self._texts((), payload),
            "productCategoryRelations": [{"category": {"id": each}} for each in work.change.categories],
            **({"productClass": {"id": work.product_class}} if work.product_class else {}),
            **({"productSpecials": [{"price": _amount(special)}]} if special else {}),
        }
        return Request("POST", f"/{PRODUCTS}", record)

    def version(self, work: Work, row: Mapping[str, Any]) -> Request:
        """Return a new version, below its product and with its texts, switched off."""
        special = row.get("specialPrice")
        record = {
            "sku": row["sku"],
            **self._fields(row, work),
            "status": OFF,
            "price": _amount(row.get("price") or Decimal(0)),
            "parentProduct": {"id": work.parent},
            "productClass": {"id": work.product_class},
            "productDescriptions": self._version_texts(work),
            **({"taxClass": {"id": self._tax_of(work)}} if self._tax_of(work) else {}),
            **({"productSpecials": [{"price": _amount(special)}]} if special else {}),
        }
        return Request("POST", f"/{PRODUCTS}", record)

    def _version_texts(self, work: Work) -> list[dict[str, Any]]:
        """Its product's own: a version has a page, which would be there without a word."""
        there = work.present.texts if work.present else ()
        return self._texts(there, {"name": work.change.product.name, **work.draft.payload})

    def _tax_of(self, work: Work) -> str:
        """The tax class of a new version: the product's."""
        if work.tax_class:
            return work.tax_class
        rate = work.change.rate_after
        return next((key for key, each in self.facts.taxes.value().items() if each.rate == rate), "")

    def changes(self, work: Work) -> Iterator[Request]:
        """Yield what brings a product up to date, whatever is switched on last."""
        if work.present is not None:
            yield from self._own_changes(work, work.present)
        variants = {variant.sku: variant for variant in work.change.product.variants}
        for row in work.rows:
            yield from self._version_changes(work, row, variants[row["sku"]].options)
        if work.rows and work.incomplete and work.draft.payload.get("enabled", True):
            yield switched(work.parent, ON)

    def _own_changes(self, work: Work, present: PresentFamily) -> Iterator[Request]:
        payload = work.draft.payload
        record = {
            **self._fields(payload, work),
            **(
                {"productDescriptions": self._texts(present.texts, payload)}
                if not payload.keys().isdisjoint(TEXTS)
                else {}
            ),
        }
        if "enabled" in payload:
            record["status"] = ON if payload["enabled"] else OFF
        if "categories" in work.change.fields:
            record["productCategoryRelations"] = [{"category": {"id": each}} for each in work.change.categories]
        if record:
            yield Request("PUT", path_of(PRODUCTS, work.parent), record)
        if not work.rows:
            yield from _special(payload, work.parent, present.parent.special)

    def _version_changes(self, work: Work, row: Mapping[str, Any], options: Mapping[str, str]) -> Iterator[Request]:
        known = work.present.versions.get(row["sku"]) if work.present else None
        product = work.members[row["sku"]]
        if known is None or not known.chosen:
            yield from self.choices.relations(product, options)
        record = self._fields(row, work) if known else {}
        if known is None or "enabled" in row:
            record["status"] = ON if row.get("enabled", True) else OFF
        elif not known.chosen and work.incomplete:
            record["status"] = ON
        if record:
            yield Request("PUT", path_of(PRODUCTS, product), record)
        if known:
            yield from _special(row, product, known.special)

    def _fields(self, row: Mapping[str, Any], work: Work) -> dict[str, Any]:
        """What is written as it is, of a product or a version."""
        record: dict[str, Any] = {name: str(row[name]) for name in PLAIN if row.get(name) is not None}
        if isinstance(row.get("price"), Decimal):
            record["price"] = _amount(row["price"])
        if isinstance(row.get("stock"), Decimal):
            record[self.facts.settings.warehouse] = str(int(row["stock"]))
        if work.tax_class:
            record["taxClass"] = {"id": work.tax_class}
        return record

    def _texts(self, there: Sequence[Any], payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All texts of a product, those of our language changed: what is written replaces what is there."""
        changed = {name: str(payload[name]) for name in TEXTS if payload.get(name) is not None}
        return list(with_text(list(there), self.facts.language_id, changed, KEPT_TEXTS))


def _amount(value: Any) -> str:
    return f"{Decimal(value):f}"


def switched(product: str, status: str) -> Request:
    """Return what puts a product on sale or takes it off."""
    return Request("PUT", path_of(PRODUCTS, product), {"status": status})


def _special(row: Mapping[str, Any], product: str, there: str) -> Iterator[Request]:
    """The special price for everybody: changed, made, or ended; nothing where no price is written."""
    if "specialPrice" not in row:
        return
    price = row["specialPrice"]
    if price is not None and there:
        yield Request("PUT", path_of(SPECIALS, there), {"price": _amount(price)})
    elif price is not None:
        yield Request("POST", f"/{SPECIALS}", {"price": _amount(price), "priority": "1", "product": {"id": product}})
    elif there:
        yield Request("DELETE", path_of(SPECIALS, there))
