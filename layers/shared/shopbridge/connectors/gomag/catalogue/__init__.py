"""Gomag: products, prices and categories."""
