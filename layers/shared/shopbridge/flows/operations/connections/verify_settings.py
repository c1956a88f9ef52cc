"""Holds the settings of a connection against what both sides say of themselves."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from shopbridge.flows.orders.resolve import rate_key
from shopbridge.flows.stock.figures import sellable
from shopbridge.mapping.names import folded
from shopbridge.mapping.rule_engine import PRODUCT, check_rules
from shopbridge.mapping.rules import TargetField
from shopbridge.mapping.validation import nearest
from shopbridge.model.connection import SIDES, SIDES_OF, ConnectionSettings, Side
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.model.settings import LaterChanges, OrderSettings, ValueMap
from shopbridge.model.stock import StockLevel, StockSettings
from shopbridge.ports import OpenOrders, StockSource
from shopbridge.ports.progress import ProgressFact

BY_ANY_NAME = ("payment", "shipping")
"""Maps whose values an order brings with all their names; of the others it brings the key alone."""
TAX = "tax"
"""The one map whose values a shop does not list whole: countries have rates of their own."""
Words = Mapping[Side, Vocabulary]


def gaps(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Yield the shop's values that would hold an order, told before the first one comes."""
    entries = {folded(key) for key in table.entries}
    open_keys = [choice.key for choice in choices if entries.isdisjoint(map(folded, _names(name, choice)))]
    if open_keys and table.fallback is None:
        yield f"Orders with one of these {name} values will be held until the map names them: {', '.join(open_keys)}."


def map_problems(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Yield entries that no order of the shop will ever come in with.

    A typing error, unless they are said to be former.
    """
    known = _known(name, choices)
    former = {folded(key) for key in table.former}
    for key in _strangers(table, known) if name != TAX else ():
        if folded(key) not in former:
            yield (
                f"orders.maps.{name}: The shop has no {name} {key!r}. {advice(key, choices)} "
                f"One that it does not list any more is named in orders.maps.{name}.former, too."
            )


def map_remarks(name: str, table: ValueMap, choices: Sequence[Choice]) -> Iterable[str]:
    """Yield rates that the shop does not list: right where they are a country's own."""
    strangers = _strangers(table, _known(name, choices)) if name == TAX else []
    if strangers:
        yield f"orders.maps.tax names rates that the shop does not list: {', '.join(strangers)}."


def tax_problems(table: ValueMap) -> Iterable[str]:
    """Yield a map that would hold every order, and keys that are no percentage as orders bring it."""
    if not table.entries and table.fallback is None:
        yield (
            "orders.maps.tax names no rate, so every order would be held. Write the percentages that the shop sells "
            'at, such as entries: {"21": "=", "9": "="}; `=` keeps the percentage.'
        )
    for key in table.entries:
        written = _percentage(key)
        if written != key.strip():
            instead = f"Did you mean {written}?" if written else "Write it as `19` or `5.5`."
            yield f"orders.maps.tax: {key!r} is no percentage as orders have it. {instead}"


def day_problems(settings: OrderSettings, today: date) -> Iterable[str]:
    """Yield a day since which there can be no older orders."""
    if settings.older_since is not None and settings.older_since > today:
        yield f"orders.older_since: {settings.older_since:%Y-%m-%d} is still to come. Name a day of the past."


def advice(text: str, choices: Sequence[Choice]) -> str:
    """Return what to write instead: the key that is most like it, or any."""
    keys = {name: choice.key for choice in choices for name in (choice.title, choice.key)}
    meant = keys.get(nearest(text, keys))
    question = f"Did you mean {meant}? " if meant else ""
    return f"{question}Choose one of: {', '.join(choice.key for choice in choices)}."


def _known(name: str, choices: Sequence[Choice]) -> set[str]:
    return {folded(each) for choice in choices for each in _names(name, choice)}


def _strangers(table: ValueMap, known: set[str]) -> Sequence[str]:
    return [key for key in table.entries if known and folded(key) not in known]


def _names(name: str, choice: Choice) -> Iterable[str]:
    return (choice.key, choice.title, *choice.also) if name in BY_ANY_NAME else (choice.key,)


def _percentage(key: str) -> str:
    """The key as orders bring it; empty for what is no number."""
    try:
        rate = Decimal(key.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return ""
    return rate_key(rate) if rate.is_finite() else ""


def currency_remarks(words: Words) -> Iterator[str]:
    """Yield that both sides count in other currencies; a side that names none proves nothing. Pure."""
    shop, office = (_keys(words.get(side, {}), "currency") for side in ("shop", "office"))
    if shop and office and set(shop).isdisjoint(office):
        yield (
            f"The shop sells in {', '.join(shop)}, the back office counts in {', '.join(office)}: every order may be "
            "held until one of them is changed, or the back office's settings say how the other currency is booked."
        )


def change_problems(orders: OrderSettings, words: Words) -> Iterator[str]:
    """Yield statuses of orders.changes that a side does not have; one that names none proves nothing. Pure."""
    changes, place = orders.changes, "orders.changes"
    choices = {side: words.get(side, {}).get("status", ()) for side in SIDES}
    named: Mapping[Side, Sequence[tuple[str, str]]] = {
        "office": [(f"{place}.statuses", key) for key in changes.statuses],
        "shop": [
            *((f"{place}.statuses", key) for key in changes.statuses.values()),
            *([(f"{place}.cancelled", changes.cancelled)] if changes.cancelled else []),
        ],
    }
    for side, statuses in named.items():
        known = {folded(choice.key) for choice in choices[side]}
        for setting, key in statuses:
            if known and folded(key) not in known:
                yield f"{setting}: The {_SIDES_NAMED[side]} has no status {key!r}. {advice(key, choices[side])}"
    both = [choice for side in SIDES for choice in choices[side]]
    known = {folded(choice.key) for choice in both}
    if all(choices.values()):
        for key in changes.may_go_back:
            if folded(key) not in known:
                yield f"{place}.may_go_back: Neither side has a status {key!r}. {advice(key, both)}"
    if changes.document_number and not orders.write_back.document_field:
        yield f"{place}.document_number: name the field first, as orders.write_back.document_field."


def untold_changes(changes: LaterChanges, tells: Collection[ProgressFact]) -> Iterator[str]:
    """Yield what is to be brought to the shop and the back office does not tell. Pure."""
    wanted: Mapping[str, tuple[bool, frozenset[ProgressFact]]] = {
        "statuses": (bool(changes.statuses), frozenset({"status"})),
        "cancelled": (bool(changes.cancelled), frozenset({"status", "cancelled"})),
        "shipments": (changes.shipments, frozenset({"shipments"})),
        "document_number": (changes.document_number, frozenset({"number"})),
        "document_link_field": (bool(changes.document_link_field), frozenset({"document_url"})),
    }
    for setting, (chosen, facts) in wanted.items():
        if chosen and facts.isdisjoint(tells):
            yield f"orders.changes.{setting}: the back office does not tell that of its orders. Leave it empty or off."


_SIDES_NAMED: Mapping[Side, str] = {"shop": "shop", "office": "back office"}


def stock_problems(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Yield warehouses that a side does not have; a side that names none proves nothing. Pure."""
    stock = settings.stock
    if not stock.active:
        return
    source, target = (_keys(words.get(side, {}), "warehouse") for side in SIDES_OF[stock.direction])
    for name in stock.warehouses:
        yield from _absent("stock.warehouses", "source", f"warehouse {name!r}", name, source)
    name = stock.target_warehouse
    if name:
        yield from _absent("stock.target_warehouse", "target", f"warehouse {name!r}", name, target)
    elif len(target) > 1:
        yield f"stock.target_warehouse: the target has several. Choose one of: {', '.join(target)}."


def stock_remarks(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Yield what an operator should know of the direction and the warehouse that were chosen. Pure."""
    stock, matched = settings.stock, settings.orders.products
    if not stock.active:
        return
    if stock.direction == "shop_to_office":
        yield (
            "Stock travels from the shop to the back office: what is sold at the till lowers the back office's figure "
            "only, the shop goes on selling it, and the shop's next figure takes the sale back."
        )
    target = words.get(SIDES_OF[stock.direction][1], {})
    if stock.target_warehouse and target and not target.get("warehouse"):
        yield (
            "stock.target_warehouse: the target names no warehouses, so it may take no stock for "
            f"{stock.target_warehouse!r}. Leave the setting empty unless you know better."
        )
    if (matched.shop_field, matched.office_field) != ("sku", "sku"):
        yield "Stock is matched by SKU, though products of orders are matched by other fields."


def page_problems(settings: StockSettings, source: StockSource) -> Iterator[str]:
    """Tell whether the source says what the formula needs, by its first page.

    Raises:
        BridgeError: The source cannot be read.
    """
    managed = [level for level in source.page(None).levels if level.sku and level.managed]
    if managed and not any(isinstance(sellable(level, settings), Decimal) for level in managed):
        yield _strange_warehouses(settings, managed) or (
            f"stock.formula: none of the first {len(managed)} records of the source says what {settings.formula!r} "
            "needs. Choose another formula."
        )


def _strange_warehouses(settings: StockSettings, levels: Sequence[StockLevel]) -> str:
    """Warehouses of the settings in which the source has none of the records; empty when each of them is there."""
    seen = {figures.warehouse for level in levels for figures in level.figures}
    strange = [name for name in settings.warehouses if name not in seen]
    if not strange:
        return ""
    named = sorted(seen - {""})
    choice = f"Choose one of: {', '.join(named)}." if named else "The source names none: leave the setting empty."
    return (
        f"stock.warehouses: none of the first {len(levels)} records of the source tells its stock in "
        f"{', '.join(strange)}. {choice}"
    )


def formula_remarks(settings: StockSettings, shop: OpenOrders) -> Iterator[str]:
    """Yield a shop's figure that still holds what it has sold.

    Raises:
        BridgeError: The shop cannot be asked.
    """
    if settings.direction == "shop_to_office" and settings.formula == "on_hand" and not shop.deducts_at_order():
        yield (
            "stock.formula: this shop takes an order's units off when it is completed, so `on_hand` counts units that "
            "are sold already; the back office would get those of imported orders back. Use `on_hand_minus_reserved`."
        )


def _keys(words: Vocabulary, name: str) -> list[str]:
    return [choice.key for choice in words.get(name, ())]


def _absent(setting: str, side: str, what: str, key: str, known: Sequence[str]) -> Iterator[str]:
    """A value that a side does not have; one that names none proves nothing."""
    if known and key not in known:
        yield f"{setting}: the {side} has no {what}. Choose one of: {', '.join(known)}."


def check_product_rules(settings: ConnectionSettings, fields: Mapping[str, TargetField]) -> None:
    """Try the merchant's rules on a sample. Raises BadSettings, which names every problem."""
    # As with the sample of an order.
    from shopbridge.flows.operations.connections.samples import SAMPLE_PRODUCT_DOCUMENT

    check_rules(settings.products.rules, fields, SAMPLE_PRODUCT_DOCUMENT, PRODUCT)


def product_problems(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Yield prices that could not travel, each told in a sentence.

    A side that says nothing of itself proves nothing.
    """
    products = settings.products
    if not products.active or products.policy("price") == "never":
        return
    source, target = (words.get(side, {}) for side in SIDES_OF[products.direction])
    prices, groups = products.prices, _keys(source, "price_group")
    for setting, group in (("group", prices.group), ("sale_group", prices.sale_group)):
        if group:
            yield from _absent(f"products.prices.{setting}", "source", f"price group {group!r}", group, groups)
    yield from _unknown_currencies(prices.currency, _keys(source, "currency"), _keys(target, "currency"))


def product_remarks(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Yield left-out categories that the source does not name: it may list only the upper ones."""
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


def _unknown_currencies(wanted: str | None, source: list[str], target: list[str]) -> Iterator[str]:
    for side, known in (("source", source), ("target", target)):
        if wanted:
            yield from _absent("products.prices.currency", side, wanted, wanted, known)
    if not wanted and source and target and not set(source) & set(target):
        yield (
            f"The source's prices are in {', '.join(source)}, the target's in {', '.join(target)}: no price could "
            "travel. Add the currency to one of them, or set products.price to false."
        )
