"""Vendure: orders."""
