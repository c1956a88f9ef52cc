"""A real Vendure: a webshop on Node, with SQLite in WebAssembly, from its own packages."""

from real.vendure.people import RealVendure
from real.vendure.server import prepare, real_vendure

__all__ = ["RealVendure", "prepare", "real_vendure"]
