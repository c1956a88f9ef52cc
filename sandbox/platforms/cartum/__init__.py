"""Cartum (Horoshop), emulated from the platform file."""

from sandbox.platforms.cartum.emulator import LOGIN, PASSWORD, CartumEmulator
from sandbox.platforms.cartum.specs import Address, Buyer, Coupon, Line, OrderSpec, ProductSpec
from sandbox.platforms.cartum.state import Order, Product

__all__ = [
    "LOGIN",
    "PASSWORD",
    "Address",
    "Buyer",
    "CartumEmulator",
    "Coupon",
    "Line",
    "Order",
    "OrderSpec",
    "Product",
    "ProductSpec",
]
