"""Products by the SKUs of their variants, as a target knows them, and what holds for all that is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.loose import LooseText
from shopbridge.connectors.kit.rows import Row, odd_form, read_row, read_rows
from shopbridge.connectors.vendure.api import Document, VendureApi, VendureChannel, VendureFacts
from shopbridge.connectors.vendure.catalogue.map import WireProduct
from shopbridge.connectors.vendure.orders.lines import plain
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.connectors.vendure.stock import LEVELS, WireLocations, listings, named, sought
from shopbridge.connectors.vendure.wire import Id, Minor, Wire
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import ProductField, TargetProduct

GROUPS: Final = "optionGroups { id name options { id name } }"
FOUND: Final = Document(
    name="productsBySku",
    field="productVariants",
    text=f"""query productsBySku($options: ProductVariantListOptions) {{
  productVariants(options: $options) {{
    totalItems
    items {{
      id sku
      product {{
        id name slug description enabled
        {GROUPS}
        variants {{
          id sku name enabled price priceWithTax currencyCode trackInventory
          taxRateApplied {{ value }}
          options {{ name group {{ code name }} }}
          {LEVELS}
        }}
      }}
    }}
  }}
}}""",
)
SOLD: Final = Document(
    name="onSale",
    field="productVariants",
    text="""query onSale($options: ProductVariantListOptions) {
  productVariants(options: $options) { totalItems items { id sku enabled product { id enabled } } }
}""",
)
BEGUN: Final = Document(
    name="begunProducts",
    field="products",
    text=f"""query begunProducts($options: ProductListOptions) {{
  products(options: $options) {{ totalItems items {{ id slug variants {{ id }} {GROUPS} }} }}
}}""",
)
FACTS: Final = Document(
    name="catalogueFacts",
    field="activeChannel",
    text="""query catalogueFacts {
  globalSettings { serverConfig { moneyStrategyPrecision } }
  activeChannel { code token defaultCurrencyCode pricesIncludeTax defaultLanguageCode defaultTaxZone { id } }
  taxRates(options: {take: 1000}) { items { value enabled category { id } zone { id } customerGroup { id } } }
  stockLocations(options: {take: 100}) { items { id name } }
}""",
)


class WireRecord(Wire):
    """What only its id is read of."""

    id: Id


class WireChoice(WireRecord):
    """One of a group's options."""

    name: LooseText = ""


class WireGroup(WireChoice):
    """What variants of a product differ in."""

    options: tuple[WireChoice, ...] = ()


class WireBegun(WireRecord):
    """A product, as far as its making can be gone on with."""

    slug: LooseText = ""
    variants: tuple[WireRecord, ...]
    option_groups: tuple[WireGroup, ...] = ()


class _Known(WireProduct):
    option_groups: tuple[WireGroup, ...] = ()


class _Found(WireRecord):
    sku: LooseText = ""
    product: _Known


class _Sellable(WireRecord):
    enabled: bool


class WireSellable(_Sellable):
    """A variant, and whether it and its product are enabled."""

    sku: LooseText = ""
    product: _Sellable


class _Rate(Wire):
    value: Minor
    enabled: bool
    category: WireRecord
    zone: WireRecord
    customer_group: WireRecord | None = None


class _Rates(Wire):
    items: tuple[_Rate, ...]


class _Channel(VendureChannel):
    default_language_code: str
    default_tax_zone: WireRecord | None = None


@dataclass(frozen=True)
class Present:
    """What has to be known of a product to bring it up to date.

    Attributes:
        variants: Their ids, by SKU.
        groups: What they differ in, by name.
        is_single: It is sold as one variant without options.
    """

    variants: Mapping[str, str]
    groups: Mapping[str, WireGroup]
    is_single: bool


@dataclass(frozen=True)
class CatalogueFacts:
    """What holds for all that is written.

    Attributes:
        language: Of the texts that are written.
        taxes: The id of the tax category that bears a rate where the channel sells, by percentage.
        locations: Names of the stock locations, by id.
    """

    channel: VendureChannel
    decimals: int
    language: str
    taxes: Mapping[Decimal, str]
    locations: WireLocations


_FACTS, _RATES, _CHANNEL = TypeAdapter(VendureFacts), TypeAdapter(_Rates), TypeAdapter(_Channel)
_LOCATIONS = TypeAdapter(WireLocations)


def read_facts(api: VendureApi) -> CatalogueFacts:
    """Ask for them; one call. Raises RetryLater for an unexpected form."""
    data = api.ask(FACTS)
    channel = read_rows(_CHANNEL, data.get(FACTS.field), TITLE, FACTS.name)
    settings = read_rows(_FACTS, data.get("globalSettings"), TITLE, FACTS.name)
    rates = read_rows(_RATES, data.get("taxRates"), TITLE, FACTS.name).items
    locations = read_rows(_LOCATIONS, data.get("stockLocations"), TITLE, FACTS.name)
    return CatalogueFacts(
        channel,
        settings.decimals,
        api.settings.language or channel.default_language_code,
        {plain(each.value): each.category.id for each in reversed(rates) if _is_of(each, channel)},
        locations,
    )


def _is_of(rate: _Rate, channel: _Channel) -> bool:
    """Whether it is what usual customers bear where the channel's prices are made."""
    zone = channel.default_tax_zone
    return rate.enabled and rate.customer_group is None and (zone is None or zone.id == rate.zone.id)


def products_with(api: VendureApi, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
    """Return the products that are sold under each SKU, whatever its capitals; one call more where some are missing.

    Raises:
        RetryLater: A row has an unexpected form.
    """
    rows = [row for some in sought(skus) for row in _rows(api, FOUND, named(some))]
    there = {str(row.get("sku")) for row in rows}
    for some in sought(sku for sku in skus if sku not in there):
        rows += _rows(api, FOUND, {"_or": [{"sku": {"contains": sku}} for sku in some]})
    wanted = {sku.casefold(): sku for sku in skus if sku}
    found: dict[str, dict[str, TargetProduct]] = {}
    for row in rows:
        each = _read(_Found, row)
        if sku := wanted.get(each.sku.strip().casefold()):
            found.setdefault(sku, {})[each.product.id] = _target(each.product)
    return {sku: list(products.values()) for sku, products in found.items()}


def sellable(api: VendureApi, skus: Sequence[str]) -> Iterator[WireSellable]:
    """Yield the variants with these SKUs."""
    return (_read(WireSellable, row) for some in sought(skus) for row in _rows(api, SOLD, named(some)))


def begun(api: VendureApi, slugs: Sequence[str]) -> Mapping[str, WireBegun]:
    """Return those of the products with these addresses that nothing is sold of: their making broke off."""
    rows = [row for some in sought(slugs) for row in _rows(api, BEGUN, {"slug": {"in": list(some)}})]
    read = [_read(WireBegun, row) for row in rows]
    return {each.slug: each for each in read if not each.variants}


def _rows(api: VendureApi, document: Document, wanted: Mapping[str, Any]) -> Iterator[Row]:
    return (row for each in listings(api, document, wanted) for row in each.rows if row)


def _read(form: Any, row: Row) -> Any:
    read = read_row(form, row)
    if isinstance(read, str):
        raise odd_form(TITLE, "products", read)
    return read


def _target(wire: _Known) -> TargetProduct:
    first = next(iter(wire.variants), None)
    single = len(wire.variants) == 1 and first is not None and not first.options
    skus = {each.sku.strip(): each.id for each in wire.variants}
    return TargetProduct(
        id=ExternalId(wire.id),
        sku=first.sku.strip() if first and single else "",
        variants=frozenset() if single else frozenset(skus),
        filled=_filled(wire),
        tax_rate=plain(first.tax_rate_applied.value) if first else None,
        inside=Present(skus, {each.name: each for each in wire.option_groups}, single),
    )


def _filled(wire: WireProduct) -> frozenset[ProductField]:
    held: dict[ProductField, object] = {
        "name": wire.name,
        "long_text": wire.description,
        "active": True,
        "tax": wire.variants,
        "price": any(each.price for each in wire.variants),
        "stock": wire.variants,
    }
    return frozenset(field for field, value in held.items() if value)
