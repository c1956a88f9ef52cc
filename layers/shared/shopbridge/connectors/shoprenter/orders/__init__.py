"""Shoprenter: orders."""
