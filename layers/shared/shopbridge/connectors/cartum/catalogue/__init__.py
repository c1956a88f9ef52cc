"""Cartum: products."""
