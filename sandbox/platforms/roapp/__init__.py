"""RO App, emulated from the platform file."""

from sandbox.platforms.roapp.emulator import KEY, RoAppEmulator
from sandbox.platforms.roapp.state import Contact, Item, Order, Product

__all__ = ["KEY", "Contact", "Item", "Order", "Product", "RoAppEmulator"]
