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

__all__ = [
    "Address",
    "Buyer",
    "DeliveryPoint",
    "Line",
    "OrderSpec",
    "ProductSpec",
    "Sale",
    "UnasEmulator",
]
