"""Vendure: products."""
