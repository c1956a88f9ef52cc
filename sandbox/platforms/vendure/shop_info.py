"""What holds for the whole shop: its channels, methods, rates, locations and the states of an order."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.vendure.errors import Record
from sandbox.platforms.vendure.orders import channel_view
from sandbox.platforms.vendure.state import DEFAULT_CHANNEL, PROCESS, Shop


def fields(shop: Shop) -> Mapping[str, Callable[..., Any]]:
    """What is asked for by these names."""
    return {
        "globalSettings": lambda: global_settings(shop),
        "activeChannel": lambda: {**channel_view(shop, shop.channels[DEFAULT_CHANNEL]), **_home(shop)},
        "channels": lambda **_: _named([channel_view(shop, each) for each in shop.channels.values()]),
        "paymentMethods": lambda **_: _methods(shop.payment_methods),
        "shippingMethods": lambda **_: _methods(shop.shipping_methods),
        "taxRates": lambda **_: _named([_tax(shop, number) for number in range(len(shop.taxes))]),
        "stockLocations": lambda **_: _named(
            [{"id": shop.shown(number), "name": name} for number, name in shop.locations.items()]
        ),
    }


def global_settings(shop: Shop) -> Record:
    """The server's settings, as far as anybody asks for them."""
    process = [{"name": name} for name in PROCESS]
    return {
        "trackInventory": shop.track_inventory,
        "serverConfig": {"moneyStrategyPrecision": 2, "orderProcess": process},
    }


def _home(shop: Shop) -> Record:
    """The language of a channel, and where its prices are made."""
    return {"defaultLanguageCode": "en", "defaultTaxZone": {"id": shop.shown(1)}}


def _tax(shop: Shop, number: int) -> Record:
    """A rate, of a tax category of its own."""
    rate, name = list(shop.taxes.items())[number]
    category, zone = {"id": shop.shown(number + 1)}, {"id": shop.shown(1)}
    return {"name": name, "value": rate, "enabled": True, "category": category, "zone": zone, "customerGroup": None}


def _methods(methods: Mapping[str, str]) -> Record:
    return _named([{"code": code, "name": name} for code, name in methods.items()])


def _named(rows: list[Record]) -> Record:
    return {"items": rows}
