"""Products and what their variants differ in, as the API makes and changes them: each call whole or not at all."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.vendure.errors import Record, not_found, wrong_input
from sandbox.platforms.vendure.products import change_variant, group_view, product_view, variant_view
from sandbox.platforms.vendure.state import Level, OptionGroup, Product, Shop, Variant

_NUMBERED = re.compile(r"-\d+$")


def fields(shop: Shop) -> Mapping[str, Callable[..., Any]]:
    """What changes the catalogue, by name."""
    return {
        "createProduct": lambda input: create_product(shop, input),  # noqa: A006 - the schema's own name
        "updateProducts": lambda input: update_products(shop, input),  # noqa: A006
        "createProductVariants": lambda input: create_variants(shop, input),  # noqa: A006
        "updateProductVariants": lambda input: update_variants(shop, input),  # noqa: A006
        "createProductOptionGroup": lambda input: create_group(shop, input),  # noqa: A006
        "addOptionGroupToProduct": lambda **given: add_group(shop, **given),
        "createProductOption": lambda input: create_option(shop, input),  # noqa: A006
    }


def create_product(shop: Shop, given: Record) -> Record:
    """Make a product that nothing is sold of yet."""
    (text,) = given["translations"]
    enabled = given.get("enabled")
    made = Product(
        id=shop.new_id("product"),
        name=text["name"],
        slug=_free_slug(shop, text["slug"]),
        description=text.get("description") or "",
        enabled=enabled is None or enabled,
        variants=[],
    )
    shop.products[made.id] = made
    return product_view(shop, made)


def _free_slug(shop: Shop, slug: str) -> str:
    """An address that is taken gets a number; one that ends with a number, another one."""
    number, taken = 1, {each.slug for each in shop.products.values()}
    while slug in taken:
        number += 1
        slug = _NUMBERED.sub(f"-{number}", slug) if _NUMBERED.search(slug) else f"{slug}-{number}"
    return slug


def update_products(shop: Shop, given: list[Record]) -> list[Record]:
    """Change products, all or none."""
    found = [_product(shop, row["id"]) for row in given]
    for product, row in zip(found, given, strict=True):
        if row.get("enabled") is not None:
            product.enabled = row["enabled"]
        for text in row.get("translations") or ():
            product.name = text.get("name") or product.name
            product.description = product.description if text.get("description") is None else text["description"]
    return [product_view(shop, each) for each in found]


def create_variants(shop: Shop, given: list[Record]) -> list[Record]:
    """Make variants, all or none: each has one option of each of its product's groups, which no other one has."""
    for row in given:
        _check_options(shop, row)
    return [variant_view(shop, _new_variant(shop, row)) for row in given]


def _new_variant(shop: Shop, row: Record) -> Variant:
    product = _product(shop, row["productId"])
    options = {}
    for group in product.groups:
        chosen = next(each for each in group.options if shop.shown(each) in (row.get("optionIds") or ()))
        options[group.name] = group.options[chosen]
    made = Variant(
        id=shop.new_id("variant"),
        sku=row["sku"],
        name=row["translations"][0]["name"],
        price=0,
        tax=next(iter(shop.taxes)),
        options=options,
        levels={next(iter(shop.locations)): Level()},
        track="INHERIT",
    )
    change_variant(shop, made, row)
    product.variants.append(made)
    return made


def _check_options(shop: Shop, row: Record) -> None:
    product, chosen = _product(shop, row["productId"]), row.get("optionIds") or ()
    met = [[each for each in group.options if shop.shown(each) in chosen] for group in product.groups]
    if len(chosen) != len(product.groups) or any(len(each) != 1 for each in met):
        raise wrong_input("ProductVariant optionIds must include one optionId from each of the groups")
    options = {group.name: group.options[each[0]] for group, each in zip(product.groups, met, strict=True)}
    if any(each.options == options for each in product.variants):
        raise wrong_input("A ProductVariant with the selected options already exists")


def update_variants(shop: Shop, given: list[Record]) -> list[Record]:
    """Change variants, all or none: one that is not there refuses the call."""
    known = {each.id: each for each in shop.variants}
    for row in given:
        if shop.number(row["id"]) not in known:
            raise not_found("ProductVariant", row["id"])
    for row in given:
        change_variant(shop, known[shop.number(row["id"])], row)
    return [variant_view(shop, known[shop.number(row["id"])]) for row in given]


def create_group(shop: Shop, given: Record) -> Record:
    """Make a group with its options, which no product has yet."""
    made = OptionGroup(shop.new_id("group"), given["translations"][0]["name"])
    for each in given.get("options") or ():
        made.options[shop.new_id("option")] = each["translations"][0]["name"]
    shop.groups[made.id] = made
    return group_view(shop, made)


def add_group(shop: Shop, **given: str) -> Record:
    """Let a product's variants differ in a group's options."""
    product = _product(shop, given["productId"])
    product.groups.append(_group(shop, given["optionGroupId"]))
    return product_view(shop, product)


def create_option(shop: Shop, given: Record) -> Record:
    """Make one more option of a group."""
    group, number = _group(shop, given["productOptionGroupId"]), shop.new_id("option")
    group.options[number] = given["translations"][0]["name"]
    return {"id": shop.shown(number), "name": group.options[number]}


def _product(shop: Shop, shown: str) -> Product:
    found = shop.products.get(shop.number(shown))
    if found is None:
        raise not_found("Product", shown)
    return found


def _group(shop: Shop, shown: str) -> OptionGroup:
    found = shop.groups.get(shop.number(shown))
    if found is None:
        raise not_found("ProductOptionGroup", shown)
    return found
