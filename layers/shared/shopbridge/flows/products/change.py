"""What is to become of a product in the target, by the connection's settings; pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbridge.errors import Held
from shopbridge.flows.products.entries import short_hash
from shopbridge.flows.products.names import with_attributes, with_features
from shopbridge.flows.products.policies import FIELDS, fields_to_create, fields_to_update, has
from shopbridge.flows.products.prices import price_of, variant_prices_of
from shopbridge.mapping.barcodes import ean_of
from shopbridge.mapping.expressions import as_document
from shopbridge.mapping.rule_engine import CompiledRule, read_by_rules
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import CataloguePrice, Product, ProductChange, ProductField, TargetProduct
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.sku_reasons import other_capitals


@dataclass(frozen=True)
class Wanted:
    """A product as the target is to have it.

    Attributes:
        product: Attributes and features named as in the target, categories with the target's ids.
        unmapped: Features that were left out, since the settings do not name them.
        remarks: What else was left out, each a sentence.
    """

    product: Product
    unmapped: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What a product's content is decided by.

    Attributes:
        currency: Asks which one the target's prices are in.
        rules: The merchant's own.
        seed: Hash of all settings the content depends on.
    """

    settings: ProductSettings
    currency: Callable[[], CurrencyCode]
    rules: tuple[CompiledRule, ...]
    seed: str


def seed_of(settings: ConnectionSettings) -> str:
    """Differs when a setting changed that what is written depends on."""
    products = settings.products.model_dump(mode="json", exclude={"active", "every_minutes", "gone"})
    return short_hash([products, settings.ends])


def wanted_of(product: Product, settings: ProductSettings, categories: Mapping[ExternalId, ExternalId]) -> Wanted:
    """Name everything as in the target.

    Args:
        categories: The target's ids by the source's.

    Raises:
        Held: The product has no SKU to know it by, or something that the settings do not name.
    """
    _must_have_skus(product)
    named, remarks = with_eans(with_attributes(product, settings), settings)
    unmapped: tuple[str, ...] = ()
    if settings.policy("features") != "never":
        named, unmapped = with_features(named, settings)
    targets = tuple(dict.fromkeys(categories[source] for source in product.categories if source in categories))
    return Wanted(named.model_copy(update={"categories": targets}), unmapped, remarks)


def with_eans(product: Product, settings: ProductSettings) -> tuple[Product, tuple[str, ...]]:
    """The product with those of its EANs that are some, and a remark that names the others.

    A number that a table has rounded, or a check digit that is wrong, would be scanned as another product or none.
    """
    if settings.policy("ean") == "never":
        return product, ()
    variants = tuple(each.model_copy(update={"ean": ean_of(each.ean)}) for each in product.variants)
    eans = (product.ean, *(each.ean for each in product.variants))
    others = [ean for ean in eans if ean != ean_of(ean)]
    if not others:
        return product, ()
    remark = f"Left out, since it is no EAN: {', '.join(map(repr, others))}."
    return product.model_copy(update={"ean": ean_of(product.ean), "variants": variants}), (remark,)


def _must_have_skus(product: Product) -> None:
    skus = [variant.sku for variant in product.variants] or [product.sku]
    if not all(skus):
        which = f"{skus.count('')} of its variants have" if product.variants else "It has"
        raise Held(f"{which} no SKU", code="no_sku", fix="Give it an SKU of its own at the source.")
    twice = [sku for sku, count in Counter(map(str.casefold, skus)).items() if count > 1]
    if twice:
        raise duplicate_sku(twice)


def duplicate_sku(skus: Iterable[str]) -> Held:
    """The source has SKUs more than once: nobody can tell which product is meant."""
    return Held(
        f"The source has more than one product or variant with the SKU {', '.join(sorted(skus))}",
        code="duplicate_sku",
        fix="Give each of them an SKU of its own at the source; until then none of them travels.",
    )


# --- has it changed -----------------------------------------------------------------------------------------------


def content_hash(wanted: Wanted, terms: Terms) -> str:
    """Differs when a product that is in the target already would have to be written once more.

    What is written on creation only does not count; a field that is filled if it is empty counts by whether the source
    has something for it. Raises Held when the product has no price that could be written.
    """
    content = {
        "seed": terms.seed,
        "skus": [wanted.product.sku, *((variant.sku, variant.options) for variant in wanted.product.variants)],
        "fields": {field: _content(wanted.product, field, terms) for field in FIELDS},
        "rules": read_by_rules(terms.rules, document_of(wanted.product)) if terms.rules else [],
    }
    if off := switched_off(wanted.product, terms.settings):
        content["off"] = sorted(off)
    return short_hash(content)


def switched_off(product: Product, settings: ProductSettings) -> frozenset[str]:
    """The SKUs of variants that are not offered at the source while their product is.

    Where switched off ones travel, or whether something is on always does, the write says it all.
    """
    if settings.include_disabled or settings.policy("active") == "always":
        return frozenset()
    return frozenset(variant.sku for variant in product.variants if not variant.active)


def _content(product: Product, field: ProductField, terms: Terms) -> Any:
    policy = terms.settings.policy(field)
    if policy == "only_if_empty":
        return has(product, field)
    return _value(product, field, terms) if policy == "always" and has(product, field) else None


def _value(product: Product, field: ProductField, terms: Terms) -> Any:
    match field:
        case "price":
            base, own = _prices(product, terms)
            return [_plain(base), {sku: _plain(price) for sku, price in own.items()}]
        case "stock" | "ean" | "active":
            return [str(getattr(each, field)) for each in (product, *product.variants)]
        case "tax":
            return str(product.tax_rate)
        case "features":
            return sorted((feature.name, feature.value) for feature in product.features)
        case "categories":
            return sorted(product.categories)
        case _:
            return getattr(product, field)


def _plain(price: CataloguePrice) -> list[Any]:
    return [(each.amount.normalize(), each.gross, each.currency) for each in (price.regular, price.sale) if each]


def document_of(product: Product) -> dict[str, Any]:
    """The product as rules see it: plain data, amounts as Decimal."""
    document: dict[str, Any] = as_document(product.model_dump())
    return document


# --- the change ---------------------------------------------------------------------------------------------------


def match(product: Product, found: Mapping[str, Sequence[TargetProduct]]) -> TargetProduct | None:
    """The target's product that is sold under the product's SKUs; None when there is none.

    Raises:
        Held: There are several, or it is sold there in another way.
    """
    known = {target.id: target for sku in product.skus for target in _written_so(sku, found.get(sku, ()))}
    if len(known) > 1:
        raise Held(
            f"The target has its SKUs on {len(known)} products: {', '.join(sorted(known))}",
            code="ambiguous_in_target",
            fix="Leave each SKU to one product of the target, then it goes on by itself.",
        )
    target = next(iter(known.values()), None)
    if target:
        _must_be_sold_alike(product, target)
    return target


def _must_be_sold_alike(product: Product, target: TargetProduct) -> None:
    """Nothing may be written over a product that only happens to sell the same SKU."""
    _must_be_written_alike(product, target)
    alone = not product.variants
    if alone and (target.variants or target.sku != product.sku):
        what = "with variants" if target.sku == product.sku else f"as a variant of product {target.sku or target.id}"
    elif target.sku in {variant.sku for variant in product.variants}:
        what = f"without variants, under the SKU of the variant {target.sku}"
    else:
        return
    raise Held(
        f"The target sells it {what}, the source does not",
        code="sold_otherwise",
        fix="Build the product in the same way on both sides, or give one of them another SKU.",
    )


def _must_be_written_alike(product: Product, target: TargetProduct) -> None:
    """Targets find SKUs in other capitals or double them, as they please; what is written there must be the same."""
    there = {sku for sku in (target.sku, *target.variants) if sku}
    for sku in product.stocked_skus:
        reason = None if sku in there else other_capitals("The target", sku, there)
        if reason:
            raise Held(reason.text, code=reason.code, fix=reason.fix)


def _written_so(sku: str, found: Sequence[TargetProduct]) -> Sequence[TargetProduct]:
    """Those that have the SKU exactly so; only where there are none, those that have it in other capitals."""
    return [target for target in found if sku in (target.sku, *target.variants)] or found


def change_of(
    wanted: Wanted, known: TargetProduct | None, terms: Terms, *, also: frozenset[ProductField]
) -> ProductChange | None:
    """What is to be written; None when nothing is.

    Args:
        known: As the target has it; None to create it.
        also: Fields that are written into a known product whatever their policy.

    Raises:
        Held: It has no price that could be written.
    """
    product, settings = wanted.product, terms.settings
    created = fields_to_create(product, settings)
    fields = fields_to_update(product, settings, known.filled) | also if known else created
    if known and not fields and not product.variants and not terms.rules:
        return None
    price, own = _prices(product, terms) if "price" in fields else (None, {})
    return ProductChange(
        product=product,
        known=known,
        fields=fields,
        new_variant_fields=created - fields,
        price=price,
        variant_prices=own,
        categories=product.categories if "categories" in fields else (),
    )


def _prices(product: Product, terms: Terms) -> tuple[CataloguePrice, dict[str, CataloguePrice]]:
    prices, currency = terms.settings.prices, terms.currency()
    return price_of(product, prices, currency), variant_prices_of(product, prices, currency)


def images_remark(product: Product) -> str:
    """That its images stay where they are; empty when it has none."""
    if not product.images:
        return ""
    what = "Its image is" if product.images == 1 else f"Its {product.images} images are"
    return f"{what} not carried over: images are not supported."
