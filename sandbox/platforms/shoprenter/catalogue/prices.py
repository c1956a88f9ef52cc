"""What a product costs whom: net in the shop's currency, by customer group, with special prices and the multiplier.

[inferred]: of several special prices the lowest priority counts; a group's percentage is taken off the usual price
where the group has no price of its own; days of a special price are those of the shop's wall clock, both included.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from sandbox.platforms.shoprenter.fields import amount
from sandbox.platforms.shoprenter.records import CustomerGroup, Product, Special
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Nothing, Record, money

OPEN: Final = "0000-00-00"
"""A date that is none."""


def product_prices(shop: Shop, product: Product) -> list[Record]:
    """The read-only prices, one entry for each group; gross is net with tax, four decimals."""
    return [_entry(shop, product, group) for group in shop.customer_groups.values()]


def gross(shop: Shop, product: Product, net: Decimal) -> Decimal:
    """A net price with the product's tax."""
    return net * (1 + shop.tax_classes[product.tax_class].rate / 100)


def original(product: Product, group: CustomerGroup) -> Decimal:
    """What a group pays without a special price, net."""
    own = product.group_prices.get(group.id)
    usual = product.price * amount(product.fields.get("multiplier", "1"))
    return usual * (1 - group.percent / 100) if own is None else own


def special(shop: Shop, product: Product, group: CustomerGroup) -> Decimal | None:
    """The special price of this day for one piece, net; None when there is none."""
    rows = sorted(_today(shop, product, group), key=lambda row: (row.priority, row.price))
    return rows[0].price if rows else None


def _entry(shop: Shop, product: Product, group: CustomerGroup) -> Record:
    usual, lower = original(product, group), special(shop, product, group)
    net = usual if lower is None else lower
    return {
        "customerGroup": {
            "id": Key("customerGroup", (group.id,)),
            "innerId": str(group.id),
            "default": group.default,
        },
        "net": money(net),
        "netOriginal": money(usual),
        "netSpecial": Nothing() if lower is None else money(lower),
        "gross": money(gross(shop, product, net)),
        "grossOriginal": money(gross(shop, product, usual)),
        "grossSpecial": Nothing() if lower is None else money(gross(shop, product, lower)),
        "currencyCode": shop.currency.code,
    }


def _today(shop: Shop, product: Product, group: CustomerGroup) -> Iterator[Special]:
    today = shop.stamp(shop.now())[:10]
    for row in product.specials.values():
        begun, over = row.begins[:10] <= today, row.ends[:10] != OPEN and row.ends[:10] < today
        if begun and not over and row.group in {None, group.id} and row.least <= 1:
            yield row
