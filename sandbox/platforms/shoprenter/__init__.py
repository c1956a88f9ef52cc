"""Shoprenter, emulated from the platform file."""

from sandbox.platforms.shoprenter.emulator import ShoprenterEmulator
from sandbox.platforms.shoprenter.specs import (
    Addon,
    Address,
    Coupon,
    Line,
    Option,
    OrderSpec,
    Payment,
    ProductSpec,
    Shipping,
    SpecialSpec,
)

__all__ = [
    "Addon",
    "Address",
    "Coupon",
    "Line",
    "Option",
    "OrderSpec",
    "Payment",
    "ProductSpec",
    "Shipping",
    "ShoprenterEmulator",
    "SpecialSpec",
]
