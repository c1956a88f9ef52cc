"""CCV SalesPOS, emulated from the platform file."""

from sandbox.platforms.salespos.emulator import SalesPosEmulator

__all__ = ["SalesPosEmulator"]
