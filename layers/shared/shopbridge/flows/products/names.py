"""A product as the target is to have it: attributes, features and categories as they are called there; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shopbridge.errors import Held
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.names import caseless
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Product, Variant
from shopbridge.model.product_settings import ProductSettings

SAME = "="
"""In a map: the target has the same name for it."""


@dataclass(frozen=True)
class DesiredProduct:
    """A product as the target is to have it.

    Attributes:
        product: Attributes and features named as in the target, categories with the target's ids.
        unmapped: Features that were left out, since the settings do not name them.
        remarks: What else was left out, each a sentence.
    """

    product: Product
    unmapped: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def desired_product(
    product: Product, settings: ProductSettings, categories: Mapping[ExternalId, ExternalId]
) -> DesiredProduct:
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
    return DesiredProduct(named.model_copy(update={"categories": targets}), unmapped, remarks)


def with_eans(product: Product, settings: ProductSettings) -> tuple[Product, tuple[str, ...]]:
    """Return the product with those of its EANs that are some, and a remark that names the others.

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
    """Tell that the source has SKUs more than once: nobody can tell which product is meant."""
    return Held(
        f"The source has more than one product or variant with the SKU {', '.join(sorted(skus))}",
        code="duplicate_sku",
        fix="Give each of them an SKU of its own at the source; until then none of them travels.",
    )


def with_attributes(product: Product, settings: ProductSettings) -> Product:
    """Return the product with its variants' options named as in the target.

    Raises:
        Held: An attribute has no entry, or variants cannot be told apart by what is left.
    """
    unmapped = _unmapped((name for variant in product.variants for name in variant.options), settings.attributes)
    if unmapped:
        raise Held(
            f"Its variants differ in {_listed(unmapped)}, which the settings do not name",
            code="unmapped_attribute",
            fix=f"Add {_keys(unmapped)} to products.attributes of the connection, with the target's name or `=`; "
            "the next run tries again.",
        )
    variants = tuple(_named(variant, settings.attributes) for variant in product.variants)
    _refuse_twins(variants)
    return product.model_copy(update={"variants": variants})


def with_features(product: Product, settings: ProductSettings) -> tuple[Product, tuple[str, ...]]:
    """Return the product with its features named as in the target, and the names that have no entry.

    Those are left out.

    Raises:
        Held: There are such names, and the settings want the product to wait for them.
    """
    unmapped = _unmapped((feature.name for feature in product.features), settings.features)
    if unmapped and settings.unmapped == "hold":
        raise Held(
            f"Its features {_listed(unmapped)} have no entry in the settings",
            code="unmapped_feature",
            fix=feature_fix(unmapped),
        )
    features = tuple(
        Feature(name=name, value=feature.value)
        for feature in product.features
        if (name := _translated(feature.name, settings.features))
    )
    return product.model_copy(update={"features": features}), unmapped


def feature_fix(names: Iterable[str]) -> str:
    """Return what to do about features without an entry."""
    return (
        f"Add {_keys(names)} to products.features of the connection, with the target's name or `=`; an empty name "
        "leaves a feature out."
    )


def _named(variant: Variant, names: Mapping[str, str]) -> Variant:
    options = {_translated(name, names): value for name, value in variant.options.items()}
    if len(options) < len(variant.options):
        raise Held(
            f"Several attributes of its variants would have one name in the target: {_listed(sorted(options))}",
            code="unclear_variants",
            fix="Give each attribute a name of its own in products.attributes of the connection.",
        )
    return variant.model_copy(update={"options": options})


def _refuse_twins(variants: Iterable[Variant]) -> None:
    """Targets find values by their names, and neither capitals nor blanks tell two names apart there."""
    seen: set[frozenset[tuple[str, str]]] = {frozenset()}
    for variant in variants:
        options = frozenset((caseless(name), caseless(value)) for name, value in variant.options.items())
        if options in seen:
            raise Held(
                f"Nothing tells its variant {variant.sku} from the others",
                code="unclear_variants",
                fix="Give every variant of the product attributes of its own at the source.",
            )
        seen.add(options)


def _translated(name: str, names: Mapping[str, str]) -> str:
    found = names.get(name, "")
    return name if found == SAME else found


def _unmapped(names: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name not in known}))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _keys(names: Iterable[str]) -> str:
    names = tuple(names)
    return f"the {'keys' if len(names) > 1 else 'key'} {_listed(names)}"
