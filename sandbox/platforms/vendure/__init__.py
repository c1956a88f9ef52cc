"""An emulated Vendure server: its Admin API as far as the bridge asks for it, and what people do in the shop."""

from sandbox.platforms.vendure.emulator import API_KEY, OTHER_CHANNEL, VendureEmulator
from sandbox.platforms.vendure.specs import Address, Buyer, Line, OrderSpec, ProductSpec, Surcharge

__all__ = [
    "API_KEY",
    "OTHER_CHANNEL",
    "Address",
    "Buyer",
    "Line",
    "OrderSpec",
    "ProductSpec",
    "Surcharge",
    "VendureEmulator",
]
