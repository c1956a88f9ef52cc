"""Tryton: sales, parties, products and stock over JSON-RPC."""
