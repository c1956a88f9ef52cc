"""CloudSales (BOCP), emulated from the platform file."""

from sandbox.platforms.cloudsales.emulator import CloudSalesEmulator
from sandbox.platforms.cloudsales.records import Connector, Order, Product, Receipt, Stock, WorkPoint
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.stand_in import StandIn

__all__ = [
    "CloudSalesEmulator",
    "Connector",
    "Order",
    "Product",
    "Receipt",
    "Spelling",
    "StandIn",
    "Stock",
    "WorkPoint",
]
