"""Gomag, emulated from the platform file."""

from sandbox.platforms.gomag.emulator import GomagEmulator
from sandbox.platforms.gomag.specs import (
    Address,
    Buyer,
    Company,
    Discount,
    Line,
    OrderSpec,
    ProductSpec,
    VersionSpec,
)

__all__ = [
    "Address",
    "Buyer",
    "Company",
    "Discount",
    "GomagEmulator",
    "Line",
    "OrderSpec",
    "ProductSpec",
    "VersionSpec",
]
