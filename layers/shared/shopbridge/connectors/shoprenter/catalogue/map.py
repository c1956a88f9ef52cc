"""Shoprenter's products as ours: a product with its versions is a family of products there; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from pydantic import ValidationError

from shopbridge.connectors.kit.loose import writable
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row, check_product
from shopbridge.connectors.shoprenter.wire import NOTHING, STOCKS
from shopbridge.connectors.shoprenter.wire_products import WireAttribute, WirePrice, WireProduct, WireSpecial, names_of
from shopbridge.errors import Held
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Price, Product, UnreadableProduct, Variant
from shopbridge.model.ledger import Reason

REGULAR, SALE = "regular", "sale"
"""The price groups that every shop has: what the default customer group pays, without and with a special price."""
OPEN_ENDS: Final = ("", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00", "-0001-11-30T00:00:00")
"""How a date is written that is none (platform file, "Filters for incremental reads")."""


@dataclass(frozen=True)
class ShopTerms:
    """How the products of a shop are read.

    Attributes:
        language: The id of the texts' language.
        rates: The tax in percent by the id of a tax class.
        parameters: What the versions of a class differ in: ids of attributes by the class' id.
        attribute_ids: Those by their names, for products that tell only these.
        stocks: The warehouses that are added up.
        now: On the shop's own clock.
    """

    language: str
    currency: str
    now: datetime
    rates: Mapping[str, Decimal | None] = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attribute_ids: Mapping[str, str] = field(default_factory=dict)
    stocks: Sequence[str] = STOCKS[:1]
    sells_parents: bool = True

    def key(self, attribute: WireAttribute) -> str:
        """Return the id of a product's attribute; empty for one that is not listed."""
        return attribute.id or self.attribute_ids.get(attribute.name, "")


@dataclass(frozen=True)
class Family:
    """A product and the versions below it, as rows; without any it is sold alone."""

    parent: Row
    children: tuple[Row, ...] = ()


def read_family(family: Family, rank: int, terms: ShopTerms) -> Product | UnreadableProduct:
    """Return a family as one product, or the reason why it cannot be read."""
    try:
        parent, children = WireProduct.model_validate(family.parent), members_of(family.children)
        product = to_product(parent, children, rank, terms)
        check_product(product)
    except Held as reason:
        return _unreadable(family.parent, rank, reason_of(reason))
    except ValidationError as error:
        return _unreadable(family.parent, rank, _unexpected(f"an unexpected form at {first_error(error)}"))
    except ArithmeticError:
        return _unreadable(family.parent, rank, _unexpected("amounts beyond all measure"))
    return product


def members_of(rows: Sequence[Row]) -> list[WireProduct]:
    """Return versions as they are read, by their numbers. Raises pydantic's ValidationError."""
    return sorted((WireProduct.model_validate(row) for row in rows), key=lambda each: each.number)


def versions_of(parent: WireProduct, children: Sequence[WireProduct], terms: ShopTerms) -> list[WireProduct]:
    """Return what is sold of a family, the parent first where it is one of its versions itself.

    A parent that has no value of what its versions differ in cannot be chosen among them, so it stands for them only.
    """
    if not children:
        return []
    differs = terms.parameters.get(parent.product_class, ())
    told = (each for each in parent.product_attribute_extend if value_of(each, terms.language))
    own = [each for each in told if terms.key(each) in differs]
    is_version = terms.sells_parents and len(own) == len(differs)
    return [parent, *children] if is_version else list(children)


def to_product(parent: WireProduct, children: Sequence[WireProduct], rank: int, terms: ShopTerms) -> Product:
    """Return the product, whole. Its own SKU is empty where the parent is one of its versions.

    A version that is switched off and could not be chosen either is none yet: somebody is making it.

    ``extras`` holds ``modelNumber``, ``manufacturer`` and ``status``.
    """
    versions = versions_of(parent, [each for each in children if each.is_on_sale or _options(each, terms)], terms)
    texts = parent.described(terms.language)
    prices, held = _prices(parent, terms), _no_price(parent, terms)
    return Product(
        id=ExternalId(parent.id),
        rank=rank,
        sku="" if parent in versions else parent.sku,
        name=texts.name,
        short_text=texts.short_description,
        long_text=texts.description,
        ean=ean_of(parent.gtin),
        active=parent.is_on_sale and (not versions or any(each.is_on_sale for each in versions)),
        tax_rate=terms.rates.get(parent.tax_class),
        prices={} if held else prices,
        prices_held=held,
        stock=None if versions else parent.stock(terms.stocks),
        categories=tuple(ExternalId(each.category) for each in parent.product_category_relations if each.category),
        features=tuple(features_of(parent, terms)),
        variants=tuple(_variant(each, prices, terms) for each in versions),
        images=parent.images,
        extras={
            "modelNumber": parent.model_number,
            "manufacturer": parent.manufacturer_name,
            "status": parent.status,
        },
    )


def _variant(wire: WireProduct, prices: Mapping[str, Price], terms: ShopTerms) -> Variant:
    own = _prices(wire, terms)
    return Variant(
        id=ExternalId(wire.id),
        sku=wire.sku,
        ean=ean_of(wire.gtin),
        active=wire.is_on_sale,
        options=_chosen(wire, terms),
        prices={} if own == prices else own,
        stock=wire.stock(terms.stocks),
    )


def _options(wire: WireProduct, terms: ShopTerms) -> dict[str, str]:
    """What makes it this version; empty where it lacks a value, since nobody could tell it from the others."""
    differs = terms.parameters.get(wire.product_class, ())
    found = {terms.key(each): each for each in wire.product_attribute_extend}
    values = {found[key].name: value_of(found[key], terms.language) for key in differs if key in found}
    return values if len(values) == len(differs) and all(values.values()) else {}


def _chosen(wire: WireProduct, terms: ShopTerms) -> dict[str, str]:
    values = _options(wire, terms)
    if not values:
        raise Held(
            f"The version {wire.sku or wire.id} has no value of what its product's versions differ in",
            code="incomplete_variant",
            fix="Choose the value at the product in the shop's admin, under its attributes.",
        )
    return values


def value_of(attribute: WireAttribute, language: str) -> str:
    """Return an attribute's value in a language, else in any; empty where it has none."""
    values = attribute.value
    named = (each.value for each in values if each.language == language)
    return next(named, "") or next((each.value for each in values if each.value), "")


def features_of(wire: WireProduct, terms: ShopTerms) -> Iterator[Feature]:
    """Yield attributes that its versions do not differ in; those that say nothing are left out."""
    differs = terms.parameters.get(wire.product_class, ())
    for each in wire.product_attribute_extend:
        value = value_of(each, terms.language)
        if each.name and value and terms.key(each) not in differs:
            yield Feature(name=each.name, value=value)


# --- prices -----------------------------------------------------------------------------------------------------------


def _prices(wire: WireProduct, terms: ShopTerms) -> dict[str, Price]:
    """Return what each customer group pays, gross; ``regular`` and ``sale`` are the default group's.

    ``productPrices`` is what the shop itself computes, with multipliers and discounts. Where it is missing, the price
    is the net one with the tax of the product's class, and the sale the special price that holds now.
    """
    groups = [each for each in wire.product_prices if each.gross is not None or each.gross_original is not None]
    if not groups:
        return _own_prices(wire, terms)
    found: dict[str, Price] = {}
    for each in groups:
        if each.customer_group.default:
            found |= _regular_and_sale(each, terms)
        elif each.customer_group.inner_id:
            found[each.customer_group.inner_id] = _price(each.gross or each.gross_original or Decimal(0), each, terms)
    return found


def _regular_and_sale(wire: WirePrice, terms: ShopTerms) -> dict[str, Price]:
    regular = wire.gross_original if wire.gross_original is not None else wire.gross or Decimal(0)
    special = wire.gross_special
    sale = {SALE: _price(special, wire, terms)} if special and 0 < special < regular else {}
    return {REGULAR: _price(regular, wire, terms), **sale}


def _price(amount: Decimal, wire: WirePrice, terms: ShopTerms) -> Price:
    return Price(amount=amount, gross=True, currency=wire.currency_code.upper() or terms.currency)


def _own_prices(wire: WireProduct, terms: ShopTerms) -> dict[str, Price]:
    rate = terms.rates.get(wire.tax_class)
    if rate is None:
        return {REGULAR: Price(amount=wire.price, gross=False, currency=terms.currency)}
    special = special_now(wire.product_specials, terms.now)
    lower = special.price if special and special.price and special.price < wire.price else None
    amounts = {REGULAR: wire.price, **({SALE: lower} if lower else {})}
    return {
        group: Price(amount=cents(with_tax(amount, rate)), gross=True, currency=terms.currency)
        for group, amount in amounts.items()
    }


def special_now(specials: Sequence[WireSpecial], now: datetime) -> WireSpecial | None:
    """Return the special price that everybody pays now: of the first priority, and of any number of pieces."""
    valid = [each for each in specials if not each.customer_group and _holds(each, now) and each.price]
    return min(valid, key=_priority, default=None)


def _priority(special: WireSpecial) -> Decimal:
    return special.priority if special.priority is not None else NOTHING


def _holds(special: WireSpecial, now: datetime) -> bool:
    """[inferred] Its times are the shop's own; one that cannot be read holds for nobody."""
    if special.min_quantity and special.min_quantity > 1:
        return False
    begins, ends = (_moment(text, now) for text in (special.date_from, special.date_to))
    return (begins is None or begins <= now) and (ends is None or now < ends)


def _moment(text: str, now: datetime) -> datetime | None:
    if text in OPEN_ENDS or text.startswith("0000"):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)
    except ValueError:
        return None


def _no_price(wire: WireProduct, terms: ShopTerms) -> Reason | None:
    """Why its prices must not travel although the rest may."""
    currencies = {each.currency_code.upper() for each in wire.product_prices if each.currency_code}
    if not (currencies or terms.currency):
        return Reason(
            code="other_currency",
            text="The shop does not tell the currency of its prices",
            fix="Give the API client the scope store.setting:read, and look at the shop's currency in its admin.",
        )
    return None


def _unexpected(what: str) -> Reason:
    return Reason(
        code="unexpected_form",
        text=f"The product has {what}",
        fix="Look at the product in Shoprenter and save it once more.",
    )


def _unreadable(row: Row, rank: int, reason: Reason) -> UnreadableProduct:
    named = names_of(row)
    plain = reason.model_copy(update={"text": writable(reason.text)})
    return UnreadableProduct(id=named.id, rank=rank, sku=named.sku, reason=plain)
