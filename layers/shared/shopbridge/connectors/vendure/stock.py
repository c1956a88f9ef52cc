"""Stock: read and written as figures of a location (platform file, "Stock").

A location keeps what lies there and what placed orders have a claim on. A figure for a location that the shop does not
have is taken without a word and spoils the variant (V7), so only locations that the shop lists are written to. One id
that is not there refuses a whole call, so what is written is looked for first. SKUs are not unique in Vendure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.batches import Refused, settle
from shopbridge.connectors.kit.loose import LooseText, as_text
from shopbridge.connectors.kit.reasons import reason_of, unknown_sku
from shopbridge.connectors.kit.rows import Row, read_row, read_rows
from shopbridge.connectors.vendure.api import (
    BY_ID,
    Document,
    Listing,
    VendureApi,
    VendurePlace,
    listing_in,
    page_from,
    rank_of_id,
)
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import Count, Id, Wire
from shopbridge.errors import NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.identity import Name, sound_id, sound_name
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    Figures,
    ManageStock,
    Standing,
    StockChange,
    StockLevel,
    StockPage,
    StockTraits,
    ambiguous,
    other_capitals,
)

NOTHING = Decimal(0)
BATCH = 100
"""[inferred] Variants in one change: nobody tells a limit, and each is some work for the server."""
SOUGHT = 200
"""SKUs that one call looks for."""
LEVELS: Final = "stockLevels { stockLocationId stockOnHand stockAllocated }"
VARIANTS: Final = Document(
    name="variants",
    field="productVariants",
    text=f"""query variants($options: ProductVariantListOptions) {{
  globalSettings {{ trackInventory }}
  stockLocations(options: {{take: 100}}) {{ items {{ id name }} }}
  productVariants(options: $options) {{
    totalItems
    items {{ id sku trackInventory {LEVELS} }}
  }}
}}""",
)
UPDATE: Final = Document(
    name="updateStock",
    field="updateProductVariants",
    text=f"""mutation updateStock($input: [UpdateProductVariantInput!]!) {{
  updateProductVariants(input: $input) {{ id {LEVELS} }}
}}""",
)
"""Absolute figures: repeating it does no harm."""
_TRACKED: Final[Mapping[ManageStock, Mapping[str, str]]] = {
    "untouched": {},
    "managed": {"trackInventory": "TRUE"},
    "unmanaged": {"trackInventory": "FALSE"},
}


class WireLevel(Wire):
    """The figures of a variant at one location; ``stock_allocated`` is what placed orders will take from the other."""

    stock_location_id: Id
    stock_on_hand: Count
    stock_allocated: Count


class WireVariant(Wire):
    """A variant, which is what is sold."""

    id: Id
    sku: Name
    track_inventory: LooseText = ""
    stock_levels: tuple[WireLevel, ...]


class _Changed(Wire):
    id: Id
    stock_levels: tuple[WireLevel, ...] = ()


class _Location(Wire):
    id: Id
    name: LooseText = ""


class WireLocations(Wire):
    """All stock locations."""

    items: tuple[_Location, ...]


_CHANGED, _LOCATIONS = TypeAdapter(list[_Changed | None]), TypeAdapter(WireLocations)
Found = Mapping[str, Sequence[WireVariant]]
"""Variants by their SKU."""


@dataclass(frozen=True)
class VendureStock:
    """What a shop says is there."""

    falls_with_orders = True

    api: VendureApi
    settings: VendureSettings

    def page(self, position: str | None) -> StockPage:
        """Return the next variants by id."""

        def read(skip: int, take: int) -> Listing:
            return self.api.listed(VARIANTS, {"sort": BY_ID, "skip": skip, "take": take})

        found, place = page_from(VendurePlace.parse(position), self.settings.page_size, read, "variants")
        levels = [_level(row, tracked=found.facts.track_inventory) for row in found.rows if row]
        return StockPage(
            levels=tuple(sorted(levels, key=lambda level: level.rank)), position=place.text() if place else None
        )

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the variants with these SKUs, as they are now; 200 in a call."""
        wanted = set(skus)
        found = [each for some in sought(skus) for each in listings(self.api, VARIANTS, named(some))]
        levels = [_level(row, tracked=each.facts.track_inventory) for each in found for row in each.rows if row]
        return [level for level in levels if level.sku in wanted]


def sought(skus: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield as many SKUs at once as one call looks for."""
    return in_batches([sku for sku in dict.fromkeys(skus) if sku], SOUGHT)


def named(skus: Sequence[str]) -> dict[str, Any]:
    """Return the filter that leaves what has one of these SKUs."""
    return {"sku": {"in": list(skus)}}


def listings(api: VendureApi, document: Document, wanted: Mapping[str, Any]) -> Iterator[Listing]:
    """Yield the rows that a filter leaves, however many share an SKU."""
    place: VendurePlace | None = VendurePlace()

    def read(skip: int, take: int) -> Listing:
        return api.listed(document, {"filter": wanted, "sort": BY_ID, "skip": skip, "take": take})

    while place is not None:
        found, place = page_from(place, 2 * SOUGHT, read, document.name)
        yield found


def _level(row: Row, *, tracked: bool) -> StockLevel:
    """A row; one that cannot be understood has no figure: it is told, and nothing is concluded from it."""
    wire = read_row(WireVariant, row)
    if isinstance(wire, str):
        return StockLevel(
            sku=sound_name(as_text(row.get("sku"))),
            rank=max(rank_of_id(row.get("id")), 1),
            item=ExternalId(sound_id(row.get("id"), row)),
            managed=True,
            figures=(Figures(on_hand=None, reserved=None, available=None),),
        )
    return StockLevel(
        sku=wire.sku.strip(),
        rank=max(rank_of_id(wire.id), 1),
        item=ExternalId(wire.id),
        managed=wire.track_inventory == "TRUE" or (wire.track_inventory != "FALSE" and tracked),
        figures=tuple(_figures(each) for each in wire.stock_levels),
    )


def _figures(level: WireLevel) -> Figures:
    """Vendure's own figure of what may be sold is told to nobody but its storefront."""
    return Figures(
        warehouse=level.stock_location_id,
        on_hand=Decimal(level.stock_on_hand),
        reserved=Decimal(level.stock_allocated),
        available=None,
    )


@dataclass(frozen=True)
class VendureStockWriter:
    """Writes figures of one location by the variants' ids."""

    api: VendureApi
    settings: VendureSettings

    traits = StockTraits(batch=BATCH, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what placed orders will take from the figure when they are fulfilled."""
        read = VendureStandings(self.api, self.settings).read(skus)
        return {sku: each.will_deduct for sku, each in read.items() if isinstance(each, Standing)}

    def reader(self) -> "VendureStandings":
        """Read by SKU, 200 at once."""
        return VendureStandings(self.api, self.settings)

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Return those that were not taken: one call to look, one to write; one more where SKUs are not there.

        Raises:
            NeedsAttention: The location is not the shop's, or none was chosen of several.
        """
        if not changes:
            return {}
        found, location = _look(self.api, self.settings, [each.sku for each in changes], warehouse)
        refused = _reasons(found, self.api, [each.sku for each in changes])
        known = [each for each in changes if each.sku not in refused]
        problems = settle(known, lambda some: self._send(some, found, location, _TRACKED[manage]))
        return refused | {known[place].sku: problem for place, problem in problems.items()}

    def _send(
        self, changes: Sequence[StockChange], found: Found, location: str, tracked: Mapping[str, str]
    ) -> Refused[Reason] | None:
        figures = [max(int(whole_pieces(each.quantity)), 0) for each in changes]
        rows = [
            {
                "id": found[each.sku][0].id,
                "stockLevels": [{"stockLocationId": location, "stockOnHand": figure}],
                **tracked,
            }
            for each, figure in zip(changes, figures, strict=True)
        ]
        try:
            listed = self.api.ask(UPDATE, input=rows).get(UPDATE.field)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=error.where) from error
        except Rejected as error:
            return Refused(reason_of(error))
        told = (each for each in read_rows(_CHANGED, listed, TITLE, "stock") if each)
        there = {each.id: _at(each.stock_levels, location) for each in told}
        stayed = {
            place: _not_written(each.sku)
            for place, (each, figure, row) in enumerate(zip(changes, figures, rows, strict=True))
            if (level := there.get(str(row["id"]))) is None or level.stock_on_hand != figure
        }
        return Refused(next(iter(stayed.values())), stayed) if stayed else None


@dataclass(frozen=True)
class VendureStandings:
    """Reads what a location has, for a comparison."""

    api: VendureApi
    settings: VendureSettings

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """Read standings by SKU; one that was never at the location stands at nothing."""
        wanted = [sku for sku in dict.fromkeys(skus) if sku]
        if not wanted:
            return {}
        found, location = _look(self.api, self.settings, wanted, "")
        reasons = {
            sku: reason for sku, reason in _reasons(found, self.api, wanted).items() if reason.code != "unknown_sku"
        }
        known = {sku: rows[0] for sku, rows in found.items() if sku not in reasons}
        return reasons | {sku: _standing(row, location) for sku, row in known.items()}


def _standing(variant: WireVariant, location: str) -> Standing:
    level = _at(variant.stock_levels, location)
    if level is None:
        return Standing(quantity=NOTHING, will_deduct=NOTHING)
    return Standing(quantity=Decimal(level.stock_on_hand), will_deduct=Decimal(level.stock_allocated))


def _at(levels: Iterable[WireLevel], location: str) -> WireLevel | None:
    return next((level for level in levels if level.stock_location_id == location), None)


def _look(api: VendureApi, settings: VendureSettings, skus: Iterable[str], warehouse: str) -> tuple[Found, str]:
    """The variants with these SKUs, and the location that is meant."""
    found: dict[str, list[WireVariant]] = {}
    location = ""
    for some in sought(skus):
        data = api.ask(VARIANTS, options={"filter": named(some), "take": 2 * SOUGHT, "sort": BY_ID})
        listed = read_rows(_LOCATIONS, data.get("stockLocations"), TITLE, "stock locations")
        location = location or location_of(listed, warehouse or settings.stock_location)
        for row in listing_in(data, VARIANTS).rows:
            variant = read_row(WireVariant, row)
            if isinstance(variant, WireVariant) and variant.sku.strip() in some:
                found.setdefault(variant.sku.strip(), []).append(variant)
    return found, location


def location_of(listed: WireLocations, wanted: str) -> str:
    """Return the id of the location that is meant, which the shop has.

    Raises:
        NeedsAttention: It does not have it, or none was chosen of several.
    """
    names = {each.id: each.name for each in listed.items}
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return next(iter(names))
    choice = "; ".join(f"{key} = {name}" for key, name in names.items())
    raise NeedsAttention(
        f"The shop has no stock location {wanted!r}" if wanted else "The shop has several stock locations",
        where=TITLE,
        setting="stock_location",
        fix=f"Choose among: {choice}.",
    )


def _reasons(found: Found, api: VendureApi, skus: Iterable[str]) -> dict[str, Reason]:
    """Why there is no single variant to write to, by SKU."""
    missing = [sku for sku in dict.fromkeys(skus) if sku not in found]
    alike = _alike(api, missing)
    reasons = {sku: other_capitals(TITLE, sku, alike) or unknown_sku(TITLE, sku) for sku in missing}
    return reasons | {sku: ambiguous(TITLE, sku) for sku, rows in found.items() if len(rows) > 1}


def _alike(api: VendureApi, skus: Sequence[str]) -> list[str]:
    """SKUs that hold one of these, whatever their capitals, which most databases look for in any case."""
    named: list[str] = []
    for some in sought(skus):
        wanted = {"_or": [{"sku": {"contains": sku}} for sku in some]}
        found = api.listed(VARIANTS, {"filter": wanted, "take": 2 * SOUGHT})
        named += [text for row in found.rows if isinstance(text := as_text(row.get("sku")), str)]
    return named


def _not_written(sku: str) -> Reason:
    return Reason(
        code="not_written",
        text=f"Vendure took the stock of {sku!r}, and tells another figure",
        fix="Look at the variant in Vendure's dashboard: a plugin that keeps stock otherwise is the usual cause.",
    )
