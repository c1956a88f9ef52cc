"""Shoprenter: products, prices and categories."""
