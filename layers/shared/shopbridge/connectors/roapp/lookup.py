"""The products of orders: which there are, asking for one, and creating missing ones.

The list of v2 has no filters that anybody documents, so it is read whole once a day; what came since is asked for one
by one in the unversioned list, which has some (doc L1). Several of one identifier are all told: the flow then stops.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.kit.reasons import check_field
from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.roapp.api import LOOKUP, Params, get, post
from shopbridge.connectors.roapp.customers import made_id
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.product_index import SweptPage, identifiers, product_step
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import LISTING, LONGEST_NAME, ProductRow
from shopbridge.errors import Held
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Order, OrderLine
from shopbridge.ports import Clock

SEARCHES: Mapping[str, str] = {
    "sku": "articles[]",
    "code": "q",
    "barcode": "barcodes[]",
    "ean": "barcodes[]",
    "name": "title",
}
"""What a product is identified by, and the filter for it; answers are compared, since ``q`` looks into all texts."""
SWEEP_EVERY = timedelta(days=1)


class LookupPlace(Model):
    """How far the products were read: ``place`` in the running sweep, None between two."""

    swept_at: AwareDatetime | None = None
    place: SweptPage | None = None

    @classmethod
    def parse(cls, mark: str | None) -> "LookupPlace":
        """Return the place a mark names; a mark that is none of ours starts over."""
        try:
            return cls.model_validate_json(mark or "{}")
        except ValidationError:
            return cls()


class RoAppOrderProducts:
    """The products that an account's orders may name."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """Return one page of all products once a day, keyed by ``field``; between two sweeps nothing, and no call."""
        check_field(TITLE, field, SEARCHES)
        known, now = LookupPlace.parse(mark), self._clock()
        if known.place is None and known.swept_at and now - known.swept_at < SWEEP_EVERY:
            return DirectoryPage(entries=(), mark=mark or "", complete=True)
        begun = known.swept_at if known.place and known.swept_at else now
        step = product_step(self._client, known.place or SweptPage())
        rows = [each.row for each in step.products if each.row]
        entries = tuple(entry for row in rows for entry in _entries(row, field))
        after = LookupPlace(swept_at=begun, place=step.following)
        return DirectoryPage(entries=entries, mark=after.model_dump_json(), complete=step.following is None)

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for the products that are called so: one call."""
        check_field(TITLE, field, SEARCHES)
        rows = self._client.read(get(LOOKUP, _asked_by(field, key)), LISTING).data
        read = (read_row(ProductRow, row) for row in rows)
        found = (entry for row in read if isinstance(row, ProductRow) for entry in _entries(row, field))
        return [entry for entry in found if entry.key == key]

    def check(self, order: Order, line_id: str, tax: str) -> Mapping[str, Any]:
        """Return the product that would be created.

        Raises:
            Held: No category is set for new products, or the line does not say enough (``product_not_creatable``).
        """
        line = next(each for each in order.lines if each.id == line_id)
        if self._settings.product_category is None:
            raise _not_creatable(order, line, "no category is set for new products", "Set product_category")
        if not (line.name.strip() or line.sku):
            raise _not_creatable(order, line, "it has no name", "Name it in the shop")
        body: dict[str, Any] = {
            "category_id": self._settings.product_category,
            "title": (line.name.strip() or line.sku)[:LONGEST_NAME],
            "article": line.sku,
            "barcodes": [line.ean] if line.ean else [],
            "prices": self._prices(order, line, tax),
        }
        return {name: value for name, value in body.items() if value}

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product a line sells, by the unversioned call (doc L1).

        Raises:
            Held: It cannot be created from what the line says.
            OutcomeUnknown: The answer was lost.
        """
        return ExternalId(str(made_id(self._client.send(post(LOOKUP, self.check(order, line_id, tax))))))

    def _prices(self, order: Order, line: OrderLine, tax: str) -> Mapping[str, str]:
        """At the line's price, where a price type is set for it."""
        if not self._settings.regular_price_type:
            return {}
        gross, wanted, price = order.tax_mode == "gross", self._settings.prices_include_tax, line.unit_price
        if gross != wanted:
            price = (without_tax if gross else with_tax)(price, Decimal(tax or 0))
        return {self._settings.regular_price_type: f"{cents(price):f}"}


def _asked_by(field: str, key: str) -> Params:
    """A comma may be taken for the end of one of several values (client L11), so such a one is looked for in texts."""
    if not SEARCHES[field].endswith("[]"):
        return {SEARCHES[field]: key}
    return {"q": key} if "," in key else {SEARCHES[field]: [key]}


def _entries(row: ProductRow, field: str) -> Sequence[DirectoryEntry]:
    return [DirectoryEntry(key=key, id=ExternalId(str(row.id))) for key in identifiers(row, field)]


def _not_creatable(order: Order, line: OrderLine, why: str, fix: str) -> Held:
    return Held(
        f"The product {line.sku or line.name!r} cannot be created: {why}",
        code="product_not_creatable",
        where=f"order {order.number}",
        fix=f"{fix}, or create it in RO App by hand; then resend the order.",
    )
