"""Holds the settings of products against what both sides say of themselves; pure."""

from collections.abc import Iterator, Mapping

from shopbridge.flows.operations.sample_product import SAMPLE_DOCUMENT
from shopbridge.mapping.names import folded
from shopbridge.mapping.rule_engine import PRODUCT, check_rules
from shopbridge.mapping.rules import TargetField
from shopbridge.model.connection import SIDES_OF, ConnectionSettings, Side
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.model.product_settings import PriceSettings

Words = Mapping[Side, Vocabulary]


def check_product_rules(settings: ConnectionSettings, fields: Mapping[str, TargetField]) -> None:
    """Try the merchant's rules on a sample. Raises BadSettings, which names every problem."""
    check_rules(settings.products.rules, fields, SAMPLE_DOCUMENT, PRODUCT)


def product_problems(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Prices that could not travel, each told in a sentence; a side that says nothing of itself proves nothing."""
    products = settings.products
    if not products.active or products.policy("price") == "never":
        return
    source, target = (words.get(side, {}) for side in SIDES_OF[products.direction])
    yield from _unknown_groups(products.prices, source.get("price_group", ()))
    yield from _unknown_currencies(products.prices.currency, _keys(source), _keys(target))


def product_remarks(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Left-out categories that the source does not name: it may list only the upper ones."""
    products = settings.products
    source = words.get(SIDES_OF[products.direction][0], {})
    listed = source.get("category", ())
    known = {folded(text) for choice in listed for text in (choice.key, choice.title)}
    unknown = [key for key in products.exclude_categories if known and folded(key) not in known]
    if products.active and products.exclude_categories and "category" in source and not known:
        yield (
            "products.exclude_categories: the source lists no categories, and while it has none, runs of products fail "
            "rather than take what was to be left out. Empty the setting, or look at the rights of the credentials."
        )
    if products.active and unknown:
        yield (
            f"products.exclude_categories names {', '.join(unknown)}, which is not among the source's upper "
            "categories; nothing is left out by a name that it does not have."
        )


def _unknown_groups(prices: PriceSettings, known: tuple[Choice, ...]) -> Iterator[str]:
    keys = [choice.key for choice in known]
    listed = ", ".join(keys)
    for setting, group in (("group", prices.group), ("sale_group", prices.sale_group)):
        if keys and group and group not in keys:
            yield f"products.prices.{setting}: the source has no price group {group!r}. Choose one of: {listed}."


def _unknown_currencies(wanted: str | None, source: list[str], target: list[str]) -> Iterator[str]:
    for side, known in (("source", source), ("target", target)):
        if wanted and known and wanted not in known:
            yield f"products.prices.currency: the {side} has no {wanted}. Choose one of: {', '.join(known)}."
    if not wanted and source and target and not set(source) & set(target):
        yield (
            f"The source's prices are in {', '.join(source)}, the target's in {', '.join(target)}: no price could "
            "travel. Add the currency to one of them, or set products.price to false."
        )


def _keys(words: Vocabulary) -> list[str]:
    return [choice.key for choice in words.get("currency", ())]
