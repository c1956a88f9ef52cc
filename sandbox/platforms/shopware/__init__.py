"""An emulated Shopware 6: `ShopwareEmulator`, and how to describe what is in it."""

from sandbox.platforms.shopware.apps import RegistrationFailedError
from sandbox.platforms.shopware.emulator import ShopwareEmulator
from sandbox.platforms.shopware.orders.pricing import Rounding, Taxing
from sandbox.platforms.shopware.specs import (
    Address,
    Buyer,
    Line,
    OrderSpec,
    Payment,
    ProductSpec,
    Shipping,
)

__all__ = [
    "Address",
    "Buyer",
    "Line",
    "OrderSpec",
    "Payment",
    "ProductSpec",
    "RegistrationFailedError",
    "Rounding",
    "Shipping",
    "ShopwareEmulator",
    "Taxing",
]
