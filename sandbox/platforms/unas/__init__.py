"""UNAS, emulated from the platform file."""

from sandbox.platforms.unas.emulator import UnasEmulator
from sandbox.platforms.unas.specs import (
    Address,
    Buyer,
    DeliveryPoint,
    Line,
    OrderSpec,
    ProductSpec,
    Sale,
)
from sandbox.platforms.unas.state import Order, Product

__all__ = [
    "Address",
    "Buyer",
    "DeliveryPoint",
    "Line",
    "Order",
    "OrderSpec",
    "Product",
    "ProductSpec",
    "Sale",
    "UnasEmulator",
]
