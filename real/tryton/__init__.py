"""A real Tryton: sale, stock, party, product and accounting on SQLite, in an environment of its own."""

from real.tryton.server import RealTryton, prepare, real_tryton

__all__ = ["RealTryton", "prepare", "real_tryton"]
